/* Queue: what the files of the queue share. */
#ifndef QUEUE_QUEUE_H
#define QUEUE_QUEUE_H

#include "queue/job.h"

/* Is anything due in one of these queues?  A read: cheap and without a lock. */
bool job_is_due(struct ctx *c, const char *const *queues);

#endif
