#include "base/clock.h"
#include "base/texts.h"
#include "domain/price/texts.h"
#include "json/json.h"
#include "domain/ground/audit.h"
#include "domain/price/closure.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"

#define AROUND_DAYS 366          /* days from today, back or ahead; a day further away is a slip of the hand */

#define COLUMNS "d.day, d.reason, u.full_name FROM closures d LEFT JOIN users u ON u.id = d.created_by"
static const struct stmt between = STMT("closures_of_days", "ii",
    "SELECT " COLUMNS " WHERE d.day >= $1 AND d.day <= $2 ORDER BY d.day");
static const struct stmt by_day = STMT("closure_by_day", "i", "SELECT " COLUMNS " WHERE d.day = $1");
static const struct stmt insert = STMT("closure_insert", "isI",
    "INSERT INTO closures (day, reason, created_by) VALUES ($1, $2, $3)");
static const struct stmt forget = STMT("closure_forget", "i", "DELETE FROM closures WHERE day = $1");
DB_REGISTER(&between, &by_day, &insert, &forget)

/* Members that are read from a row, and below them those that the API shows. */
static const struct field columns[] = {
    FIELD(struct closure, day, F_INT, "Día"),
    FIELD(struct closure, reason, F_TEXT, "Motivo"),
    FIELD(struct closure, created_by, F_TEXT, "Quién lo agregó"),
};
static const struct fields column_fields = FIELDS(columns);
static const struct field shown[] = {
    FIELD(struct closure, date, F_TEXT, "Fecha"),
    FIELD(struct closure, reason, F_TEXT, "Motivo"),
    FIELD(struct closure, created_by, F_TEXT, "Quién lo agregó"),
};
const struct fields closure_fields = FIELDS(shown);

enum err closure_list(struct ctx *c, int64_t from, int64_t to, struct closures *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &between, from, to);

    *out = (struct closures){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, column_fields, sizeof *out->v, &out->n);
    for (size_t i = 0; i < out->n; i++)
        out->v[i].date = clock_day_iso(c->a, out->v[i].day);
    return domain_fault(c, db_end(&q));
}

static enum err closure_get(struct ctx *c, int64_t day, struct closure *out)
{
    enum err e = db_get(c->db, column_fields, out, c->a, &by_day, day);

    out->date = clock_day_iso(c->a, day);
    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_CLOSURE_NONE, NULL) : e;
}

static enum err closure_check(struct ctx *c, const struct closure_in *in)
{
    int64_t today = clock_day(c->now);

    c->fault = (struct fault){ 0 };
    if (in->day < today - AROUND_DAYS || in->day > today + AROUND_DAYS)
        ctx_invalid(c, "day", T_DAY_FAR, clock_day_exact(c->a, today - AROUND_DAYS),
                    clock_day_exact(c->a, today + AROUND_DAYS), NULL);
    else if (in->day <= today && !in->known)
        ctx_invalid(c, "known", T_CLOSURE_KNOWN, NULL);
    if (is_blank(in->reason))
        ctx_invalid(c, "reason", T_REQUIRED, NULL);
    return ctx_faults(c);
}

static enum err closure_audit(struct ctx *c, const char *action, const struct closure *d)
{
    struct json_object *details = json_object_new_object();

    json_add_text(details, "date", d->date);
    json_add_bool(details, "begun", d->day <= clock_day(c->now));
    return audit_note_tx(c, action, "closure", d->day, details, d->reason);
}

struct closure_adding { struct ctx *c; const struct closure_in *in; struct closure *out; };

static enum err closure_add_tx(struct db *db, void *arg)
{
    struct closure_adding *x = arg;
    struct ctx *c = x->c;
    int64_t day = x->in->day;
    const char *answer;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK || answer != NULL)
        return e != OK ? e : closure_get(c, day, x->out);
    e = db_exec(db, NULL, &insert, day, x->in->reason, c->user_id);
    if (e == E_CONFLICT)
        return ctx_fail(c, e, "day", T_CLOSURE_TWICE, clock_day_exact(c->a, day), NULL);
    if (e == OK)
        e = closure_get(c, day, x->out);
    if (e == OK)
        e = closure_audit(c, "closure_add", x->out);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &day, 1));
}

enum err closure_add(struct ctx *c, const struct closure_in *in, struct closure *out)
{
    struct closure_adding x = { c, in, out };
    enum err e = closure_check(c, in);

    return e != OK ? e : domain_operation(c, "closure_add", closure_add_tx, &x);
}

struct closure_removing { struct ctx *c; int64_t day; };

static enum err closure_remove_tx(struct db *db, void *arg)
{
    struct closure_removing *x = arg;
    struct closure d;
    enum err e = closure_get(x->c, x->day, &d);

    if (e == OK && d.day <= clock_day(x->c->now))
        return ctx_fail(x->c, E_CONFLICT, NULL, T_CLOSURE_STARTED, NULL);
    if (e == OK)
        e = db_exec(db, NULL, &forget, x->day);
    return e != OK ? e : closure_audit(x->c, "closure_remove", &d);
}

enum err closure_remove(struct ctx *c, int64_t day)
{
    struct closure_removing x = { c, day };

    return operation_once(c, "closure_remove", closure_remove_tx, &x, NULL);
}
