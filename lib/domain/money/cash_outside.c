/* Payments that are in no drawer, and so in no closing: the person who took them had none open, and
 * only cash needs one.  Payments from before the first drawer was opened do not count. */
#include "base/texts.h"
#include "base/clock.h"
#include "domain/money/cash.h"
#include "domain/ground/tx.h"
#include "domain/money/texts.h"
#include "domain/money/cash_sql.h"

/* $1: the seconds between the midnights of Bogotá and of Greenwich; $2: a day later than any
 * that is wanted. */
#define SINCE "taken_at > coalesce((SELECT min(opened_at) FROM cash_sessions), 9223372036854775807)"
static const struct stmt days = STMT("cash_outside_days", "iiii",
    "SELECT '', (p.taken_at + $1) / $4, " CASH_ROWS ", sum(p.amount) FROM payments p WHERE p.cash_session_id IS NULL"
    " AND p." SINCE " AND p.taken_at < $2 GROUP BY 2 ORDER BY 2 DESC LIMIT $3");
static const struct stmt of_day = STMT("cash_outside_payments", "iii",
    CASH_PAYMENTS "p.cash_session_id IS NULL AND p." SINCE
    " AND p.taken_at >= $1 AND p.taken_at < $2" CASH_AT_ONCE " ORDER BY 2, 1 LIMIT $3");
DB_REGISTER(&days, &of_day)

#define D struct cash_outside_day
static const struct field day_rows[] = {
    FIELD(D, date, F_TEXT, "Día"),
    FIELD(D, day, F_INT, "Su número"),
    FIELD(D, payments, F_INT, "Pagos y reversos que no están en ninguna caja"),
    FIELD(D, amount, F_MONEY, "Suma"),
};
static const struct fields day_columns = FIELDS(day_rows);
static const struct field shown[] = {
    FIELD(D, date, F_TEXT, "Día"),
    FIELD(D, payments, F_INT, "Pagos y reversos que no están en ninguna caja"),
    FIELD(D, amount, F_MONEY, "Suma"),
};
const struct fields cash_outside_day_fields = FIELDS(shown);

struct outside_reading { struct ctx *c; const struct cash_outside_in *in; struct cash_outside *out; };

static enum err outside_read_days(struct outside_reading *r)
{
    struct ctx *c = r->c;
    struct cash_outside *out = r->out;
    int64_t until = r->in->before != 0 ? clock_day_start(r->in->before) : INT64_MAX;
    struct rows q;
    enum err e = db_query(c->db, &q, &days, (int64_t)BOGOTA_OFFSET, until, (int64_t)CASH_OUTSIDE_DAYS,
                          (int64_t)DAY_SECONDS);

    out->days.v = arena_alloc(c->a, CASH_OUTSIDE_DAYS * sizeof *out->days.v);
    while (e == OK && out->days.n < CASH_OUTSIDE_DAYS && db_next(&q)) {
        struct cash_outside_day *d = &out->days.v[out->days.n++];

        db_fill(&q, 0, day_columns, d, c->a);
        d->date = clock_day_iso(c->a, d->day);
    }
    return e != OK ? e : db_end(&q);
}

static enum err outside_read_payments(struct outside_reading *r)
{
    struct ctx *c = r->c;
    struct cash_outside *out = r->out;
    int64_t day = r->in->day != 0 ? r->in->day : out->days.n > 0 ? out->days.v[0].day : 0;
    struct rows q;
    enum err e;

    if (day == 0)
        return OK;
    e = db_query(c->db, &q, &of_day, clock_day_start(day), clock_day_start(day + 1), (int64_t)CASH_ROWS_MAX + 1);
    out->chosen = (struct cash_outside_day){ .day = day, .date = clock_day_iso(c->a, day) };
    out->payments.v = arena_alloc(c->a, (CASH_ROWS_MAX + 1) * sizeof *out->payments.v);
    while (e == OK && out->payments.n <= CASH_ROWS_MAX && db_next(&q)) {
        struct cash_payment *p = &out->payments.v[out->payments.n++];

        db_fill(&q, 0, cash_payment_fields, p, c->a);
        out->chosen.amount += p->amount;
    }
    out->chosen.payments = (int64_t)out->payments.n;
    if ((out->more = out->payments.n > CASH_ROWS_MAX))
        out->payments.n = CASH_ROWS_MAX;
    return e != OK ? e : db_end(&q);
}

static enum err outside_read(struct db *db UNUSED, void *arg)
{
    struct outside_reading *r = arg;
    enum err e = outside_read_days(r);

    return e != OK ? e : outside_read_payments(r);
}

enum err cash_outside(struct ctx *c, const struct cash_outside_in *in, struct cash_outside *out)
{
    struct outside_reading r = { c, in, out };

    *out = (struct cash_outside){ 0 };
    if (c->role < ROLE_ADMIN)
        return ctx_fail(c, E_FORBIDDEN, NULL, T_FORBIDDEN, NULL);
    return domain_fault(c, db_read(c->db, outside_read, &r));
}
