#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void buf_reserve(struct buf *b, size_t n)
{
    size_t need, cap = b->cap == 0 ? 256 : b->cap;

    if (n >= SIZE_MAX / 4 || b->len >= SIZE_MAX / 4)
        abort();
    need = b->len + n + 1;
    if (need <= b->cap)
        return;
    while (cap < need)
        cap *= 2;
    b->data = realloc(b->data, cap);
    if (b->data == NULL)
        abort();
    b->cap = cap;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    if (n >= b->cap - b->len)
        buf_reserve(b, n);
    if (n > 0)
        memcpy(b->data + b->len, p, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void buf_str(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap, again;
    size_t room;
    int n;

    /* The text is printed into the room that is there at once, since it is nearly always enough. */
    buf_reserve(b, 0);
    room = b->cap - b->len;
    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(b->data + b->len, room, fmt, ap);
    va_end(ap);
    if (n < 0)
        abort();
    if ((size_t)n >= room) {
        buf_reserve(b, (size_t)n);
        vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    b->len += (size_t)n;
}

void buf_reset(struct buf *b)
{
    b->len = 0;
    if (b->data != NULL)
        b->data[0] = '\0';
}

void buf_free(struct buf *b)
{
    free(b->data);
    *b = (struct buf){ 0 };
}
