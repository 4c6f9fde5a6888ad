#include "domain/law/security_incident.h"

#include "base/clock.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/law/texts.h"
#include "json/json.h"
#include "local/business_day.h"
#include "store/db.h"

#define LEAST 10                 /* characters of what happened, of the data, of how it ended */
#define LIST_USUAL 50
#define LIST_MOST 200

#define COLUMNS "i.id, i.at, w.full_name, i.happened_day, i.noticed_day, i.due_day, i.what, i.data, coalesce(i.people, -1), i.measures," \
    " i.reported_day, i.report_ref, i.closed_at, u.full_name, i.ending, i.version FROM security_incidents i"                \
    " LEFT JOIN users w ON w.id = i.written_by LEFT JOIN users u ON u.id = i.closed_by"
static const struct stmt by_id = STMT("security_by_id", "i", "SELECT " COLUMNS " WHERE i.id = $1");
static const struct stmt insert = STMT("security_insert", "iiIiissis",
    "INSERT INTO security_incidents (at, written_by, happened_day, noticed_day, due_day, what, data, people, measures)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, iif($8 < 0, NULL, $8), $9) RETURNING id");
static const struct stmt change = STMT("security_change", "iIiissisi",
    "UPDATE security_incidents SET happened_day = $2, noticed_day = $3, due_day = $4, what = $5, data = $6,"
    " people = iif($7 < 0, NULL, $7), measures = $8, version = version + 1"
    " WHERE id = $1 AND closed_at IS NULL AND ($9 = 0 OR version = $9)");
static const struct stmt report = STMT("security_report", "iis",
    "UPDATE security_incidents SET reported_day = $2, report_ref = $3, version = version + 1 WHERE id = $1 AND closed_at IS NULL");
static const struct stmt close_one = STMT("security_close", "iiis",
    "UPDATE security_incidents SET closed_at = $2, closed_by = $3, ending = $4, version = version + 1"
    " WHERE id = $1 AND closed_at IS NULL");
static const struct stmt list_open = STMT("security_list_open", "ii",
    "SELECT " COLUMNS " WHERE i.closed_at IS NULL AND (i.due_day, i.id) >"
    " (coalesce((SELECT a.due_day FROM security_incidents a WHERE a.id = $1), 0), $1) ORDER BY i.due_day, i.id LIMIT $2");
static const struct stmt list_closed = STMT("security_list_closed", "ii",
    "SELECT " COLUMNS " WHERE i.closed_at IS NOT NULL AND ($1 = 0 OR i.id < $1) ORDER BY i.id DESC LIMIT $2");
static const struct stmt counts = STMT("security_counts", "ii",
    "SELECT count(*), count(*) FILTER (WHERE reported_day IS NULL AND due_day < $1),"
    " count(*) FILTER (WHERE reported_day IS NULL AND due_day BETWEEN $1 AND $2) FROM security_incidents WHERE closed_at IS NULL");
DB_REGISTER(&by_id, &insert, &change, &report, &close_one, &list_open, &list_closed, &counts)

const struct word security_states[] = {
    { "ABIERTO", "Por informar" }, { "REPORTADO", "Informado a la autoridad" }, { "CERRADO", "Cerrado" }, WORDS_END
};

#define S struct security_incident
static const struct field column_rows[] = {
    FIELD(S, id, F_INT, "Número"),
    FIELD(S, at, F_INSTANT, "Cuándo se anotó"),
    FIELD(S, written_by, F_TEXT, "Quién lo anotó"),
    FIELD(S, happened_day, F_INT, "Día en que pasó"),
    FIELD(S, noticed_day, F_INT, "Día en que se supo"),
    FIELD(S, due_day, F_INT, "Último día para informarlo"),
    FIELD(S, what, F_TEXT, "Qué pasó"),
    FIELD(S, data, F_TEXT, "Qué datos"),
    FIELD(S, people, F_INT, "Cuántas personas; -1: no se sabe"),
    FIELD(S, measures, F_TEXT, "Qué se hizo"),
    FIELD(S, reported_day, F_INT, "Día en que se informó a la autoridad"),
    FIELD(S, report_ref, F_TEXT, "Número del informe"),
    FIELD(S, closed_at, F_INSTANT, "Cuándo se cerró"),
    FIELD(S, closed_by, F_TEXT, "Quién lo cerró"),
    FIELD(S, ending, F_TEXT, "Cómo terminó"),
    FIELD(S, version, F_INT, "Versión"),
};
FIELD_TABLE_HERE(S, security_columns, column_rows)
static const struct field rows[] = {
    FIELD_ALSO(S, security_columns),
    FIELD(S, state, F_TEXT, "ABIERTO, REPORTADO o CERRADO"),
    FIELD(S, left, F_INT, "Días hábiles que quedan para informarlo"),
    FIELD(S, late, F_BOOL, "El plazo para informarlo venció"),
    FIELD(S, soon, F_BOOL, "El plazo para informarlo vence pronto"),
};
const struct fields security_incident_fields = FIELDS(rows);

