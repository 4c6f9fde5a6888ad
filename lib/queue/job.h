/* Job: a row of the table jobs, which alone says what is to be done (jobs.md §1).  A job is inserted in the
 * transaction of the change that needs it; Redis only tells a worker to look now. */
#ifndef QUEUE_JOB_H
#define QUEUE_JOB_H

#include "base/ctx.h"
#include "store/db.h"

#define BREAKER_FAILURES 5       /* so many failures of its provider in a row open a queue's breaker */

struct job_kind {
    const char *name, *queue;
    int tries;                   /* max_attempts */
    int expires_s;               /* a job not done so long after run_at is dead; 0: never */
    int deadline_s;              /* an isolated job gets TERM after this and KILL 5 s later; a job in the slot
                                    ends the slot's process 5 s after this */
    int isolated_mb;             /* 0: the job runs in the slot; else in a process of its own with at most so
                                    many MiB of address space */
    const char *args;            /* "name:i other:s" */
    const char *words;           /* for people: "Enviar un SMS" */
};
extern const struct job_kind job_kinds[];
extern const size_t job_kind_count;
const struct job_kind *job_kind_find(const char *name);      /* NULL when unknown */
/* Names of all queues, each a row of the table queues; NULL-ended. */
extern const char *const queue_names[];

/* --- producers, inside db_write --- */
struct job_new {
    const char *kind;
    const char *args;            /* JSON object, checked against the kind; NULL: see about */
    int64_t about;               /* for a kind with one integer argument, instead of args: its value, the id of
                                    a row; 0: no arguments */
    const char *unique_key;      /* NULL: none */
    int64_t run_at;              /* 0: now */
    int64_t package_id;
    int64_t priority;            /* the due job with the lowest goes first; 0: the usual, 100 */
};
/* Inserts a job; if it is due, a hint is sent after the commit.  id may be NULL.  E_CONFLICT: the unique_key is
 * taken.  E_INTERNAL, logged: there is no such kind, or the arguments do not fit it. */
enum err job_add_tx(struct ctx *c, const struct job_new *n, int64_t *id) MUST_CHECK;
/* Changes the time of a job that has not been tried yet; to another job nothing happens. */
enum err job_reschedule_tx(struct ctx *c, int64_t id, int64_t run_at) MUST_CHECK;
/* The next three are an administrator's acts.  E_CONFLICT, nothing changed, when the job is in another state.
 * Retry: a dead or waiting job is due now, with all its tries again. */
enum err job_retry_tx(struct ctx *c, int64_t id) MUST_CHECK;
/* Hurry: a waiting job is due now; its tries stay counted. */
enum err job_hurry_tx(struct ctx *c, int64_t id) MUST_CHECK;
/* Discard: a dead or waiting job ends `cancelled`. */
enum err job_discard_tx(struct ctx *c, int64_t id) MUST_CHECK;
/* Pauses a queue or lets it run again.  Jobs of a paused queue wait; those under way run to their end.
 * E_CONFLICT when the queue is in that state already. */
enum err queue_pause_tx(struct ctx *c, const char *queue, bool paused) MUST_CHECK;

/* --- consumers --- */

/* A process that claims jobs; its name is unique among all processes that ever ran on this database. */
struct worker {
    const char *name;            /* "2.4711.k3Jd9a": slot, pid, random letters (pids repeat in containers) */
    const char *host;            /* the machine's id (queue_host) */
    const char *boot_id;
    int lock;                    /* descriptor that holds the flock of run_dir/worker.<name>.lock */
    bool unlocked;               /* the lock's file has gone and could not be made anew */
    char *page;                  /* of that file, on which the outcome of its job is kept (queue/kept.h); NULL: the
                                  * disk had no room for it */
    int slot;
    int64_t slots;               /* slots of this machine's worker, which the queues share */
    char turn[16];               /* the queue served last; empty: none yet */
};
/* Fills w (its texts lie in the arena) and takes the worker's lock.  False with errno. */
bool worker_open(struct worker *w, struct arena *a, const struct conf *c, int slot);
void worker_close(struct worker *w, const struct conf *c);
/* Makes the file of the worker's lock anew and logs it, if it has gone, as when somebody cleans the folder, and
 * reserves its page if there was no room; to be called about once a second.  Until then the reaper judges the worker
 * by its leases. */
void worker_watch(struct worker *w, const struct conf *c);
/* Removes the lock files of killed workers that had no job; of one that had, job_reap does. */
void workers_sweep(struct ctx *c);

struct job {
    int64_t id;
    const char *queue, *kind, *args;
    int64_t attempt, max_attempts, crashes;
    const char *worker;
    int64_t package_id;
};

