/* The audit log as it is read: each filter finds its rows and no others, page by page, and as a spreadsheet. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/console/audit_list.h"
#include "domain/ground/audit.h"
#include "domain/price/rate.h"
#include "domain/shelf/position.h"
#include "domain/stocktake/stocktake.h"
#include "json/json.h"
#include "tests/unit/fixture.h"

struct noting { struct ctx *c; const char *action, *object; int64_t id; struct json_object *details; const char *note; };

static enum err noting_tx(struct db *db UNUSED, void *arg)
{
    struct noting *x = arg;

    return audit_note_tx(x->c, x->action, x->object, x->id, json_object_get(x->details), x->note);
}

/* Notes a row a day from the fixture's on: by the operator, by the system, by the operator again, of a setting. */
static void some_noted(struct fixture *f)
{
    struct json_object *change = json_object_new_object();
    struct ctx system = f->c;

    json_add_text(change, "key", "site.name");
    json_add_text(change, "before", "Torre \"A\"");
    json_add_text(change, "after", "=1+1; Norte");
    json_add_text(change, "nothing", NULL);
    system.actor = ACTOR_SYSTEM;
    system.user_id = 0;
    struct noting all[] = {
        { &f->c, "queue_pause", "queue", 0, NULL, NULL },
        { &system, "clock_accept", "clock", 0, NULL, NULL },
        { &f->c, "payment_reverse", "payment", 7, NULL, "+ se cobró dos veces" },
        { &f->c, "setting_change", "setting", 0, change, NULL },
    };

    for (size_t i = 0; i < COUNT(all); i++) {
        all[i].c->now = FIXTURE_NOW + (int64_t)i * DAY_SECONDS;
        all[i].c->request_id = i == 2 ? "solicitud-dos" : "otra";
        cr_assert_eq(db_write(f->db, noting_tx, &all[i]), OK);
    }
    json_object_put(change);
}

/* The actions of a list, the newest first, with blanks between. */
static const char *actions_of(struct fixture *f, struct audit_filter filter)
{
    struct audit_entries all;
    int64_t next;
    char *out = arena_strdup(f->a, "");

    cr_assert_eq(audit_list(&f->c, &filter, &all, &next), OK);
    for (size_t i = 0; i < all.n; i++)
        out = arena_printf(f->a, "%s%s%s", out, i > 0 ? " " : "", all.v[i].action);
    return out;
}

#define FINDS(expected, ...) cr_expect_str_eq(actions_of(&f, (struct audit_filter){ __VA_ARGS__ }), expected)

Test(audit_list, tells_who_approved_by_name)
{
    struct json_object *details = json_object_new_object();
    struct fixture f;
    struct audit_entries all;
    int64_t next;

    fixture_open(&f);
    json_add_text(details, "what", "descuento");
    json_add_int(details, "approved_by", f.c.user_id);
    cr_assert_eq(db_write(f.db, noting_tx, &(struct noting){ &f.c, "approve", "package", 1, details, NULL }), OK);
    json_object_put(details);
    cr_assert_eq(audit_list(&f.c, &(struct audit_filter){ .action = "approve" }, &all, &next), OK);
    cr_assert_eq(all.n, 1);
    cr_expect_str_eq(all.v[0].told, "Qué: descuento; Quién autorizó: Olga Pérez");
    fixture_close(&f);
}

Test(audit_list, finds_by_who_what_which_row_request_and_day)
{
    const int64_t day = clock_day(FIXTURE_NOW);
    struct fixture f;

    fixture_open(&f);
    some_noted(&f);
    FINDS("setting_change payment_reverse clock_accept queue_pause", .limit = 0);
    FINDS("setting_change payment_reverse queue_pause", .username = "oper");
    FINDS("", .username = "nadie");
    FINDS("clock_accept", .action = "clock_accept");
    FINDS("payment_reverse", .object = "payment", .object_id = 7);
    FINDS("", .object = "payment", .object_id = 8);
    FINDS("payment_reverse", .request_id = "solicitud-dos");
    FINDS("payment_reverse clock_accept", .from = day + 1, .to = day + 2);
    FINDS("setting_change", .from = day + 3);
    FINDS("queue_pause", .to = day);
    FINDS("payment_reverse", .object = "payment", .from = day + 2, .to = day + 2);
    fixture_close(&f);
}

Test(audit_list, goes_on_where_a_page_ended)
{
    struct fixture f;
    struct audit_entries all;
    struct audit_filter two = { .limit = 2 };

    fixture_open(&f);
    some_noted(&f);
    cr_assert_eq(audit_list(&f.c, &two, &all, &two.before), OK);
    cr_expect_eq(all.n, 2);
    cr_expect_neq(two.before, 0);
    cr_expect_str_eq(actions_of(&f, two), "clock_accept queue_pause");
    cr_assert_eq(audit_list(&f.c, &two, &all, &two.before), OK);
    cr_expect_eq(two.before, 0);
    fixture_close(&f);
}

