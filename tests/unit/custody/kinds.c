/* Kinds of events: the database takes no kind that has no row, so that no page shows a bare word. */
#include <criterion/criterion.h>

#include "domain/custody/kinds.h"
#include "json/json.h"
#include "tests/unit/fixture.h"

Test(kinds, has_a_row_for_every_kind_that_the_database_takes)
{
    static const struct stmt table = STMT("t_events_table", "",
        "SELECT substr(sql, instr(sql, 'kind IN (')) FROM sqlite_schema WHERE name = 'package_events'");
    struct fixture f;
    struct rows q;
    const char *at, *end;
    int kinds = 0;

    fixture_open(&f);
    cr_assert_eq(db_one(f.db, &q, &table), OK);
    at = db_dup(&q, 0, f.a);
    cr_assert_eq(db_end(&q), OK);
    end = strchr(at, ')');
    while ((at = strchr(at, '\'')) != NULL && at < end) {
        size_t n = strcspn(++at, "'");
        const char *kind = arena_strndup(f.a, at, n);
        const struct event_kind *row = event_kind_of(kind, NULL);

        at += n + 1;
        cr_assert_not_null(row, "%s", kind);
        cr_expect_not_null(row->name, "%s", kind);
        cr_expect_null(row->key, "%s, whatever its details are", kind);
        kinds++;
    }
    cr_expect_geq(kinds, 12);
    cr_expect_null(event_kind_of("OTRA", NULL));
    fixture_close(&f);
}

Test(kinds, is_told_by_what_the_details_have)
{
    static const struct { const char *kind, *details; bool undone, trifle; } rows[] = {
        { "RECEPCION", "{}", true, false }, { "ENTREGA", "{\"proof\":\"codigo\"}", true, false },
        { "CANCELACION", "{}", true, false }, { "REUBICACION", "{}", true, false },
        { "NOTA_AGREGADA", "{\"text\":\"x\"}", false, true }, { "NOTA_AGREGADA", "{\"note\":\"00ff\"}", false, true },
        { "NOTA_AGREGADA", "{\"note\":\"00ff\",\"incident\":\"rechazado\"}", true, false }, { "NOTA_AGREGADA", "{\"incident\":\"rechazado\"}", true, false },
        { "NOTA_AGREGADA", "{\"incident_resolved\":\"rechazado\"}", false, false },
        { "MODIFICACION", "{\"customer\":1}", true, false }, { "MODIFICACION", "{\"corrected\":{}}", false, false },
        { "MODIFICACION", "{\"file_removed\":1}", false, true }, { "MODIFICACION", "{\"payment_reversed\":1}", false, false },
        { "IMAGEN_AGREGADA", "{\"photos\":1}", false, true }, { "CONTACTO", "{}", false, false },
    };
    const struct text *why;

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_object *details = json_parse(rows[i].details, strlen(rows[i].details), &why);
        const struct event_kind *row = event_kind_of(rows[i].kind, details);

        cr_assert_not_null(row, "%zu", i);
        cr_expect_eq(row->undo != NULL, rows[i].undone, "%s %s", rows[i].kind, rows[i].details);
        cr_expect_eq(row->trifle, rows[i].trifle, "%s %s", rows[i].kind, rows[i].details);
        json_object_put(details);
    }
}
