/* Operation: idempotency (architecture.md §3).  The first statement of a
 * db_write that creates or moves money or custody is operation_begin_tx, its
 * last operation_end_tx; a twin waits for the lock and finds the answer. */
#ifndef DOMAIN_OPERATION_H
#define DOMAIN_OPERATION_H

#include "base/ctx.h"
#include "store/db.h"

/* *answer: NULL when this call is the first (or has no key), else the facts
 * stored by the first one (c->replayed is set: do nothing, answer from them).
 * E_INVALID when the key was used for another request. */
enum err operation_begin_tx(struct ctx *c, const char **answer) MUST_CHECK;
enum err operation_end_tx(struct ctx *c, const char *answer) MUST_CHECK;
/* ids as "1,2,3" and back (how many): what most operations store. */
char *operation_ids(struct arena *a, const int64_t *ids, size_t n);
size_t operation_ids_read(struct arena *a, const char *answer, int64_t **ids);

#endif
