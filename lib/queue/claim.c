/* Consuming jobs.  Every transition is one UPDATE whose WHERE names the state and the attempt that it
 * expects; the attempt is the fencing token: if the job was taken away meanwhile, the UPDATE changes no
 * row. */
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "metric/metric.h"
#include "base/random.h"
#include "queue/job.h"
#include "queue/kept.h"
#include "queue/queue.h"
#include "queue/settle.h"

#define FINISH_TRIES 6           /* tries to write an outcome of who has no time, or that the effect refuses */
#define KEEP_FIRST_US 50000      /* between the first two tries of who has; then twice as long each time … */
#define KEEP_MOST_US 1000000     /* … up to this */
#define BREAKER_FIRST_S 30
#define BREAKER_MAX_S 600
#define BACKOFF_FIRST_S 15
#define BACKOFF_MAX_S (6 * 3600)

static const struct stmt claim = STMT("job_claim", "sisssii",
    "UPDATE jobs SET state = 'running', attempt = attempt + 1, worker = $3, host = $4, boot_id = $5,"
    " lease_until = $6, lease_wall = $2 + $7, started_at = $2"
    " WHERE id = (SELECT id FROM jobs WHERE queue = $1 AND state = 'ready' AND run_at <= $2"
    " AND (expires_at IS NULL OR expires_at > $2) ORDER BY priority, run_at, id LIMIT 1)"
    " RETURNING id, queue, kind, args, attempt, max_attempts, worker, package_id, crashes");
static const struct stmt take_token = STMT("queue_take_token", "si",
    "UPDATE queues SET tokens = min(burst, tokens + ($2 - tokens_at) / 1000.0 * rate) - 1,"
    " tokens_at = $2 WHERE name = $1 AND rate > 0");
static const struct stmt attempt_start = STMT("attempt_start", "iisi",
    "INSERT INTO job_attempts (job_id, attempt, worker, started_at) VALUES ($1, $2, $3, $4)");
static const struct stmt attempt_end = STMT("attempt_end", "iiiss",
    "UPDATE job_attempts SET finished_at = $3, outcome = $4, error = $5"
    " WHERE job_id = $1 AND attempt = $2 AND outcome IS NULL");
/* An attempt whose worker turns up after all: the reaper had called it crashed or timed out. */
static const struct stmt attempt_fenced = STMT("attempt_fenced", "iiis",
    "UPDATE job_attempts SET finished_at = $3, outcome = 'fenced' WHERE job_id = $1 AND attempt = $2 AND worker = $4"
    " AND (outcome IS NULL OR outcome IN ('crashed', 'timeout'))");
static const struct stmt finish = STMT("job_finish", "iissisii",
    "UPDATE jobs SET state = $4, run_at = $5, last_error = $6, worker = NULL, lease_until = NULL,"
    " lease_wall = NULL, crashes = crashes + $8,"
    " finished_at = CASE WHEN $4 IN ('done', 'dead') THEN $7 END,"
    " progress = CASE WHEN $4 = 'done' THEN 100 ELSE progress END"
    " WHERE id = $1 AND state = 'running' AND attempt = $2 AND worker = $3");
/* A snoozed job is not late: the time until it expires counts from the new run_at, and max_attempts grows by
 * the attempt that was no try.  started_at tells by which clock the new time was written (jump.c). */
static const struct stmt snooze = STMT("job_snooze", "iisiis",
    "UPDATE jobs SET state = 'ready', run_at = $4, expires_at = expires_at + max(0, $4 - $5),"
    " last_error = coalesce($6, last_error), started_at = $5, max_attempts = max_attempts + 1, worker = NULL, lease_until = NULL, lease_wall = NULL"
    " WHERE id = $1 AND state = 'running' AND attempt = $2 AND worker = $3");
static const struct stmt attempt_forget = STMT("attempt_forget", "ii",
    "DELETE FROM job_attempts WHERE job_id = $1 AND attempt = $2 AND outcome IS NULL");
static const struct stmt renew = STMT("job_renew", "iisii",
    "UPDATE jobs SET lease_until = $4, lease_wall = $5"
    " WHERE id = $1 AND state = 'running' AND attempt = $2 AND worker = $3");
/* Heartbeat of a slot that is busy with a long job: renewing the lease is its sign of life. */
static const struct stmt heard_of = STMT("worker_heard_of", "si",
    "UPDATE workers SET heartbeat_at = $2 WHERE name = $1");
