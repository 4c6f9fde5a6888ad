/* Photos by their headers: each is made here byte by byte, so that it can be cut or lie. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/buf.h"
#include "base/texts.h"
#include "storage/texts.h"
#include "tests/unit/fixture.h"
#include "storage/photo.h"
#include "storage/storage.h"

static struct fixture f;

static void setup(void)
{
    fixture_open(&f);
}

static void teardown(void)
{
    fixture_close(&f);
}

TestSuite(photo, .init = setup, .fini = teardown);

static void big(struct buf *b, uint64_t v, int bytes)
{
    while (bytes-- > 0)
        buf_char(b, (char)(v >> (8 * bytes)));
}

static void little(struct buf *b, uint64_t v, int bytes)
{
    for (; bytes-- > 0; v >>= 8)
        buf_char(b, (char)v);
}

static struct buf jpeg(unsigned width, unsigned height)
{
    struct buf b = { 0 };

    buf_add(&b, "\xff\xd8\xff\xe1\x00\x0a" "Exif\0\0\0\0", 14);
    buf_add(&b, "\xff\xff\xdb\x00\x04\x00\x00", 7);      /* a fill byte before the segment */
    buf_add(&b, "\xff\xc2\x00\x11\x08", 5);              /* progressive */
    big(&b, height, 2);
    big(&b, width, 2);
    buf_add(&b, "\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01", 10);
    return b;
}

static struct buf png(uint32_t width, uint32_t height)
{
    struct buf b = { 0 };

    buf_add(&b, "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", 16);
    big(&b, width, 4);
    big(&b, height, 4);
    buf_add(&b, "\x08\x02\0\0\0CRC!", 9);
    return b;
}

static struct buf webp(const char *kind, unsigned width, unsigned height)
{
    struct buf b = { 0 };

    buf_add(&b, "RIFF\x40\0\0\0WEBP", 12);
    buf_str(&b, kind);
    little(&b, 40, 4);
    if (streq(kind, "VP8X")) {
        little(&b, 0, 4);
        little(&b, width - 1, 3);
        little(&b, height - 1, 3);
    } else if (streq(kind, "VP8L")) {
        buf_char(&b, 0x2f);
        little(&b, (width - 1) | (uint64_t)(height - 1) << 14, 4);
    } else {
        buf_add(&b, "\x10\0\0\x9d\x01\x2a", 6);
        little(&b, width, 2);
        little(&b, height, 2);
    }
    little(&b, 0, 8);
    return b;
}

static void box(struct buf *to, const char *type, const char *head, size_t n, struct buf *inside)
{
    big(to, 8 + n + inside->len, 4);
    buf_str(to, type);
    buf_add(to, head, n);
    if (inside->len > 0)
        buf_add(to, inside->data, inside->len);
    buf_free(inside);
    *inside = (struct buf){ 0 };
}

/* A HEIC with a tile of 512 × 512 and the whole picture of the size given. */
static struct buf heic(const char *brands, uint32_t width, uint32_t height)
{
    const uint32_t sizes[2][2] = { { 512, 512 }, { width, height } };
    struct buf b = { 0 }, ispe = { 0 }, ipco = { 0 }, iprp = { 0 }, meta = { 0 };

    buf_str(&ispe, brands);
    box(&b, "ftyp", "", 0, &ispe);
    for (int i = 0; i < 2; i++) {
        big(&ispe, sizes[i][0], 4);
        big(&ispe, sizes[i][1], 4);
        box(&ipco, "ispe", "\0\0\0\0", 4, &ispe);
    }
    box(&iprp, "ipco", "", 0, &ipco);
    box(&meta, "iprp", "", 0, &iprp);
    box(&b, "meta", "\0\0\0\0", 4, &meta);
    return b;
}

/* Writes the first n bytes of b to a file of the spool; its path. */
static const char *keep(const struct buf *b, size_t n)
{
    char *path = arena_printf(f.a, "%s/upload.%zu", f.conf->spool_dir, n);
    FILE *out = fopen(path, "wb");

    cr_assert(out != NULL && fwrite(b->data, 1, n, out) == n && fclose(out) == 0);
    return path;
}

