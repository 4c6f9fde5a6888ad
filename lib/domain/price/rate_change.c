#include "base/clock.h"
#include "base/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/setting.h"
#include "domain/ground/tx.h"
#include "domain/price/rate.h"
#include "domain/price/size.h"
#include "domain/price/texts.h"
#include "json/json.h"
#include "base/log.h"

#define AHEAD_DAYS 730           /* a day further ahead is a slip of the hand */

static const struct stmt by_id = STMT("rate_by_id", "i",
    "SELECT id, package_type, base_fee, storage_per_day, free_hours, valid_from"
    " FROM rates WHERE id = $1");
static const struct stmt insert = STMT("rate_insert", "siiiiIi",
    "INSERT INTO rates (package_type, base_fee, storage_per_day, free_hours, valid_from, created_by,"
    " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id");
static const struct stmt withdraw = STMT("rate_withdraw", "i", "DELETE FROM rates WHERE id = $1");
static const struct stmt received = STMT("rate_any_received", "",
    "SELECT count(*) FROM (SELECT 1 FROM packages WHERE received_at IS NOT NULL LIMIT 1)");
DB_REGISTER(&by_id, &insert, &withdraw, &received)

struct rate_adding { struct ctx *c; const struct rate_in *in; struct rate *out; };

static enum err rate_get(struct ctx *c, int64_t id, struct rate *out)
{
    enum err e = db_get(c->db, rate_fields, out, c->a, &by_id, id);

    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_RATE_NONE, NULL) : e;
}

/* Before the first parcel is received nobody waits at the point, so nobody has to be told of a tariff before. */
enum err rate_first_day(struct ctx *c, int64_t *day)
{
    const bool opened = db_scalar(c->db, 1, &received) != 0;
    int64_t notice = 0;
    enum err e = opened ? setting_read(c, S_RATE_NOTICE, &notice) : OK;

    *day = clock_day(c->now) + notice;
    return e;
}

static void rate_check_figure(struct ctx *c, const char *field, int64_t n, int64_t max)
{
    if (n < 0 || n > max)
        ctx_invalid(c, field, T_NOT_NUMBER, "0", arena_strdup(c->a, NUM(max)), NULL);
}

static void rate_check_figures(struct ctx *c, const struct rate_in *in)
{
    if (words_of(package_types, in->package_type) == NULL)
        ctx_invalid(c, "package_type", T_NOT_CHOICE,
                    arena_printf(c->a, "%s, %s", package_types[0].value, package_types[1].value), NULL);
    rate_check_figure(c, "base_fee", in->base_fee, RATE_AMOUNT_MAX);
    rate_check_figure(c, "storage_per_day", in->storage_per_day, RATE_AMOUNT_MAX);
    rate_check_figure(c, "free_hours", in->free_hours, RATE_FREE_HOURS_MAX);
}

static enum err rate_check(struct ctx *c, const struct rate_in *in)
{
    int64_t today = clock_day(c->now), first;
    enum err e;

    c->fault = (struct fault){ 0 };
    if ((e = rate_first_day(c, &first)) != OK)
        return e;
    rate_check_figures(c, in);
    if (in->valid_from < today)
        ctx_invalid(c, "valid_from", T_RATE_PAST, NULL);
    else if (in->valid_from > today + AHEAD_DAYS)
        ctx_invalid(c, "valid_from", T_DAY_FAR, clock_day_exact(c->a, today),
                    clock_day_exact(c->a, today + AHEAD_DAYS), NULL);
    else if (in->valid_from < first && !in->known)
        ctx_invalid(c, "valid_from", T_RATE_NOTICE,
                    arena_printf(c->a, "%lld", (long long)(first - today)),
                    clock_day_exact(c->a, first), NULL);
    else if (in->valid_from < first && is_blank(in->reason))
        ctx_invalid(c, "reason", T_RATE_REASON, NULL);
    return ctx_faults(c);
}

static enum err rate_audit(struct ctx *c, const char *action, const struct rate *r, const char *reason)
{
    return audit_note_tx(c, action, "rate", r->id, json_of(rate_fields, r), reason);
}

/* The instant at which a rate of that day begins.  A rate from today begins in the next second: a
 * parcel announced before, even in this second, saw the other price. */
static int64_t rate_begins(const struct ctx *c, int64_t day)
{
    int64_t start = clock_day_start(day);

    return start > c->now ? start : c->now + 1;
}

static enum err rate_add_tx(struct db *db, void *arg)
{
    struct rate_adding *x = arg;
    const struct rate_in *in = x->in;
    struct ctx *c = x->c;
    const char *answer;
    int64_t id;
    enum err e = operation_begin_tx(c, &answer);

    if (e != OK || answer != NULL)
        return e != OK ? e : rate_get(c, strtoll(answer, NULL, 10), x->out);
    e = db_insert(db, &id, &insert, in->package_type, in->base_fee, in->storage_per_day,
                  in->free_hours, rate_begins(c, in->valid_from), c->user_id, c->now);
    if (e == E_CONFLICT)
        return ctx_fail(c, e, "valid_from", T_RATE_TWICE, NULL);
    if (e != OK)
        return e;
    e = rate_get(c, id, x->out);
    if (e == OK)
        e = rate_audit(c, "rate_add", x->out, in->reason);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &id, 1));
}

enum err rate_add(struct ctx *c, const struct rate_in *in, struct rate *out)
{
    struct rate_adding x = { c, in, out };
    enum err e = rate_check(c, in);

    return e != OK ? e : domain_operation(c, "rate_add", rate_add_tx, &x);
}

struct withdrawing { struct ctx *c; int64_t id; };

static enum err rate_withdraw_tx(struct db *db, void *arg)
{
    struct withdrawing *x = arg;
    struct rate r;
    enum err e = rate_get(x->c, x->id, &r);

    if (e == OK && r.valid_from <= x->c->now)
        return ctx_fail(x->c, E_CONFLICT, NULL, T_RATE_STARTED, NULL);
    if (e == OK)
        e = db_exec(db, NULL, &withdraw, x->id);
    return e != OK ? e : rate_audit(x->c, "rate_withdraw", &r, NULL);
}

enum err rate_withdraw(struct ctx *c, int64_t id)
{
    struct withdrawing x = { c, id };

    return operation_once(c, "rate_withdraw", rate_withdraw_tx, &x, NULL);
}
