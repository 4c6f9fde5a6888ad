/* Chooses the queue that a slot serves next.  The queues share the slots of a machine: a long queue, or one whose
 * provider is slow, gets what the others can spare. */
#include "base/clock.h"
#include "queue/queue.h"

const char *const queue_names[] = { "sms", "mail", "default", "files", "archive", "reports", "maintenance",
                                    "webhook", "whatsapp", NULL };

/* The first queue after $3, by name and round again, that has a job to claim, is not paused, whose breaker is
 * closed (half open: one job probes), whose bucket is not empty and which may take a slot.  busy: what this
 * machine runs.  A queue that runs nothing here may take any slot.  Another one must leave as many slots free as
 * there are queues that run nothing, at most half of all. */
static const struct stmt turn = STMT("queue_turn", "iissii",
    "WITH busy AS (SELECT r.queue FROM queues o JOIN jobs r ON r.queue = o.name"
    " WHERE r.state = 'running' AND r.host = $4)"
    " SELECT q.name FROM queues q WHERE q.paused = 0 AND q.open_until <= $1"
    " AND (q.rate = 0 OR min(q.burst, q.tokens + ($2 - q.tokens_at) / 1000.0 * q.rate) >= 1)"
    " AND EXISTS (SELECT 1 FROM jobs j WHERE j.queue = q.name AND j.state = 'ready' AND j.run_at <= $1"
    " AND (j.expires_at IS NULL OR j.expires_at > $1))"
    " AND (q.name NOT IN (SELECT queue FROM busy) OR $5 - 1 - (SELECT count(*) FROM busy)"
    " >= min($5 / 2, (SELECT count(*) FROM queues) - (SELECT count(DISTINCT queue) FROM busy)))"
    " AND (SELECT count(*) FROM jobs r WHERE r.queue = q.name AND r.state = 'running')"
    " < CASE WHEN q.failures >= $6 THEN 1 ELSE q.max_running END"
    " ORDER BY q.name <= $3, q.name LIMIT 1");
DB_REGISTER(&turn)

enum err queue_turn(struct ctx *c, const struct worker *w, const char **name)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &turn, clock_now(), clock_now_ms(), w->turn, w->host, w->slots,
                        (int64_t)BREAKER_FAILURES);

    if (e != OK)
        return e;
    *name = db_dup(&q, 0, c->a);
    return db_end(&q);
}