static const struct stmt load = STMT("job_load", "ii",
    "SELECT id, queue, kind, args, attempt, max_attempts, worker, package_id, crashes FROM jobs"
    " WHERE id = $1 AND attempt = $2 AND state = 'running'");
/* A failure while the breaker is open does not prolong it: that job was under way when the breaker opened. */
static const struct stmt breaker_fail = STMT("breaker_fail", "siiii",
    "UPDATE queues SET failures = failures + 1,"
    " open_for = CASE WHEN failures + 1 >= $3 AND open_until <= $2"
    " THEN min($5, max($4, open_for * 2)) ELSE open_for END,"
    " open_until = CASE WHEN failures + 1 >= $3 AND open_until <= $2"
    " THEN $2 + min($5, max($4, open_for * 2)) ELSE open_until END WHERE name = $1");
static const struct stmt breaker_close = STMT("breaker_close", "s",
    "UPDATE queues SET failures = 0, open_for = 0, open_until = 0 WHERE name = $1 AND failures > 0");
DB_REGISTER(&claim, &take_token, &attempt_start, &attempt_end, &attempt_fenced, &finish, &snooze,
            &attempt_forget, &renew, &heard_of, &load, &breaker_fail, &breaker_close)

int64_t job_backoff(int64_t n)
{
    int64_t s = BACKOFF_FIRST_S;

    while (--n > 0 && s < BACKOFF_MAX_S)
        s *= 2;
    s = s * (80 + (int64_t)random_below(41)) / 100;
    return s > BACKOFF_MAX_S ? BACKOFF_MAX_S : s;
}

int64_t job_failures(const struct job *j)
{
    const struct job_kind *k = job_kind_find(j->kind);
    int64_t n = k ? j->attempt - (j->max_attempts - k->tries) : j->attempt;

    return n > 1 ? n : 1;
}

int64_t job_crash_wait(const struct job *j)
{
    return j->crashes < QUICK_CRASHES ? 0 : job_backoff(j->crashes - QUICK_CRASHES + 1);
}

static void job_row(struct ctx *c, struct rows *q, struct job *out)
{
    *out = (struct job){ .id = db_int(q, 0), .queue = db_dup(q, 1, c->a), .kind = db_dup(q, 2, c->a),
                         .args = db_dup(q, 3, c->a), .attempt = db_int(q, 4),
                         .max_attempts = db_int(q, 5), .worker = db_dup(q, 6, c->a),
                         .package_id = db_int(q, 7), .crashes = db_int(q, 8) };
}

static enum err claim_tx(struct ctx *c, const struct worker *w, struct job *out)
{
    int64_t lease = c->conf->worker_lease_s, now = clock_now(), ms = clock_now_ms();
    const char *queue;
    struct rows q;
    enum err e = queue_turn(c, w, &queue);

    *out = (struct job){ 0 };
    if (e == OK)
        e = db_one(c->db, &q, &claim, queue, now, w->name, w->host, w->boot_id, clock_boot_ms() + lease * 1000,
                   lease);
    if (e != OK)
        return e;
    job_row(c, &q, out);
    if ((e = db_end(&q)) == OK)
        e = db_exec(c->db, NULL, &take_token, queue, ms);
    return e != OK ? e : db_exec(c->db, NULL, &attempt_start, out->id, out->attempt, w->name, now);
}

struct work {
    struct ctx *c;
    struct worker *w;
    const struct job *j;
    const struct job_outcome *o;
    struct job *next;
    bool fenced;                 /* the job was taken away from this attempt; all was rolled back */
    bool dead;                   /* it ended without being done */
    enum err refused;            /* error of the effect, which rolled all back; OK: none */
};

static enum err claim_only(struct db *db UNUSED, void *arg)
{
    struct work *x = arg;

    return claim_tx(x->c, x->w, x->next);
}

/* Notes, once the claim is committed, whose turn it was. */
static void turn_note(struct worker *w, const struct job *claimed)
{
    if (claimed->id != 0)
        snprintf(w->turn, sizeof w->turn, "%s", claimed->queue);
}

enum err job_claim(struct ctx *c, struct worker *w, struct job *out)
{
    struct work x = { .c = c, .w = w, .next = out };
    const char *queue;
    enum err e = queue_turn(c, w, &queue);

