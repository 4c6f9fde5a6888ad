#include <arpa/inet.h>

#include "base/log.h"
#include "domain/ground/throttle.h"
#include "domain/ground/texts.h"
#include "domain/ground/tx.h"

#define FORGOTTEN_AFTER 3600     /* seconds without a try, after which the count starts again */
#define WAIT_FIRST 30
#define WAIT_MOST 900
#define KEPT_S 86400
#define KNOWN_S (30 * 86400)     /* for networks from which a user has signed in */

static const struct stmt get = STMT("throttle_get", "s",
    "SELECT count, window_start, blocked_until FROM throttles WHERE key = $1");
static const struct stmt put = STMT("throttle_put", "siii",
    "INSERT INTO throttles (key, count, window_start, blocked_until) VALUES ($1, $2, $3, $4)"
    " ON CONFLICT (key) DO UPDATE SET count = excluded.count,"
    " window_start = excluded.window_start, blocked_until = excluded.blocked_until");
static const struct stmt forget = STMT("throttle_forget", "s",
    "DELETE FROM throttles WHERE key = $1");
static const struct stmt forgive = STMT("throttle_forgive", "s",
    "UPDATE throttles SET count = count - 1, blocked_until = 0 WHERE key = $1 AND count > 0");
static const struct stmt sweep = STMT("throttle_sweep", "ii",
    "DELETE FROM throttles WHERE window_start < $1 OR (window_start < $2 AND key NOT LIKE 'known:%')");
DB_REGISTER(&get, &put, &forget, &forgive, &sweep)

struct throttle_state { int64_t count, since, blocked_until; };

static enum err throttle_state_get(struct ctx *c, const char *key, struct throttle_state *s)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &get, key);

    *s = (struct throttle_state){ 0 };
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    *s = (struct throttle_state){ db_int(&q, 0), db_int(&q, 1), db_int(&q, 2) };
    return db_end(&q);
}

static enum err throttle_refuse(struct ctx *c, int64_t seconds)
{
    const char *words = seconds < 120
        ? arena_printf(c->a, "%lld segundos", (long long)seconds)
        : arena_printf(c->a, "%lld minutos", (long long)(seconds + 59) / 60);
    enum err e = ctx_fail(c, E_THROTTLED, NULL, T_THROTTLED, words, NULL);

    c->fault.retry_after = (int)seconds;
    return e;
}

static int64_t throttle_wait_after(int64_t count, int free)
{
    int64_t wait = WAIT_FIRST;

    for (int64_t i = free; i < count && wait < WAIT_MOST; i++)
        wait *= 2;
    return wait < WAIT_MOST ? wait : WAIT_MOST;
}

enum err throttle_take_tx(struct ctx *c, const char *key, int free)
{
    struct throttle_state s;
    enum err e = throttle_state_get(c, key, &s);

    if (e != OK)
        return e;
    if (s.blocked_until > c->now)
        return throttle_refuse(c, s.blocked_until - c->now);
    if (c->now - s.since > FORGOTTEN_AFTER)
        s.count = 0;
    s.count++;
    return db_exec(c->db, NULL, &put, key, s.count, c->now,
                   s.count >= free ? c->now + throttle_wait_after(s.count, free) : (int64_t)0);
}

enum err throttle_wait_check(struct ctx *c, const char *key)
{
    struct throttle_state s;
    enum err e = throttle_state_get(c, key, &s);

    return e == OK && s.blocked_until > c->now ? throttle_refuse(c, s.blocked_until - c->now) : e;
}

enum err throttle_forgive_tx(struct ctx *c, const char *key)
{
    return db_exec(c->db, NULL, &forgive, key);
}

enum err throttle_clear_tx(struct ctx *c, const char *key)
{
    return db_exec(c->db, NULL, &forget, key);
}

static const char *window_key(struct ctx *c, const char *what)
{
    return arena_printf(c->a, "%s:%s", what, throttle_network(c));
}

/* Tells how much of a window is left. */
static void window_tell(struct ctx *c, const struct throttle_state *s, int64_t most, int seconds)
{
    c->counted.most = most;
    c->counted.left = s->count < most ? most - s->count : 0;
    c->counted.reset_s = s->since + seconds - c->now;
}

enum err throttle_window_check(struct ctx *c, const char *what, int64_t most, int seconds)
{
    struct throttle_state s;
    enum err e;

    if (throttle_exempt(c))
        return OK;
    e = throttle_state_get(c, window_key(c, what), &s);
    if (e != OK || s.count < most || c->now - s.since >= seconds)
        return domain_fault(c, e);
    window_tell(c, &s, most, seconds);
    return throttle_refuse(c, s.since + seconds - c->now);
}

enum err throttle_spend_tx(struct ctx *c, const char *key, int64_t n, int64_t most, int seconds)
{
    struct throttle_state s;
    enum err e = throttle_state_get(c, key, &s);

    if (e != OK)
        return e;
    if (c->now - s.since >= seconds)
        s = (struct throttle_state){ .since = c->now };
    if (s.count + n > most)
        return throttle_refuse(c, s.since + seconds - c->now);
    return db_exec(c->db, NULL, &put, key, s.count + n, s.since, (int64_t)0);
}

enum err throttle_window_spend_tx(struct ctx *c, const char *what, int64_t n, int64_t most, int seconds)
{
    const char *key = window_key(c, what);
    struct throttle_state s;
    enum err e, read;

    if (throttle_exempt(c))
        return OK;
    e = throttle_spend_tx(c, key, n, most, seconds);
    read = e == OK || e == E_THROTTLED ? throttle_state_get(c, key, &s) : e;
    if (read == OK)
        window_tell(c, &s, most, seconds);
    return e != OK ? e : read;
}

enum err throttle_window_tx(struct ctx *c, const char *what, int64_t most, int seconds)
{
    return throttle_window_spend_tx(c, what, 1, most, seconds);
}

struct window { struct ctx *c; const char *what; int64_t most; int seconds; };

static enum err window_tx(struct db *db UNUSED, void *arg)
{
    const struct window *w = arg;

    return throttle_window_tx(w->c, w->what, w->most, w->seconds);
}

enum err throttle_window(struct ctx *c, const char *what, int64_t most, int seconds)
{
    struct window w = { c, what, most, seconds };

    return throttle_exempt(c) ? OK : domain_write(c, window_tx, &w);
}

enum err throttle_uncounted(struct ctx *c, enum err e)
{
    if (e != E_FULL && e != E_BUSY)
        return e;
    log_warn("throttle.uncounted", "error", err_name(e), "request_id", c->request_id);
    c->fault = (struct fault){ 0 };
    return OK;
}

bool throttle_exempt(const struct ctx *c)
{
    return !is_blank(c->conf->exempt_address) && c->address != NULL
        && streq(c->conf->exempt_address, c->address);
}

char *throttle_network(struct ctx *c)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char ip[16];

    if (c->address != NULL && inet_pton(AF_INET, c->address, ip) == 1) {
        ip[3] = 0;
        inet_ntop(AF_INET, ip, text, sizeof text);
    } else if (c->address != NULL && inet_pton(AF_INET6, c->address, ip) == 1) {
        memset(ip + 7, 0, sizeof ip - 7);
        inet_ntop(AF_INET6, ip, text, sizeof text);
    } else {
        return arena_strdup(c->a, "local");
    }
    return arena_strdup(c->a, text);
}

enum err throttle_sweep_tx(struct ctx *c)
{
    return db_exec(c->db, NULL, &sweep, c->now - KNOWN_S, c->now - KEPT_S);
}
