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
    size_t size, used;
    alignas(ALIGN) unsigned char data[];
};

struct arena {
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
    b->used = 0;
    return b;
}

struct arena *arena_new(void)
{
    struct arena *a = malloc(sizeof(*a));

    if (a == NULL)
        abort();
    a->first = a->current = block_new(FIRST_BLOCK);
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
    a->first->used = 0;
    a->current = a->first;
}

/* Gives a block with room for n bytes.  The room left in the current block is given up then: that is simple,
 * and a request rarely needs a second block. */
static struct block *block_with_room(struct arena *a, size_t n)
{
    struct block *b = a->current;
    size_t size;

    if (n <= b->size - b->used)
        return b;
    size = b->size < LARGEST_STEP ? b->size * 2 : LARGEST_STEP;
    b->next = block_new(n > size ? n : size);
    a->current = b->next;
    return a->current;
}

static size_t size_aligned(size_t n)
{
    if (n > SIZE_MAX / 2)
        abort();
    return n == 0 ? ALIGN : (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

/* Memory that is not zeroed, for what is filled at once. */
static void *arena_take(struct arena *a, size_t n)
{
    struct block *b;

    n = size_aligned(n);
    b = block_with_room(a, n);
    b->used += n;
    return b->data + b->used - n;
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
    struct block *b = a->current;
    size_t room = b->size - b->used;
    char *p = (char *)b->data + b->used;
    va_list again;
    int n;

    /* The text is printed into the rest of the block at once, since that is nearly always room enough. */
    va_copy(again, ap);
    n = vsnprintf(p, room, fmt, ap);
    if (n < 0)
        abort();
    if ((size_t)n < room) {
        b->used += size_aligned((size_t)n + 1);
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