static void security_weigh(struct ctx *c, S *i)
{
    const int64_t today = clock_day(c->now);
    const bool waits = i->closed_at == 0 && i->reported_day == 0;

    i->state = i->closed_at != 0 ? "CERRADO" : i->reported_day != 0 ? "REPORTADO" : "ABIERTO";
    i->left = waits ? business_days_until(today, i->due_day) : 0;
    i->late = waits && today > i->due_day;
    i->soon = waits && !i->late && i->left <= SECURITY_SOON;
}

/* ---- writing down ---- */

struct securing {
    struct ctx *c;
    int64_t id, day;
    bool unreported;             /* closed, though the authority was not told */
    const struct security_in *in;
    const char *what, *data, *measures, *text;
    S *out;
};

static const char *text_seen(struct ctx *c, const char *text)
{
    return is_blank(text) ? "" : utf8_visible(c->a, text);
}

static enum err security_begin(struct securing *x)
{
    const enum err e = security_by_id(x->c, x->id, x->out);

    return e == OK && x->out->closed_at != 0 ? ctx_fail(x->c, E_CONFLICT, NULL, T_SECURITY_CLOSED, NULL) : e;
}

/* Words for where an incident stands, without what people wrote: those of the audit log stay for ever. */
static const char *security_stands(struct ctx *c, const S *i)
{
    struct buf b = { 0 };
    const char *words;

    buf_printf(&b, "%s; se supo el %s", words_of(security_states, i->state), clock_day_exact(c->a, i->noticed_day));
    if (i->people >= 0)
        buf_printf(&b, "; %lld personas", (long long)i->people);
    if (i->reported_day != 0)
        buf_printf(&b, "; informado el %s", clock_day_exact(c->a, i->reported_day));
    words = arena_strdup(c->a, b.data);
    buf_free(&b);
    return words;
}

/* The texts that people wrote before, as a note, which can be erased; NULL where it is the same now. */
static const char *security_wrote(struct ctx *c, const S *was, const S *is)
{
    if (streq(was->what, is->what) && streq(was->data, is->data) && text_equal(was->measures, is->measures))
        return NULL;
    return arena_printf(c->a, "%s · %s · %s", was->what, was->data, was->measures ? was->measures : "");
}

/* Ends an act on the incident that x->out holds as it was; afterwards it holds it as it is. */
static enum err security_end_tx(struct securing *x, const char *action)
{
    struct json_object *details = json_object_new_object();
    struct ctx *c = x->c;
    const S was = *x->out;
    const char *note = NULL;
    enum err e = security_by_id(c, x->id, x->out);

    if (was.id != 0) {
        json_add_text(details, "before", security_stands(c, &was));
        note = security_wrote(c, &was, x->out);
    }
    if (e == OK) {
        json_add_text(details, "after", security_stands(c, x->out));
        if (x->unreported)
            json_add_bool(details, "unreported", true);
        e = audit_note_tx(c, action, "security_incident", x->id, details, note);
    } else
        json_object_put(details);
    return e;
}

static enum err security_change_tx(struct securing *x, int64_t due)
{
    const struct security_in *in = x->in;
    int64_t changed = 0;
    enum err e = security_begin(x);

    if (e == OK)
        e = db_exec(x->c->db, &changed, &change, x->id, in->happened_day, in->noticed_day, due, x->what, x->data,
                    in->people != NULL ? *in->people : -1, x->measures, in->version);
    if (e == OK && changed == 0)
        return ctx_fail(x->c, E_PRECONDITION, NULL, T_SECURITY_CHANGED, NULL);
    return e != OK ? e : security_end_tx(x, "security_change");
}

static enum err security_save_tx(struct db *db, void *arg)
{
    struct securing *x = arg;
    struct ctx *c = x->c;
    const struct security_in *in = x->in;
    const int64_t due = business_day_after(in->noticed_day, SECURITY_DAYS);
    const char *answer;
    int64_t *ids;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL)
        return operation_ids_read(c->a, answer, &ids) == 1 ? security_by_id(c, ids[0], x->out) : E_INTERNAL;
    if (e != OK)
        return e;
    x->id = in->id;
    if (x->id != 0)
        e = security_change_tx(x, due);
    else {
        *x->out = (S){ 0 };
        e = db_insert(db, &x->id, &insert, c->now, c->user_id, in->happened_day, in->noticed_day, due, x->what, x->data,
                      in->people != NULL ? *in->people : -1, x->measures);
        if (e == OK)
            e = security_end_tx(x, "security_add");
    }
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &x->id, 1));
}

