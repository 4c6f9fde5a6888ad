/* Open addressing, at most half full, so that a search always ends at an empty slot. */
#include "store/stmt_cache.h"

#include <stdint.h>
#include <stdlib.h>

#define CACHE_FIRST 256u         /* slots of a new cache; a power of two, so that doubling keeps it one */

/* Finds the slot of a statement, or the empty slot where it belongs. */
static struct stmt_cached *slot_find(const struct stmt_cache *k, const struct stmt *s)
{
    size_t i = ((uintptr_t)s >> 4) & (k->slots - 1);

    while (k->v[i].s != NULL && k->v[i].s != s)
        i = (i + 1) & (k->slots - 1);
    return &k->v[i];
}

static void cache_grow(struct stmt_cache *k)
{
    struct stmt_cache more = { .slots = k->slots ? k->slots * 2 : CACHE_FIRST, .n = k->n };

    more.v = calloc(more.slots, sizeof *more.v);
    if (more.v == NULL)
        abort();
    for (size_t i = 0; i < k->slots; i++)
        if (k->v[i].s != NULL)
            *slot_find(&more, k->v[i].s) = k->v[i];
    free(k->v);
    *k = more;
}

void **stmt_cache_slot(struct stmt_cache *k, const struct stmt *s)
{
    struct stmt_cached *slot;

    if (k->n * 2 >= k->slots)
        cache_grow(k);
    slot = slot_find(k, s);
    if (slot->s == NULL) {
        slot->s = s;
        k->n++;
    }
    return &slot->prepared;
}

void stmt_cache_clear(struct stmt_cache *k, void (*finalize)(void *prepared))
{
    for (size_t i = 0; i < k->slots; i++)
        if (k->v[i].prepared != NULL)
            finalize(k->v[i].prepared);
    free(k->v);
    *k = (struct stmt_cache){ 0 };
}