    if (e != OK)                 /* an idle slot never takes the writers' lock */
        return e;
    /* The commit need not wait for the disk: if a power cut loses it, the job was never claimed, and whatever
     * the handler commits later is lost with it. */
    e = db_write_ahead(c->db, claim_only, &x);
    if (e == OK)
        turn_note(w, out);
    return e;
}

static enum err breaker_tx(struct ctx *c, const struct job *j, const struct job_outcome *o)
{
    if (o->provider_failed)
        return db_exec(c->db, NULL, &breaker_fail, j->queue, clock_now(), (int64_t)BREAKER_FAILURES,
                       (int64_t)BREAKER_FIRST_S, (int64_t)BREAKER_MAX_S);
    return o->provider_answered ? db_exec(c->db, NULL, &breaker_close, j->queue) : OK;
}

static enum err claim_guarded(enum err e, int64_t changed)
{
    return e == OK && changed != 1 ? E_CONFLICT : e;
}

/* Notes that the job was taken away (E_CONFLICT) when the guarded UPDATE changed no row. */
static enum err work_guard(struct work *x, enum err e, int64_t changed)
{
    x->fenced = e == OK && changed != 1;
    return claim_guarded(e, changed);
}

static enum err snooze_tx(struct work *x)
{
    int64_t changed = 0, now = clock_now(), run_at = x->o->run_at != 0 ? x->o->run_at : now + x->o->run_in;
    enum err e = db_exec(x->c->db, &changed, &snooze, x->j->id, x->j->attempt, x->j->worker, run_at, now,
                         x->o->error);

    e = work_guard(x, e, changed);
    return e != OK ? e : db_exec(x->c->db, NULL, &attempt_forget, x->j->id, x->j->attempt);
}

static enum err finish_tx(struct work *x)
{
    static const char *const outcomes[] = { [JOB_DONE] = "ok", [JOB_RETRY] = "error", [JOB_DEAD] = "error",
        [JOB_SNOOZE] = NULL, [JOB_CRASHED] = "crashed", [JOB_TIMEOUT] = "timeout" };
    const struct job *j = x->j;
    const struct job_outcome *o = x->o;
    bool last = j->attempt >= j->max_attempts;
    const char *state = o->result == JOB_DONE ? "done" : o->result == JOB_DEAD || last ? "dead" : "ready";
    bool crash = o->result == JOB_CRASHED;
    int64_t now = clock_now(), changed = 0, wait = 0;
    enum err e;

    x->dead = false;
    if (o->result == JOB_SNOOZE)
        return snooze_tx(x);
    x->dead = streq(state, "dead");
    if (streq(state, "ready"))
        wait = crash ? job_crash_wait(j) : job_backoff(job_failures(j));
    e = db_exec(x->c->db, &changed, &finish, j->id, j->attempt, j->worker, state, now + wait, o->error,
                now, (int64_t)crash);
    e = work_guard(x, e, changed);
    if (e == OK)
        e = db_exec(x->c->db, NULL, &attempt_end, j->id, j->attempt, now, outcomes[o->result], o->error);
    return e != OK ? e : breaker_tx(x->c, j, o);
}

static enum err finish_and_claim(struct db *db UNUSED, void *arg)
{
    struct work *x = arg;
    enum err e;

    x->fenced = false;
    x->refused = OK;
    e = finish_tx(x);
    if (e == OK && x->o->effect != NULL)
        e = x->refused = x->o->effect(x->c, x->o->arg);
    if (e == OK && x->dead)
        e = job_settle_tx(x->c, x->j->kind, x->j->args, JOB_DIED, x->o->error);
    if (e != OK || x->next == NULL)
        return e;
    e = claim_tx(x->c, x->w, x->next);
    return e == E_NOT_FOUND ? OK : e;
}

static enum err mark_fenced(struct db *db, void *arg)
{
    struct work *x = arg;

    return db_exec(db, NULL, &attempt_fenced, x->j->id, x->j->attempt, clock_now(), x->j->worker);
}

/* *refused: what the effect said, if that was not OK. */
static enum err finish_try(struct ctx *c, struct worker *w, const struct job *j, const struct job_outcome *o,
                           struct job *next, enum err *refused)
{
    struct work x = { .c = c, .w = w, .j = j, .o = o, .next = next };
    enum err e;

