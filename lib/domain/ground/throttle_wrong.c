/* Wrong tries of a signed-in person: a few are human slips, more pause the field. */
#include "domain/ground/texts.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "store/db.h"

static const struct stmt blocked = STMT("throttle_blocked", "s",
    "SELECT blocked_until FROM throttles WHERE key = $1");
static const struct stmt count = STMT("throttle_count_wrong", "siiii",
    "INSERT INTO throttles (key, count, window_start, blocked_until)"
    " VALUES ($1, 1, $2, CASE WHEN $4 <= 1 THEN $2 + $5 ELSE 0 END)"
    " ON CONFLICT (key) DO UPDATE SET"
    " count = CASE WHEN window_start + $3 <= $2 OR blocked_until > 0 AND blocked_until <= $2"
    " THEN 1 ELSE count + 1 END,"
    " window_start = CASE WHEN window_start + $3 <= $2 OR blocked_until > 0 AND blocked_until <= $2"
    " THEN $2 ELSE window_start END,"
    " blocked_until = CASE WHEN (window_start + $3 > $2 AND NOT (blocked_until > 0 AND blocked_until <= $2))"
    " AND count + 1 >= $4 THEN $2 + $5 ELSE 0 END");
DB_REGISTER(&blocked, &count)

enum err throttle_paused(struct ctx *c, const char *key)
{
    int64_t until = 0, left;
    enum err e = db_value(c->db, &until, &blocked, key);

    if (e != OK && e != E_NOT_FOUND)
        return domain_fault(c, e);
    left = until - c->now;
    if (left <= 0)
        return OK;
    e = ctx_fail(c, E_THROTTLED, "code", T_CODE_PAUSED, arena_printf(c->a, "%lld", (long long)left), NULL);
    c->fault.retry_after = (int)left;
    return e;
}

enum err throttle_wrong_tx(struct ctx *c, const struct throttle_wrong *w)
{
    return db_exec(c->db, NULL, &count, w->key, c->now, w->seconds, w->most, w->pause);
}
