#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGN 16
#define FIRST_BLOCK 32768         /* bytes that a page and its values need; untouched memory costs nothing */
#define LARGEST_STEP (1u << 20)   /* each new block is twice the last, up to so many bytes */

struct block {
    struct block *next;
    size_t size;                  /* bytes of data; a multiple of ALIGN */
    alignas(ALIGN) unsigned char data[];
};

struct arena {
    unsigned char *at, *end;      /* the room that is left in the current block */
    struct block *first;          /* kept by arena_reset */
    struct block *current;
};

static struct block *block_new(size_t size)
{
    struct block *b = malloc(sizeof(*b) + size);

    if (b == NULL)
        abort();
    b->next = NULL;
    b->size = size;
    return b;
}

/* Makes b the block that memory is taken from; the room left in another one is given up then: that is simple, and a
 * request rarely needs a second block. */
static void block_use(struct arena *a, struct block *b)
{
    a->current = b;
    a->at = b->data;
    a->end = b->data + b->size;
}

struct arena *arena_new(void)
{
    struct arena *a = malloc(sizeof(*a));

    if (a == NULL)
        abort();
    a->first = block_new(FIRST_BLOCK);
    block_use(a, a->first);
    return a;
}

static void blocks_free(struct block *b)
{
    while (b != NULL) {
        struct block *next = b->next;

        free(b);
        b = next;
    }
}

void arena_free(struct arena *a)
{
    if (a != NULL) {
        blocks_free(a->first);
        free(a);
    }
}

void arena_reset(struct arena *a)
{
    blocks_free(a->first->next);
    a->first->next = NULL;
    block_use(a, a->first);
}

static size_t size_aligned(size_t n)
{
    return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

/* Takes n bytes from a new block, or, of no bytes at all, some to point at. */
static void *block_take(struct arena *a, size_t n)
{
    size_t size = a->current->size < LARGEST_STEP ? a->current->size * 2 : LARGEST_STEP;

    if (n > SIZE_MAX / 2)
        abort();
    n = size_aligned(n == 0 ? 1 : n);
    if (n > (size_t)(a->end - a->at)) {
        a->current->next = block_new(n > size ? n : size);
        block_use(a, a->current->next);
    }
    a->at += n;
    return a->at - n;
}

/* Memory that is not zeroed, for what is filled at once. */
static inline void *arena_take(struct arena *a, size_t n)
{
    unsigned char *p = a->at;

    if (n - 1 >= (size_t)(a->end - p))       /* true of 0, too */
        return block_take(a, n);
    a->at = p + size_aligned(n);
    return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
    return memset(arena_take(a, n), 0, n);
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s == NULL ? NULL : arena_memdup(a, s, strlen(s) + 1);
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    size_t len = n > 0 ? strnlen(s, n) : 0;      /* s may be NULL when n is 0 */
    char *p = arena_take(a, len + 1);

    if (len > 0)
        memcpy(p, s, len);
    p[len] = '\0';
    return p;
}

char *arena_join(struct arena *a, const char *s, const char *more)
{
    size_t n = strlen(s), rest = strlen(more) + 1;
    char *p = arena_take(a, n + rest);

    memcpy(p, s, n);
    memcpy(p + n, more, rest);
    return p;
}

void *arena_more(struct arena *a, void *v, size_t n, size_t size)
{
    void *more;

    if ((n & (n - 1)) != 0)
        return v;
    more = arena_alloc(a, (n ? n * 2 : 1) * size);
    if (n > 0)
        memcpy(more, v, n * size);
    return more;
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
    void *q = arena_take(a, n);

    if (n > 0)
        memcpy(q, p, n);
    return q;
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    size_t room = (size_t)(a->end - a->at);
    char *p = (char *)a->at;
    va_list again;
    int n;

    /* The text is printed into the rest of the block at once, since that is nearly always room enough. */
    va_copy(again, ap);
    n = vsnprintf(p, room, fmt, ap);
    if (n < 0)
        abort();
    if ((size_t)n < room) {
        a->at += size_aligned((size_t)n + 1);
    } else {
        p = arena_alloc(a, (size_t)n + 1);
        vsnprintf(p, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    return p;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    char *p;

    va_start(ap, fmt);
    p = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return p;
}