    if (next != NULL)
        *next = (struct job){ 0 };
    e = db_write(c->db, finish_and_claim, &x);
    *refused = x.refused;
    if (e != OK && next != NULL)
        *next = (struct job){ 0 };       /* the rollback undid its claim too */
    if (next != NULL)
        turn_note(w, next);
    if (x.fenced) {
        log_warn("job.fenced", "kind", j->kind, "job", NUM(j->id), "attempt", NUM(j->attempt));
        if (db_write(c->db, mark_fenced, &x) != OK)
            log_error("job.fenced_mark", "job", NUM(j->id));
        return E_CONFLICT;
    }
    if (x.refused != OK)
        log_error("job.effect", "kind", j->kind, "job", NUM(j->id), "error", err_name(x.refused));
    if (e == OK && (o->result == JOB_RETRY || o->result == JOB_CRASHED || o->result == JOB_TIMEOUT))
        metric_inc(M_JOB_RETRIES, j->kind, NULL);
    return e == E_CONFLICT ? E_INTERNAL : e;     /* an effect's E_CONFLICT must not look like fenced */
}

enum err job_finish(struct ctx *c, struct worker *w, const struct job *j, const struct job_outcome *o,
                    struct job *next)
{
    enum err refused;

    return finish_try(c, w, j, o, next, &refused);
}

/* Tries to write an outcome.  What cannot be written now, since the disk is full or the database locked, a worker that
 * holds a lock tries for as long as it takes, and another only a few times, as both do what the store cannot write for
 * another reason.  Meanwhile the outcome stands in the lock's
 * file, so that the reaper leaves the worker the job, and writes the outcome if the worker is killed. */
static enum err finish_insist(struct ctx *c, struct worker *w, const struct job *j, const struct job_outcome *o,
                              struct job *next)
{
    useconds_t pause = KEEP_FIRST_US;
    enum err refused, e;

    if (w->page != NULL)
        kept_write(c, w->page, j, o);
    e = finish_try(c, w, j, o, next, &refused);
    for (int i = 1; e == E_FULL || e == E_BUSY || (e == E_INTERNAL && refused == OK); i++) {
        bool for_long = w->lock > 0 && (e == E_FULL || (e == E_BUSY && refused == OK));

        if ((i >= FINISH_TRIES && !for_long) || !db_is_there(c->db))
            break;
        metric_alive(METRIC_ALIVE_S);
        usleep(pause);
        pause = pause * 2 < KEEP_MOST_US ? pause * 2 : KEEP_MOST_US;
        if (w->lock > 0)
            worker_watch(w, c->conf);
        e = finish_try(c, w, j, o, next, &refused);
    }
    kept_clear(w->page);
    return e;
}

enum err job_end(struct ctx *c, struct worker *w, const struct job *j, const struct job_outcome *o,
                 struct job *next)
{
    struct job_outcome again = { .result = JOB_RETRY, .provider_failed = o->provider_failed,
                                 .provider_answered = o->provider_answered };
    enum err e = finish_insist(c, w, j, o, next);

    if (e == OK || e == E_CONFLICT || e == E_FULL || o->effect == NULL)
        return e;
    again.error = e == E_BUSY ? "no se pudo guardar el resultado: la base de datos no respondió"
        : "no se pudo guardar el resultado: la base de datos lo rechazó";
    return job_finish(c, w, j, &again, next);
}

enum err job_renew_tx(struct ctx *c, const struct job *j)
{
    int64_t changed = 0, lease = c->conf->worker_lease_s, now = clock_now();
    enum err e = db_exec(c->db, &changed, &renew, j->id, j->attempt, j->worker,
                         clock_boot_ms() + lease * 1000, now + lease);

    e = claim_guarded(e, changed);
    return e != OK ? e : db_exec(c->db, NULL, &heard_of, j->worker, now);
}

static enum err renew_only(struct db *db UNUSED, void *arg)
{
    struct work *x = arg;

    return job_renew_tx(x->c, x->j);
}

enum err job_renew(struct ctx *c, const struct job *j)
{
    struct work x = { .c = c, .j = j };

    if (j->id == 0)              /* run by hand, without a row: nobody can take it away */
        return OK;
    return db_write(c->db, renew_only, &x);
}

enum err job_load(struct ctx *c, int64_t id, int64_t attempt, struct job *out)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &load, id, attempt);

    if (e != OK)
        return e;
    job_row(c, &q, out);
    return db_end(&q);
}
