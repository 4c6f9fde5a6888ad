/* Job: the queue's truth is the row (jobs.md §1).  A job is inserted in the
 * transaction of the change that needs it; Redis only says "look now". */
#ifndef QUEUE_JOB_H
#define QUEUE_JOB_H

#include "base/ctx.h"
#include "store/db.h"

#define BREAKER_FAILURES 5       /* of its provider, in a row: a queue's breaker opens */

struct job_kind {
    const char *name, *queue;
    int tries;                   /* max_attempts */
    int expires_s;               /* 0: never */
    int deadline_s;              /* isolated: TERM after this, KILL 5 s later; else the
                                    slot's process ends 5 s after this */
    int isolated_mb;             /* 0: runs in the slot; else a process of its own, of so
                                    many MiB of address space at most */
    const char *args;            /* "name:i other:s" */
    const char *words;           /* for people: "Enviar un SMS" */
};
extern const struct job_kind job_kinds[];
extern const size_t job_kind_count;
const struct job_kind *job_kind_find(const char *name);      /* NULL when unknown */

/* --- producers, inside db_write --- */
struct job_new {
    const char *kind;
    const char *args;            /* JSON object, checked against the kind; NULL: {} … */
    int64_t about;               /* … or, of a kind with one argument, that: the number of a row */
    const char *unique_key;      /* NULL: none; taken already: E_CONFLICT */
    int64_t run_at;              /* 0: now */
    int64_t package_id;
    int64_t priority;            /* 0: 100, the usual; of what is due, less goes first */
};
/* The hint to Redis goes out after the commit, if it is due. id may be NULL.
 * E_INTERNAL, logged: no such kind, or its arguments do not fit. */
enum err job_add_tx(struct ctx *c, const struct job_new *n, int64_t *id) MUST_CHECK;
/* Another time for a job that has not been tried yet; otherwise nothing happens. */
enum err job_reschedule_tx(struct ctx *c, int64_t id, int64_t run_at) MUST_CHECK;
/* By hand: E_CONFLICT, nothing changed, when the job is in another state.
 * A dead or waiting job is due now, with all its tries again. */
enum err job_retry_tx(struct ctx *c, int64_t id) MUST_CHECK;
/* A waiting job is due now; its tries stay counted. */
enum err job_hurry_tx(struct ctx *c, int64_t id) MUST_CHECK;
/* A dead or waiting job ends `cancelled`. */
enum err job_discard_tx(struct ctx *c, int64_t id) MUST_CHECK;
/* Jobs of a paused queue wait, those under way end.  E_CONFLICT when it is so already. */
enum err queue_pause_tx(struct ctx *c, const char *queue, bool paused) MUST_CHECK;

/* --- consumers --- */

/* Who claims: names are unique among all processes that ever ran here. */
struct worker {
    const char *name;            /* "2.4711.k3Jd9a": slot, pid, chance (pids repeat in containers) */
    const char *host;            /* the machine's id */
    const char *boot_id;
    int lock;                    /* held flock of run_dir/worker.<name>.lock */
    int slot;
};
/* Take the lock and learn host and boot. False with errno. */
bool worker_open(struct worker *w, struct arena *a, const struct conf *c, int slot);
void worker_close(struct worker *w, const struct conf *c);

struct job {
    int64_t id;
    const char *queue, *kind, *args;
    int64_t attempt, max_attempts, crashes;
    const char *worker;
    int64_t package_id;
};

enum job_result { JOB_DONE, JOB_RETRY, JOB_DEAD, JOB_SNOOZE, JOB_CRASHED, JOB_TIMEOUT };

struct job_outcome {
    enum job_result result;
    const char *error;           /* of RETRY, DEAD, CRASHED, TIMEOUT */
    int64_t run_at;              /* of SNOOZE: costs no try */
    bool provider_failed;        /* counts for the queue's breaker */
    bool provider_answered;      /* closes it */
    /* Database effects of the job, in the transaction that ends it: they happen
     * exactly once, or not at all when the job was taken away (fenced). */
    enum err (*effect)(struct ctx *c, void *arg);
    void *arg;
};

/* The next due job of these queues (NULL-ended, in order). E_NOT_FOUND: none. */
enum err job_claim(struct ctx *c, const struct worker *w, const char *const *queues,
                   struct job *out) MUST_CHECK;
/* End a job and claim the next in one transaction.  E_CONFLICT, then and only then: the job was
 * fenced (its effect was rolled back).  With any other error nothing has happened, and the job is
 * still this attempt's.  `next` may be NULL; next->id is 0 when none is due. */
enum err job_finish(struct ctx *c, const struct worker *w, const struct job *j,
                    const struct job_outcome *o, const char *const *queues,
                    struct job *next) MUST_CHECK;
/* job_finish that insists: what is known of an SMS must not be forgotten because the database is
 * busy, so it tries for half a minute.  A job whose effect the store refuses ends as a failed try
 * that says so.  E_CONFLICT: fenced; any other error: its lease will run out. */
enum err job_end(struct ctx *c, const struct worker *w, const struct job *j,
                 const struct job_outcome *o, const char *const *queues,
                 struct job *next) MUST_CHECK;
/* Renew the lease of a running job; E_CONFLICT when it is no longer ours.  A job
 * without a row (id 0, run by hand with --now) has none.  The twin guards what a
 * handler does in a transaction of its own. */
enum err job_renew(struct ctx *c, const struct job *j) MUST_CHECK;
enum err job_renew_tx(struct ctx *c, const struct job *j) MUST_CHECK;
/* The claimed job by id and attempt, for the process that runs it alone. */
enum err job_load(struct ctx *c, int64_t id, int64_t attempt, struct job *out) MUST_CHECK;

/* Rows whose worker died, whose boot is over or whose lease ran out go back to
 * ready (or dead); those expired by c->now die. *moved counts. Works without any worker. */
enum err job_reap(struct ctx *c, int *moved) MUST_CHECK;

/* When the wall clock has jumped, move along what it wrote before: to be called before
 * job_reap, which would take it for expired, and with the same c->now, so that a jump
 * between the two does nothing.  `more` moves to now what other tables have that was
 * written after `future`. */
typedef enum err clock_mender(struct ctx *c, int64_t now, int64_t future);
enum err job_mend_clock(struct ctx *c, clock_mender *more) MUST_CHECK;

/* Seconds to wait after the n-th failure: 15 × 2ⁿ⁻¹, ±20 %, at most 6 h. */
int64_t job_backoff(int64_t n);

/* Heartbeat of a slot; job 0 when idle. */
enum err worker_beat(struct ctx *c, const struct worker *w, int64_t job_id) MUST_CHECK;

#endif