enum err security_save(struct ctx *c, const struct security_in *in, S *out)
{
    struct securing x = { .c = c, .in = in, .what = text_seen(c, in->what), .data = text_seen(c, in->data),
                          .measures = text_seen(c, in->measures), .out = out };
    const int64_t today = clock_day(c->now);

    c->fault = (struct fault){ 0 };
    if (utf8_length(x.what) < LEAST)
        ctx_invalid(c, "what", T_SECURITY_WHAT, NULL);
    if (utf8_length(x.data) < LEAST)
        ctx_invalid(c, "data", T_SECURITY_DATA, NULL);
    if (in->noticed_day == 0 || in->noticed_day > today)
        ctx_invalid(c, "noticed_day", T_SECURITY_NOTICED, NULL);
    if (in->happened_day != 0 && in->happened_day > (in->noticed_day != 0 ? in->noticed_day : today))
        ctx_invalid(c, "happened_day", T_SECURITY_HAPPENED, NULL);
    if (ctx_faults(c) != OK)
        return E_INVALID;
    return domain_operation(c, "security_save", security_save_tx, &x);
}

/* ---- reporting and closing ---- */

static enum err security_report_tx(struct db *db, void *arg)
{
    struct securing *x = arg;
    struct ctx *c = x->c;
    enum err e = security_begin(x);

    if (e == OK && x->out->reported_day != 0)
        e = ctx_fail(c, E_CONFLICT, NULL, T_SECURITY_REPORTED, NULL);
    if (e == OK && (x->day < x->out->noticed_day || x->day > clock_day(c->now)))
        e = ctx_fail(c, E_INVALID, "day", T_SECURITY_DAY, NULL);
    if (e == OK)
        e = db_exec(db, NULL, &report, x->id, x->day, x->text);
    return e != OK ? e : security_end_tx(x, "security_report");
}

enum err security_report(struct ctx *c, const struct security_report_in *in, S *out)
{
    struct securing x = { .c = c, .id = in->id, .day = in->day, .text = is_blank(in->ref) ? NULL : text_seen(c, in->ref), .out = out };

    return domain_write(c, security_report_tx, &x);
}

static enum err security_close_tx(struct db *db, void *arg)
{
    struct securing *x = arg;
    enum err e = security_begin(x);

    if (e == OK && x->out->reported_day == 0 && !x->unreported)
        e = ctx_fail(x->c, E_CONFLICT, "unreported", T_SECURITY_UNREPORTED, NULL);
    if (e == OK)
        e = db_exec(db, NULL, &close_one, x->id, x->c->now, x->c->user_id, x->text);
    return e != OK ? e : security_end_tx(x, "security_close");
}

enum err security_close(struct ctx *c, const struct security_close_in *in, S *out)
{
    struct securing x = { .c = c, .id = in->id, .unreported = in->unreported, .text = text_seen(c, in->ending), .out = out };

    if (utf8_length(x.text) < LEAST)
        return ctx_fail(c, E_INVALID, "ending", T_SECURITY_ENDING, NULL);
    return domain_write(c, security_close_tx, &x);
}

/* ---- reading ---- */

enum err security_by_id(struct ctx *c, int64_t id, S *out)
{
    const enum err e = db_get(c->db, security_columns, out, c->a, &by_id, id);

    if (e == OK)
        security_weigh(c, out);
    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_SECURITY_NONE, NULL) : domain_fault(c, e);
}

enum err security_list(struct ctx *c, const struct security_filter *f, struct security_incidents *out)
{
    const int64_t limit = f->limit > 0 && f->limit <= LIST_MOST ? f->limit : LIST_USUAL;
    struct rows q;
    enum err e = db_query(c->db, &q, f->closed ? &list_closed : &list_open, f->after, limit + 1);

    *out = (struct security_incidents){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, security_columns, sizeof *out->v, &out->n);
    e = db_end(&q);
    if (out->n > (size_t)limit) {
        out->n = (size_t)limit;
        out->next = out->v[limit - 1].id;
    }
    for (size_t i = 0; i < out->n; i++)
        security_weigh(c, &out->v[i]);
    return domain_fault(c, e);
}

enum err security_count(struct ctx *c, struct security_counts *out)
{
    const int64_t today = clock_day(c->now);
    struct rows q;
    enum err e = db_one(c->db, &q, &counts, today, business_day_after(today, SECURITY_SOON));

    *out = (struct security_counts){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    *out = (struct security_counts){ db_int(&q, 0), db_int(&q, 1), db_int(&q, 2) };
    return domain_fault(c, db_end(&q));
}
