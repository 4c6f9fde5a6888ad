/* Queue: what the files of the queue share. */
#ifndef QUEUE_QUEUE_H
#define QUEUE_QUEUE_H

#include "queue/job.h"

#define QUICK_CRASHES 2          /* a crash is ready at once so often, then backs off */

/* Failures so far: giving back and retrying by hand raise max_attempts, so that
 * attempt, the fencing token, only ever grows. */
int64_t job_failures(const struct job *j);
/* Seconds until the next try of a job whose process died. */
int64_t job_crash_wait(const struct job *j);

/* Could anything be claimed in one of these queues?  A read: cheap and without a lock. */
bool job_is_due(struct ctx *c, const char *const *queues);

/* Whose rows may be judged by locks: the machine's id; where an image has none, an
 * id kept beside the locks, so that those who share the folder share it. */
const char *queue_host(struct arena *a, const struct conf *c);
/* Which boot of it this is. */
const char *queue_boot(struct arena *a, const struct conf *c);

#endif