Test(audit_list, tells_before_and_after_but_neither_what_is_null_nor_the_hash_of_a_note)
{
    struct fixture f;
    struct audit_entries all;
    int64_t next;

    fixture_open(&f);
    some_noted(&f);
    cr_assert_eq(audit_list(&f.c, &(struct audit_filter){ 0 }, &all, &next), OK);
    cr_assert_eq(all.v[0].details.n, 3);
    cr_expect_str_eq(all.v[0].details.v[1].name, "before");
    cr_expect_str_eq(all.v[0].details.v[1].value, "Torre \"A\"");
    cr_expect_eq(all.v[1].details.n, 0);
    cr_expect_str_eq(all.v[1].note, "+ se cobró dos veces");
    fixture_close(&f);
}

Test(audit_list, names_settings_and_their_values_as_their_page_does)
{
    static const struct { const char *action, *key, *before, *after, *told; } rows[] = {
        { "setting_change", "site.phone", "", "601 555 0100", "Qué cambió: El punto · Teléfono; Antes: (en blanco); Después: 601 555 0100" },
        { "setting_change", "payment.card", "0", "1", "Qué cambió: Mostrador · Recibir pagos con tarjeta; Antes: no; Después: sí" },
        { "setting_change", "sms.provider", "servidor", "liwa",
          "Qué cambió: SMS · Quién envía los SMS; Antes: Lo que dice el servidor; Después: Liwa.co" },
        { "setting_change", "no.hay", "0", "1", "Qué cambió: no.hay; Antes: 0; Después: 1" },
        { "user_change", "role", "OPERADOR", "ADMIN", "Qué cambió: Rol; Antes: OPERADOR; Después: ADMIN" },
    };
    struct fixture f;
    struct audit_entries all;
    int64_t next;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct json_object *change = json_object_new_object();

        json_add_text(change, "key", rows[i].key);
        json_add_text(change, "before", rows[i].before);
        json_add_text(change, "after", rows[i].after);
        cr_assert_eq(db_write(f.db, noting_tx, &(struct noting){ &f.c, rows[i].action, "setting", 0, change, NULL }), OK);
        json_object_put(change);
        cr_assert_eq(audit_list(&f.c, &(struct audit_filter){ .limit = 1 }, &all, &next), OK);
        cr_expect_str_eq(all.v[0].told, rows[i].told);
    }
    fixture_close(&f);
}

static void every_member_has_words(const struct fields *f, const char *of)
{
    for (size_t i = 0; i < f->count; i++)
        cr_expect_not_null(words_of(audit_details, f->rows[i].name), "%s of %s", f->rows[i].name, of);
}

Test(audit_list, has_words_for_all_that_a_row_may_tell)
{
    static const char *const others[] = { "again", "base", "begun", "claim", "claim_settled", "compared", "count", "date",
        "discount", "error", "event", "from", "ids", "last", "mine", "notification_id", "override", "own", "package", "proof",
        "queue", "sent", "state", "to", "version" };

    every_member_has_words(&rate_fields, "a tariff");
    every_member_has_words(&position_fields, "a position");
    every_member_has_words(&stocktake_fields, "a stocktake");
    for (size_t i = 0; i < COUNT(others); i++)
        cr_expect_not_null(words_of(audit_details, others[i]), "%s", others[i]);
}

Test(audit_list, writes_values_as_people_read_them)
{
    static const struct { const char *value, *words; } rows[] = {
        { "2026-12-12", "12/12/2026" }, { "2026-12-20T00:00:00-05:00", "20/12/2026 00:00" }, { "Torre \"A\"", "Torre \"A\"" },
        { "2026-12-12 cerrado", "2026-12-12 cerrado" }, { "", "" }, { "{no es}", "{no es}" },
        { "{\"code\":\"A1\",\"capacity\":null,\"is_active\":true}", "Código A1, En uso sí" },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_str_eq(audit_value_words(a, rows[i].value), rows[i].words);
    arena_free(a);
}

Test(audit_list, is_a_spreadsheet_without_formulas)
{
    struct fixture f;
    struct buf b = { 0 };

    fixture_open(&f);
    some_noted(&f);
    cr_assert_eq(audit_sheet(&f.c, &(struct audit_filter){ 0 }, &b), OK);
    cr_expect_null(strstr(b.data, "Hay más"));
    cr_expect(has_prefix(b.data, "\xEF\xBB\xBFNúmero de la fila;Cuándo;"), "%.60s", b.data);
    cr_expect_not_null(strstr(b.data, ";2026-11-06 07:00:00;"), "%s", b.data);
    cr_expect_not_null(strstr(b.data, ";\"Qué cambió: El punto · Nombre del punto; Antes: Torre \"\"A\"\"; Después: =1+1; Norte\"\r\n"), "%s", b.data);
    cr_expect_not_null(strstr(b.data, ";'+ se cobró dos veces;"), "%s", b.data);
    buf_free(&b);
    fixture_close(&f);
}
