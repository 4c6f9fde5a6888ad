/* Queue: private to lib/queue. */
#ifndef QUEUE_QUEUE_H
#define QUEUE_QUEUE_H

#include "queue/job.h"

#define QUICK_CRASHES 2          /* so many times a crashed job is ready again at once; then it backs off */

/* How many tries of a job have failed.  It is not the attempt: that is the fencing token, which only grows, so
 * giving a job back and retrying it by hand raise max_attempts instead. */
int64_t job_failures(const struct job *j);
/* Seconds until the next try of a job whose process died. */
int64_t job_crash_wait(const struct job *j);

/* The queue whose turn it is at this slot (job_claim says how they take turns).  It only reads.  E_NOT_FOUND: no
 * queue has a job that may be claimed. */
enum err queue_turn(struct ctx *c, const struct worker *w, const char **name);

/* Id of the machine: whether a worker lives can be told by its lock only on the same one.  A container image
 * without /etc/machine-id gets an id kept in run_dir, so that all who share that folder share the id. */
const char *queue_host(struct arena *a, const struct conf *c);
/* Id of this boot of the machine. */
const char *queue_boot(struct arena *a, const struct conf *c);

#endif
