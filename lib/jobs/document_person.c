/* Everything that the point knows of one person: the tables of law/personal_data.h, each a heading, whose rows say the labels. */
#include "base/clock.h"
#include "domain/law/personal_data.h"
#include "domain/law/privacy_request.h"
#include "domain/message/message_kind.h"
#include "domain/money/payment.h"
#include "domain/outbox/notification_log.h"
#include "jobs/document.h"
#include "local/money.h"
#include "local/normal.h"

struct person_sheet { struct ctx *c; struct personal_data data; };

/* A value as people read it; NULL for none. */
static const char *value_words(struct arena *a, const struct field *f, const void *object)
{
    static const struct word *const tables[] = { message_events, notification_channels, notification_states, payment_methods,
                                                 privacy_kinds, privacy_outcomes };
    const char *text, *words = NULL;

    if (f->type == F_BOOL)
        return field_int(f, object) != 0 ? "sí" : "no";
    if (f->type == F_INSTANT)
        return field_int(f, object) != 0 ? clock_exact(a, field_int(f, object)) : NULL;
    if (f->type == F_MONEY)
        return money_text(a, field_int(f, object));
    if (!field_is_text(f))
        return count_text(a, field_int(f, object));
    text = field_text(f, object);
    for (size_t i = 0; i < COUNT(tables) && words == NULL && text != NULL; i++)
        words = words_of(tables[i], text);
    if (words != NULL || text == NULL)
        return words;
    return f->type == F_PHONE || (f->type == F_ADDRESS && *text == '+') ? phone_words(a, text) : text;
}

static void draw_facts(struct sheet *s, struct arena *a, struct fields f, const void *object)
{
    for (size_t i = 0; i < f.count; i++)
        sheet_fact(s, f.rows[i].doc, value_words(a, &f.rows[i], object));
}

/* Short values are a table; what has more columns than a table, or texts of any length, is facts, one below the other. */
static bool is_long(struct fields f)
{
    for (size_t i = 0; i < f.count; i++)
        if (streq(f.rows[i].name, "text") || streq(f.rows[i].name, "sha256"))
            return true;
    return f.count > SHEET_COLUMNS;
}

static void draw_table(struct sheet *s, struct arena *a, struct fields f, const char *at, size_t n, size_t size)
{
    struct sheet_column columns[SHEET_COLUMNS];

    for (size_t i = 0; i < f.count; i++)
        columns[i] = (struct sheet_column){ f.rows[i].doc, f.rows[i].type == F_INSTANT ? 16 : 14,
                                            f.rows[i].type == F_MONEY || f.rows[i].type == F_INT };
    sheet_table(s, columns, f.count);
    for (size_t k = 0; k < n; k++) {
        const char *cells[SHEET_COLUMNS];

        for (size_t i = 0; i < f.count; i++)
            cells[i] = value_words(a, &f.rows[i], at + k * size);
        sheet_row(s, cells);
    }
    sheet_table_end(s);
}

static void draw_list(struct sheet *s, struct arena *a, const struct field *f, const void *object)
{
    size_t n;
    const char *at = field_list(f, object, &n);

    if (n == 0)
        sheet_note(s, "Nada.");
    else if (!is_long(*f->of))
        draw_table(s, a, *f->of, at, n, f->size);
    else
        for (size_t i = 0; i < n; i++) {
            sheet_note(s, arena_printf(a, "%zu de %zu", i + 1, n));
            draw_facts(s, a, *f->of, at + i * f->size);
        }
}

static void person_draw(struct sheet *s, const void *arg)
{
    const struct person_sheet *p = arg;
    struct arena *a = p->c->a;

    for (size_t i = 0; i < personal_data_fields.count; i++) {
        const struct field *f = &personal_data_fields.rows[i];

        if (f->type != F_OBJECT && f->type != F_LIST)
            continue;
        sheet_heading(s, f->doc);
        if (f->type == F_OBJECT)
            draw_facts(s, a, *f->of, field_at(f, &p->data));
        else
            draw_list(s, a, f, &p->data);
    }
}

enum err person_read(struct ctx *c, int64_t subject_id, struct document_page *out)
{
    struct person_sheet *p = arena_alloc(c->a, sizeof *p);
    const enum err e = personal_data_read(c, subject_id, &p->data);

    p->c = c;
    if (e != OK)
        return e;
    out->head.title = "Datos personales";
    out->head.subtitle = p->data.person.full_name;
    out->draw = person_draw;
    out->arg = p;
    return OK;
}
