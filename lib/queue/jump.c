/* Jumps of the wall clock are noticed by CLOCK_BOOTTIME, which cannot jump.  After a jump back, instants that
 * now lie in the future are moved to now, so that no job waits for a year; after a jump ahead, waiting jobs
 * get more time before they expire. */
#include "base/clock.h"
#include "base/log.h"
#include "queue/queue.h"

#define JUMP_S 10                /* a smaller difference is a clock being corrected, not a jump */

static const struct stmt booted = STMT("host_booted", "ss",
    "SELECT booted_at FROM host_clocks WHERE host = $1 AND boot_id = $2");
static const struct stmt note = STMT("host_clock_note", "ssi",
    "INSERT INTO host_clocks (host, boot_id, booted_at) VALUES ($1, $2, $3)"
    " ON CONFLICT (host) DO UPDATE SET boot_id = $2, booted_at = $3");
/* $2 is the moment of the jump by the old clock: a job created later was written by the new clock. */
static const struct stmt jobs_ahead = STMT("jobs_clock_ahead", "ii",
    "UPDATE jobs SET expires_at = expires_at + $1 WHERE state = 'ready' AND created_at <= $2");
/* w.at is when the clock last wrote to a job: when it was created, begun, or its last try ended. */
static const struct stmt jobs_back = STMT("jobs_clock_back", "ii",
    "UPDATE jobs SET run_at = run_at + $1 - w.at, expires_at = min(expires_at, expires_at + $1 - created_at),"
    " created_at = min(created_at, $1), started_at = min(started_at, $1)"
    " FROM (SELECT j.id, max(j.created_at, coalesce(j.started_at, 0), coalesce((SELECT max(a.finished_at)"
    " FROM job_attempts a WHERE a.job_id = j.id), 0)) AS at FROM jobs j WHERE j.state = 'ready') AS w"
    " WHERE w.id = jobs.id AND w.at > $1 + $2");
/* A job created in the future shows that the clock jumped ahead and back again before anybody looked. */
static const struct stmt newest = STMT("jobs_newest", "",
    "SELECT max(created_at) FROM jobs WHERE id > (SELECT max(id) FROM jobs) - 100 AND state = 'ready'");
static const struct stmt queues_back = STMT("queues_clock_back", "i",
    "UPDATE queues SET open_until = min(open_until, $1 + open_for), tokens_at = min(tokens_at, $1 * 1000)");
DB_REGISTER(&booted, &note, &jobs_ahead, &jobs_back, &newest, &queues_back)

struct jump { struct ctx *c; clock_mender *more; const char *host, *boot; int64_t booted_at, by; };

static enum err back_tx(struct jump *x, int64_t now)
{
    enum err e = db_exec(x->c->db, NULL, &jobs_back, now, (int64_t)JUMP_S);

    if (e == OK)
        e = db_exec(x->c->db, NULL, &queues_back, now);
    return e != OK ? e : x->more(x->c, now, now + JUMP_S);
}

/* Clock and jump are read again under the writers' lock: while this process waited for it, the clock may have
 * jumped once more, and another process may have mended the rows or written rows by the newer clock. */
static enum err jump_tx(struct db *db, void *arg)
{
    struct jump *x = arg;
    int64_t now = clock_now();
    enum err e = OK;

    x->booted_at = now - clock_boot_ms() / 1000;
    x->by = x->booted_at - db_scalar(db, x->booted_at, &booted, x->host, x->boot);
    if (x->by >= JUMP_S)
        e = db_exec(db, NULL, &jobs_ahead, x->by, now - x->by + JUMP_S);
    if (e == OK)
        e = back_tx(x, now);
    return e != OK ? e : db_exec(db, NULL, &note, x->host, x->boot, x->booted_at);
}

enum err job_mend_clock(struct ctx *c, clock_mender *more)
{
    struct jump x = { .c = c, .more = more, .host = queue_host(c->a, c->conf), .boot = queue_boot(c->a, c->conf),
                      .booted_at = c->now - clock_boot_ms() / 1000 };
    int64_t before = 0, latest = 0, by;
    enum err e = db_value(c->db, &before, &booted, x.host, x.boot);

    if (e == OK || e == E_NOT_FOUND)
        e = db_value(c->db, &latest, &newest);
    if (e != OK && e != E_NOT_FOUND)
        return e;
    by = x.booted_at - before;
    if (by > -JUMP_S && by < JUMP_S && latest <= c->now + JUMP_S)
        return OK;
    e = db_write(c->db, jump_tx, &x);
    if (e == OK && x.by != 0)
        log_warn("clock.jumped", "seconds", NUM(x.by));
    return e;
}
