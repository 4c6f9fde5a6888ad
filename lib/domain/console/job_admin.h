/* Job admin: an administrator sees the queue and mends it.  An action is audited, and changes nothing
 * when the job is not in the state that it expects.  The queue itself is queue/job.h. */
#ifndef DOMAIN_JOB_ADMIN_H
#define DOMAIN_JOB_ADMIN_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"

/* ---- jobs (job_list.c) ---- */

struct job_entry {
    int64_t id;
    const char *queue, *kind, *state;
    int64_t run_at, attempt, max_attempts;
    const char *worker, *last_error;
    int64_t package_id;
    const char *tracking_code;   /* the package's */
    int64_t created_at, started_at, finished_at;
};
FIELD_TABLE(struct job_entry, job_entry_fields)
struct job_entries { struct job_entry *v; size_t n; };

/* words for one job, "Hecho", and for several, "Hechos" */
extern const struct word job_states[], job_states_many[];
extern const struct word job_queues[];
const char *job_kind_words(const char *kind);    /* an unknown kind is given back */
const char *const *job_kind_names(struct arena *a);      /* all kinds; ends with NULL */

/* A filter that is NULL or "" takes any.  package: a code or a guide.  error: part of the last error's
 * text. */
struct job_filter {
    const char *state, *kind, *queue, *package, *error;
    int64_t before, limit;       /* before: id of the last one seen, 0 at first */
};
/* Jobs, the newest first; *next is the `before` of the next page, 0 after the last.  Whatever the
 * filter, an index or the number of waiting jobs bounds the rows that are read. */
enum err job_list(struct ctx *c, const struct job_filter *f, struct job_entries *out,
                  int64_t *next) MUST_CHECK;
#define JOB_COUNT_MAX 10000
/* The number of jobs that match; JOB_COUNT_MAX + 1 means "more". */
enum err job_count(struct ctx *c, const struct job_filter *f, int64_t *out) MUST_CHECK;
/* The number of dead jobs for a badge, at most 100. */
int64_t job_dead_count(struct ctx *c);

/* ---- one job (job_show.c) ---- */

struct job_try {
    int64_t attempt;
    const char *worker, *outcome, *error;    /* outcome NULL: still running */
    int64_t started_at, finished_at;
};
FIELD_TABLE(struct job_try, job_try_fields)

/* An argument as it may be shown: an id as it is, a text as dots. */
struct job_argument { const char *name, *value; };
FIELD_TABLE(struct job_argument, job_argument_fields)

struct job_detail {
    struct job_entry job;
    int64_t priority, expires_at, crashes, progress;
    const char *request_id, *guide_number;
    int64_t notification_id;     /* the message that the job sends, if its row exists; else 0 */
    struct { struct job_try *v; size_t n; } tries;           /* newest first */
    struct { struct job_argument *v; size_t n; } arguments;
};
FIELD_TABLE(struct job_detail, job_detail_fields)    /* members besides the entry's */
FIELD_TABLE(struct job_detail, job_answer_fields)    /* every member, with the entry's and the lists */
enum err job_show(struct ctx *c, int64_t id, struct job_detail *out) MUST_CHECK;

/* ---- queues and workers (job_queues.c) ---- */

struct queue_entry {
    const char *name;
    int64_t ready, due, running, dead;
    int64_t oldest_due;          /* since when the longest waiting one is due; 0: none is */
    int64_t done_5, done_60;     /* jobs that ended well in the last 5 and 60 minutes */
    int64_t paused, max_running;
    int64_t per_minute, burst;   /* limit of starts a minute; 0: none */
    const char *breaker;         /* closed, open, half_open */
    int64_t failures, open_until;
};
FIELD_TABLE(struct queue_entry, queue_entry_fields)
struct queue_entries { struct queue_entry *v; size_t n; };
enum err queue_list(struct ctx *c, struct queue_entries *out) MUST_CHECK;

struct worker_entry {
    const char *host;            /* first six characters of the machine's id */
    int64_t slot, pid, heartbeat_at, rss_kb;
    int64_t job_id;              /* 0: idle */
    const char *kind;
    int64_t since;
};
FIELD_TABLE(struct worker_entry, worker_entry_fields)
struct worker_entries { struct worker_entry *v; size_t n; };
enum err worker_list(struct ctx *c, struct worker_entries *out) MUST_CHECK;

/* ---- the clock (cron_list.c) ---- */

struct cron_entry {
    const char *name, *what, *when;
    int64_t last_at;             /* the minute of its last run; 0: none yet */
    const char *result;          /* ok, failed, running, queued; NULL: none yet */
    int64_t seconds;             /* how long the run took; if it queued a job, the job */
    int64_t job_id;
    int64_t last_success, next_at;
};
FIELD_TABLE(struct cron_entry, cron_entry_fields)
struct cron_entries { struct cron_entry *v; size_t n; };
/* The lines of the schedule; E_INTERNAL, logged, when the schedule cannot be read. */
enum err cron_list(struct ctx *c, struct cron_entries *out) MUST_CHECK;

/* ---- actions (job_admin.c) ---- */

/* An action on one job, by its name: "retry": due now with all its tries again (dead, ready); "run":
 * due now (ready); "discard": never run (dead, ready).  E_CONFLICT in another state. */
extern const struct word job_actions[];
enum err job_act(struct ctx *c, const char *action, int64_t id) MUST_CHECK;

struct job_bulk {
    const char *action;
    struct job_filter filter;    /* with `all`: the jobs that match; its state is needed */
    const int64_t *ids;          /* without `all`: these jobs */
    size_t n;
    bool all;
};
struct job_bulk_done {
    int64_t changed, skipped;    /* skipped: in another state by then */
    int64_t more;                /* 1: more match than one request may change */
};
FIELD_TABLE(struct job_bulk_done, job_bulk_done_fields)
/* Acts on many jobs, in transactions of a hundred, so that a clerk at the counter never waits for it. */
enum err job_act_all(struct ctx *c, const struct job_bulk *in, struct job_bulk_done *out) MUST_CHECK;

enum err queue_pause(struct ctx *c, const char *name, bool paused) MUST_CHECK;

#endif