static enum err check_first(const struct buf *b, size_t n, const struct text *says)
{
    enum err e;

    f.c.fault = (struct fault){ 0 };
    e = photo_check(&f.c, keep(b, n), "caja.png");
    if (e != OK) {
        cr_expect_eq(f.c.fault.text, says, "%s", fixture_fault(&f));
        cr_expect_str_eq(f.c.fault.field, "photos");
        cr_expect_str_eq(f.c.fault.args[0], says == T_FILE_LARGE ? "1 MB" : "caja.png");
    }
    return e;
}

#define EXPECT(made, expected, says)                                                            \
    do {                                                                                        \
        struct buf b_ = made;                                                                   \
        cr_expect_eq(check_first(&b_, b_.len, says), expected, "%s", #made);                    \
        buf_free(&b_);                                                                          \
    } while (0)

Test(photo, each_format_is_known_by_its_header)
{
    EXPECT(jpeg(4032, 3024), OK, NULL);
    EXPECT(png(640, 480), OK, NULL);
    EXPECT(webp("VP8 ", 640, 480), OK, NULL);
    EXPECT(webp("VP8L", 640, 480), OK, NULL);
    EXPECT(webp("VP8X", 640, 480), OK, NULL);
    EXPECT(heic("heic" "\0\0\0\0" "mif1", 4032, 3024), OK, NULL);
    EXPECT(heic("mif1" "0000" "mif1" "heix", 4032, 3024), OK, NULL);
}

Test(photo, the_size_is_read_from_the_header)
{
    struct buf made[] = { jpeg(4032, 3024), png(4032, 3024), webp("VP8 ", 4032, 3024),
        webp("VP8L", 4032, 3024), webp("VP8X", 4032, 3024),
        heic("mif10000heic", 4032, 3024) };

    for (size_t i = 0; i < COUNT(made); i++) {
        FILE *in = fopen(keep(&made[i], made[i].len), "rb");
        uint32_t width = 0, height = 0;

        cr_expect(photo_size(fileno(in), (int64_t)made[i].len, &width, &height), "%zu", i);
        cr_expect_eq(width, 4032u, "%zu: %u", i, width);
        cr_expect_eq(height, 3024u, "%zu: %u", i, height);
        fclose(in);
        buf_free(&made[i]);
    }
}

Test(photo, a_header_that_was_cut_is_no_photo)
{
    struct buf made[] = { jpeg(640, 480), png(640, 480), webp("VP8 ", 640, 480),
        webp("VP8L", 640, 480), webp("VP8X", 640, 480), heic("heic0000mif1", 640, 480) };
    const size_t whole[] = { 30, 30, 30, 30, 30, made[5].len };

    for (size_t i = 0; i < COUNT(made); i++) {
        for (size_t n = 0; n < whole[i]; n++)
            cr_expect_eq(check_first(&made[i], n, T_PHOTO_BAD), E_INVALID, "%zu cut at %zu", i, n);
        buf_free(&made[i]);
    }
}

Test(photo, a_picture_too_large_is_refused_by_its_header)
{
    EXPECT(png(10000, 5000), OK, NULL);
    EXPECT(png(10000, 5001), E_INVALID, T_PHOTO_HUGE);
    EXPECT(png(0xffffffffu, 0xffffffffu), E_INVALID, T_PHOTO_HUGE);
    EXPECT(jpeg(65535, 65535), E_INVALID, T_PHOTO_HUGE);
    EXPECT(webp("VP8X", 16777216, 16777216), E_INVALID, T_PHOTO_HUGE);
    EXPECT(heic("heic0000", 0x80000000u, 0x80000000u), E_INVALID, T_PHOTO_HUGE);
    EXPECT(png(0, 480), E_INVALID, T_PHOTO_BAD);
    EXPECT(jpeg(640, 0), E_INVALID, T_PHOTO_BAD);
}

static struct buf text(const char *s, size_t n)
{
    struct buf b = { 0 };

    buf_add(&b, s, n);
    while (b.len < 64)
        buf_char(&b, ' ');
    return b;
}
#define TEXT_OF(s) text(s, sizeof(s) - 1)

Test(photo, what_only_looks_like_one_is_refused)
{
    EXPECT(TEXT_OF("<html>no soy un PNG</html>"), E_INVALID, T_PHOTO_BAD);
    EXPECT(TEXT_OF("<svg xmlns='http://www.w3.org/2000/svg'/>"), E_INVALID, T_PHOTO_BAD);
    EXPECT(TEXT_OF("%PDF-1.7"), E_INVALID, T_PHOTO_BAD);
    EXPECT(TEXT_OF("GIF89a\x01\0\x01\0"), E_INVALID, T_PHOTO_BAD);
    EXPECT(TEXT_OF("\x89PNG\r\n\x1a\n and then nothing of the kind"), E_INVALID, T_PHOTO_BAD);
    EXPECT(TEXT_OF("\xff\xd8\xff\xd9"), E_INVALID, T_PHOTO_BAD);
    EXPECT(TEXT_OF("\xff\xd8\xff\xe0\0\0 a segment without end"), E_INVALID, T_PHOTO_BAD);
    EXPECT(TEXT_OF("nope\x40\0\0\0WEBPVP8 "), E_INVALID, T_PHOTO_BAD);
    EXPECT(TEXT_OF("RIFF\x40\0\0\0WAVEfmt "), E_INVALID, T_PHOTO_BAD);
    EXPECT(heic("avif0000mif1avif", 640, 480), E_INVALID, T_PHOTO_BAD);
    EXPECT(heic("isom0000mp42", 640, 480), E_INVALID, T_PHOTO_BAD);
    EXPECT(heic("mif1heic", 640, 480), E_INVALID, T_PHOTO_BAD);  /* a version, no brand */
}

/* A box that contains itself, or ends before it begins, ends the search. */
Test(photo, boxes_that_lie_are_refused)
{
    struct buf b = heic("heic0000", 640, 480);

    memcpy(b.data + 16, "\0\0\0\x04", 4);                /* meta shorter than its head */
    cr_expect_eq(check_first(&b, b.len, T_PHOTO_BAD), E_INVALID);
    memcpy(b.data + 16, "\xff\xff\xff\xff", 4);          /* longer than the file */
    cr_expect_eq(check_first(&b, b.len, T_PHOTO_BAD), E_INVALID);
    memcpy(b.data + 16, "\0\0\0\0", 4);                  /* to the end of the file: allowed */
    cr_expect_eq(check_first(&b, b.len, NULL), OK);
    memcpy(b.data, "\0\0\0\x01", 4);                     /* a 64-bit size out of range */
    cr_expect_eq(check_first(&b, b.len, T_PHOTO_BAD), E_INVALID);
    buf_free(&b);
}

Test(photo, a_file_too_heavy_is_refused)
{
    struct buf b = png(640, 480);

    f.conf->photo_mb = 1;
    while (b.len <= 1 << 20)
        buf_add(&b, "0123456789abcdef", 16);
    cr_expect_eq(check_first(&b, 1 << 20, NULL), OK);
    cr_expect_eq(check_first(&b, (1 << 20) + 1, T_FILE_LARGE), E_INVALID);
    buf_free(&b);
}

Test(photo, a_file_that_is_gone_is_our_fault)
{
    cr_expect_eq(photo_check(&f.c, "/nonexistent/photo", "caja.png"), E_INTERNAL);
}

Test(photo, a_key_never_leaves_its_folder)
{
    static const char *const bad[] = { "", "/etc/passwd", "../x", "2026/../../x", "a//b", "a b",
                                       "2026\\11", "a%2e" };
    char *key = storage_key(f.a, FIXTURE_NOW, 12, "webp");

    cr_expect(storage_key_ok(key) && has_prefix(key, "2026/11/12/"), "%s", key);
    for (size_t i = 0; i < COUNT(bad); i++)
        cr_expect(!storage_key_ok(bad[i]), "%s", bad[i]);
}
