/* Job admin: the queue as an administrator sees it and mends it; every action is
 * audited.  The queue itself is queue/job.h. */
#ifndef DOMAIN_JOB_ADMIN_H
#define DOMAIN_JOB_ADMIN_H

#include "base/ctx.h"
#include "base/field.h"

struct job_entry {
    int64_t id;
    const char *queue, *kind, *state;
    int64_t run_at, attempt, max_attempts;
    const char *worker, *last_error;
    int64_t package_id, created_at, finished_at;
};
extern const struct fields job_entry_fields;
extern const char *const job_states[];
struct job_entries { struct job_entry *v; size_t n; };

/* Newest first, keyset by id.  NULL or "": any. */
struct job_filter { const char *state, *kind; int64_t before, limit; };
enum err job_list(struct ctx *c, const struct job_filter *f, struct job_entries *out,
                  int64_t *next) MUST_CHECK;

/* Due now with all its tries again; E_CONFLICT unless it is dead or waits. */
enum err job_retry(struct ctx *c, int64_t id) MUST_CHECK;
/* All dead ones of a kind (NULL: of any), at most `limit` in one transaction. */
enum err job_retry_dead(struct ctx *c, const char *kind, int64_t limit, int64_t *retried) MUST_CHECK;

#endif
