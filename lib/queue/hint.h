/* Hint: messages in Redis streams that tell a waiting worker to look for a job now.  Nothing depends on a
 * hint: workers look once a second anyway, so a lost, false or doubled hint costs at most a second.  hint.c
 * is the only file that knows hiredis. */
#ifndef QUEUE_HINT_H
#define QUEUE_HINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/conf.h"

struct hint;

/* Makes a hint, to be given to hint_close; it connects when first used.  NULL when no Redis is configured. */
struct hint *hint_open(const struct conf *c);
void hint_close(struct hint *h);

/* Sends a hint (XADD), taking at most 20 ms; a failure is only logged.  h may be NULL: then nothing happens. */
void hint_send(struct hint *h, const char *queue, int64_t job_id);
/* Waits until a hint for one of these queues (NULL-ended) comes or ms are over; sleeps when h is NULL or Redis
 * does not answer.  True: there may be a job, look at once. */
bool hint_wait(struct hint *h, const char *const *queues, int ms);
bool hint_ping(struct hint *h);              /* whether Redis answers; for the metric and doctor */

#endif
