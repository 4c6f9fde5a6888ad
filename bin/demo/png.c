/* Enough of the format for a drawing: the pixels are compressed by runs alone, which needs no
 * library and serves large even areas well (RFC 1950, RFC 1951, the PNG specification). */
#include "bin/demo/png.h"

#include <string.h>

#define RUN_LEAST 3              /* of a repetition … */
#define RUN_SHORT 10             /* … whose code needs no further bits, … */
#define RUN_LONGEST 258          /* … nor has this one */

static void add_u32(struct buf *out, uint32_t v)
{
    const uint8_t bytes[] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };

    buf_add(out, (const char *)bytes, sizeof bytes);
}

static uint32_t crc32_of(const uint8_t *p, size_t n)
{
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static uint32_t adler32_of(const uint8_t *p, size_t n)
{
    uint32_t a = 1, b = 0;

    for (size_t i = 0; i < n; i++) {
        a = (a + p[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static void chunk_add(struct buf *out, const char *type, const void *content, size_t n)
{
    size_t at = out->len + 4;

    add_u32(out, (uint32_t)n);
    buf_add(out, type, 4);
    buf_add(out, content, n);
    add_u32(out, crc32_of((const uint8_t *)out->data + at, n + 4));
}

/* ---- a block of fixed Huffman codes (RFC 1951, 3.2.6) ---- */

struct bits { struct buf *out; uint32_t held; int count; };

static void bits_add(struct bits *b, uint32_t value, int n)
{
    b->held |= value << b->count;
    for (b->count += n; b->count >= 8; b->count -= 8, b->held >>= 8)
        buf_add(b->out, &(char){ (char)(b->held & 0xff) }, 1);
}

/* Codes begin with their highest bit. */
static void code_add(struct bits *b, uint32_t code, int n)
{
    while (n-- > 0)
        bits_add(b, code >> n & 1, 1);
}

static void literal_add(struct bits *b, uint8_t v)
{
    if (v < 144)
        code_add(b, 0x30u + v, 8);
    else
        code_add(b, 0x190u + v - 144, 9);
}

/* The byte before, so many times again: its length, and the distance 1. */
static void repeat_add(struct bits *b, size_t times)
{
    if (times == RUN_LONGEST)
        code_add(b, 0xc5, 8);
    else
        code_add(b, (uint32_t)(times - RUN_LEAST) + 1, 7);
    code_add(b, 0, 5);
}

static size_t run_length(const uint8_t *p, size_t i, size_t n)
{
    size_t run = 1;

    while (i + run < n && p[i + run] == p[i])
        run++;
    return run;
}

static void deflate_runs(struct buf *out, const uint8_t *p, size_t n)
{
    struct bits b = { .out = out };

    bits_add(&b, 3, 3);                          /* the last block, of fixed codes */
    for (size_t i = 0, run; i < n; i += run) {
        size_t left = (run = run_length(p, i, n)) - 1, part;

        literal_add(&b, p[i]);
        for (; left >= RUN_LEAST; left -= part) {
            part = left >= RUN_LONGEST ? RUN_LONGEST : left < RUN_SHORT ? left : RUN_SHORT;
            repeat_add(&b, part);
        }
        while (left-- > 0)
            literal_add(&b, p[i]);
    }
    code_add(&b, 0, 7);                          /* the end */
    bits_add(&b, 0, 7);                          /* up to a whole byte */
}

void png_write(struct buf *out, const struct png *p)
{
    struct buf rows = { 0 }, head = { 0 }, packed = { 0 };

    add_u32(&head, (uint32_t)p->width);
    add_u32(&head, (uint32_t)p->height);
    buf_add(&head, "\x08\x03\0\0\0", 5);         /* eight bits, a palette, nothing else */
    for (int y = 0; y < p->height; y++) {
        buf_add(&rows, "\0", 1);                 /* no filter */
        buf_add(&rows, (const char *)p->pixels + (size_t)y * (size_t)p->width, (size_t)p->width);
    }
    buf_add(&packed, "\x78\x01", 2);
    deflate_runs(&packed, (const uint8_t *)rows.data, rows.len);
    add_u32(&packed, adler32_of((const uint8_t *)rows.data, rows.len));
    buf_add(out, "\x89PNG\r\n\x1a\n", 8);
    chunk_add(out, "IHDR", head.data, head.len);
    chunk_add(out, "PLTE", p->palette, (size_t)p->n * 3);
    chunk_add(out, "IDAT", packed.data, packed.len);
    chunk_add(out, "IEND", "", 0);
    buf_free(&head);
    buf_free(&rows);
    buf_free(&packed);
}
