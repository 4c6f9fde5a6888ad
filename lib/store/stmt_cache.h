/* Cache of prepared statements: from the address of a struct stmt to what a driver made of it. */
#ifndef STORE_STMT_CACHE_H
#define STORE_STMT_CACHE_H

#include <stddef.h>

#include "store/db.h"

struct stmt_cached { const struct stmt *s; void *prepared; };
struct stmt_cache { struct stmt_cached *v; size_t slots, n; };       /* zeroed: empty */

/* The place for the prepared form of a statement, NULL until the driver puts it there.  It moves with the next
 * call. */
void **stmt_cache_slot(struct stmt_cache *k, const struct stmt *s);
/* Calls `finalize` for each prepared form and empties the cache. */
void stmt_cache_clear(struct stmt_cache *k, void (*finalize)(void *prepared));

#endif
