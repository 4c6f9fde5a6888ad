/* Buf: a growing byte buffer on the heap.  Zero-initialise it, free it with
 * buf_free.  `data` is always NUL-terminated once something was added (the NUL
 * is not counted in `len`). */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

struct buf {
    char *data;
    size_t len, cap;
};

void buf_add(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_reset(struct buf *b);               /* len = 0, memory kept */
void buf_free(struct buf *b);

#endif
