/* Hint: Redis streams that wake a worker early.  Nothing depends on one: a lost,
 * false or doubled hint costs at most a second.  hint.c is the only file that knows
 * hiredis. */
#ifndef QUEUE_HINT_H
#define QUEUE_HINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/conf.h"

struct hint;

/* NULL when no Redis is configured.  Connects when first used. */
struct hint *hint_open(const struct conf *c);
void hint_close(struct hint *h);

/* XADD, within 20 ms or not at all; h may be NULL. */
void hint_send(struct hint *h, const char *queue, int64_t job_id);
/* Until a hint for one of these queues (NULL-ended) comes, or ms are over.  Sleeps when
 * h is NULL or Redis does not answer.  True: go and look at once. */
bool hint_wait(struct hint *h, const char *const *queues, int ms);
bool hint_ping(struct hint *h);              /* for the gauge and doctor */

#endif
