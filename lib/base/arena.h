/* Arena: memory that lives as long as a request or a job and is freed all at once.
 *
 * Nothing taken from an arena is freed by hand.  Running out of memory
 * aborts: no caller could do better, and a check after each allocation
 * would be code that never runs. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);            /* NULL is allowed */
void arena_reset(struct arena *a);           /* forget all, keep the first block */

void *arena_alloc(struct arena *a, size_t n);            /* zeroed, 16-byte aligned */
char *arena_strdup(struct arena *a, const char *s);      /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
/* Gives an array of n elements of `size` bytes room for one more: call it before each element that is added.
 * When n is a power of two (or 0), the array is copied to twice the room. */
void *arena_more(struct arena *a, void *v, size_t n, size_t size);
void *arena_memdup(struct arena *a, const void *p, size_t n);
char *arena_join(struct arena *a, const char *s, const char *more);      /* the one and then the other */
char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

#endif