/* The integer argument of that name in the JSON text of a job's arguments; 0 if there is none, which job_add_tx
 * prevents. */
int64_t job_arg(const char *args, const char *name);

enum job_result { JOB_DONE, JOB_RETRY, JOB_DEAD, JOB_SNOOZE, JOB_CRASHED, JOB_TIMEOUT };
const char *job_result_name(enum job_result r);      /* "done", "retry" … */

struct job_outcome {
    enum job_result result;
    const char *error;           /* Spanish, for RETRY, DEAD, CRASHED, TIMEOUT; for SNOOZE why it waits, or NULL */
    int64_t run_at;              /* for SNOOZE: the job's new time, or 0 and run_in: in so many seconds.  A snooze
                                  * does not count as a try */
    int64_t run_in;
    bool provider_failed;        /* counts for the queue's breaker */
    bool provider_answered;      /* closes the queue's breaker */
    /* Writes the job's results in the transaction that ends the job: so they happen exactly once, or not at all
     * when the job was taken away (fenced). */
    enum err (*effect)(struct ctx *c, void *arg);
    void *arg;
    /* JSON from which a job_restorer makes effect and arg again, if the world has already seen what they write, as an
     * SMS that was accepted; NULL: if the process dies before they are written, the job is done once more. */
    const char *memo;
};

/* Claims a due job of the queue whose turn it is: the queues take turns at a slot.  A queue of which this
 * machine runs nothing may always take a free slot; a second one it gets only while a slot stays free for each
 * queue that has none, but at most for half of them is one kept.  So neither a long queue nor a slow one holds
 * up another.  E_NOT_FOUND: there is no job to claim. */
enum err job_claim(struct ctx *c, struct worker *w, struct job *out) MUST_CHECK;
/* Ends a job and claims the next in one transaction.  E_CONFLICT means that the job was fenced (taken away from
 * this attempt), and its effect was rolled back.  With any other error nothing has changed, and the job still
 * belongs to this attempt.  `next` may be NULL; next->id is 0 when none is due. */
enum err job_finish(struct ctx *c, struct worker *w, const struct job *j, const struct job_outcome *o,
                    struct job *next) MUST_CHECK;
/* Like job_finish, but a worker with a lock tries for as long as the disk is full or the database locked: that an
 * SMS was sent must not be forgotten.  Meanwhile the reaper leaves it the job, and if the worker is killed, the reaper
 * writes the outcome.  One without a lock tries a few times.  If the store refuses the effect, the job ends as a failed try that says so.  E_CONFLICT: fenced; with
 * any other error the job is taken back when its lease runs out. */
enum err job_end(struct ctx *c, struct worker *w, const struct job *j, const struct job_outcome *o,
                 struct job *next) MUST_CHECK;
/* Renews the lease of a running job; E_CONFLICT when it was taken away.  A job without a row (id 0, run by
 * hand with --now) has no lease: OK.  A handler that writes in a transaction of its own calls job_renew_tx in
 * it first, so that a fenced attempt writes nothing. */
enum err job_renew(struct ctx *c, const struct job *j) MUST_CHECK;
enum err job_renew_tx(struct ctx *c, const struct job *j) MUST_CHECK;
/* Reads a claimed job by id and attempt, for the process of an isolated job. */
enum err job_load(struct ctx *c, int64_t id, int64_t attempt, struct job *out) MUST_CHECK;

/* Makes o->effect and o->arg, in the arena, of what is left of an outcome; false when it cannot. */
typedef bool job_restorer(struct ctx *c, const char *memo, struct job_outcome *o);
/* Takes back running jobs whose worker died, whose machine was started anew or whose lease ran out: if the worker had
 * kept an outcome, that is written; else they are ready again, or dead if that was the last try.  Waiting jobs that
 * expired before c->now are dead, unless the clock is doubted (queue/doubt.h).  *moved: how many. The caller need not
 * be a worker. */
enum err job_reap(struct ctx *c, job_restorer *restore, int *moved) MUST_CHECK;

/* If the wall clock has jumped, moves instants that were written before the jump along with it.  To be called
 * before job_reap, which would take such jobs for expired, and with the same c->now, so that a jump between the
 * two calls does no harm.  `more` does the same for other tables: instants after `future` become now. */
typedef enum err clock_mender(struct ctx *c, int64_t now, int64_t future);
enum err job_mend_clock(struct ctx *c, clock_mender *more) MUST_CHECK;

/* Seconds to wait after the n-th failure: 15 × 2ⁿ⁻¹, ±20 %, at most 6 h. */
int64_t job_backoff(int64_t n);

/* Writes a slot's sign of life; job_id 0: the slot is idle. */
enum err worker_beat(struct ctx *c, const struct worker *w, int64_t job_id) MUST_CHECK;

#endif
