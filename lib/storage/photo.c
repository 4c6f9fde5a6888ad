/* Reads the headers of four formats with pread, at offsets that the file itself names: each offset is
 * checked against the file's size, and each search has a limit. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/log.h"
#include "base/room.h"
#include "base/texts.h"
#include "storage/photo.h"
#include "storage/texts.h"

#define SEGMENTS_MAX 512         /* segments of a JPEG that are read before its frame */
#define BOXES_MAX 512            /* boxes of a HEIC that are read */
#define BRANDS_MAX 32

struct bytes { int fd; int64_t size; };

/* Reads exactly n bytes at offset `at`. */
static bool bytes_get(const struct bytes *b, int64_t at, void *to, size_t n)
{
    if (at < 0 || at > b->size || (int64_t)n > b->size - at)
        return false;
    return pread(b->fd, to, n, (off_t)at) == (ssize_t)n;
}

static uint32_t big16(const unsigned char *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t big32(const unsigned char *p)
{
    return big16(p) << 16 | big16(p + 2);
}

static uint32_t little16(const unsigned char *p)
{
    return (uint32_t)p[1] << 8 | p[0];
}

static uint32_t little24(const unsigned char *p)
{
    return (uint32_t)p[2] << 16 | little16(p);
}

struct extent { uint32_t width, height; };

/* ---- JPEG: segments up to the frame header ---- */

static bool is_frame(unsigned char marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

static bool jpeg_size(const struct bytes *b, const unsigned char *head UNUSED, struct extent *x)
{
    unsigned char p[9];
    int64_t at = 2;

    for (int i = 0; i < SEGMENTS_MAX && bytes_get(b, at, p, 4); i++) {
        if (p[0] != 0xff)
            return false;
        if (p[1] == 0xff) {                      /* a fill byte */
            at++;
        } else if (is_frame(p[1])) {
            if (!bytes_get(b, at, p, 9))
                return false;
            *x = (struct extent){ big16(p + 7), big16(p + 5) };
            return true;
        } else if (p[1] == 0xda || p[1] == 0xd9 || big16(p + 2) < 2) {
            return false;                        /* the image data or the end, and no frame yet */
        } else {
            at += 2 + big16(p + 2);
        }
    }
    return false;
}

/* ---- PNG: the first chunk ---- */

static bool png_size(const struct bytes *b UNUSED, const unsigned char *head, struct extent *x)
{
    *x = (struct extent){ big32(head + 16), big32(head + 20) };
    return big32(head + 8) == 13 && memcmp(head + 12, "IHDR", 4) == 0;
}

/* ---- WebP: lossy, lossless or extended ---- */

static bool webp_size(const struct bytes *b UNUSED, const unsigned char *head, struct extent *x)
{
    static const unsigned char start[] = { 0x9d, 0x01, 0x2a };
    const unsigned char *p = head + 20;          /* the chunk's content */

    if (memcmp(head + 12, "VP8X", 4) == 0) {
        *x = (struct extent){ little24(p + 4) + 1, little24(p + 7) + 1 };
        return true;
    }
    if (memcmp(head + 12, "VP8L", 4) == 0 && p[0] == 0x2f) {
        uint32_t bits = little16(p + 3) << 16 | little16(p + 1);

        *x = (struct extent){ (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1 };
        return true;
    }
    *x = (struct extent){ little16(p + 6) & 0x3fff, little16(p + 8) & 0x3fff };
    return memcmp(head + 12, "VP8 ", 4) == 0 && memcmp(p + 3, start, sizeof start) == 0;
}

/* ---- HEIC: boxes in boxes; the largest picture in it counts ---- */

struct box { char type[4]; int64_t content, end; };

/* Reads the box at `at`, which must lie before `end`. */
static bool box_read(const struct bytes *b, int64_t at, int64_t end, struct box *out)
{
    unsigned char p[16];
    int64_t size, head = 8;

    if (end - at < 8 || !bytes_get(b, at, p, 8))
        return false;
    size = big32(p);
    if (size == 1) {                             /* a size of 64 bits follows */
        if (!bytes_get(b, at, p, 16) || big32(p + 8) != 0)
            return false;
        size = big32(p + 12);
        head = 16;
    } else if (size == 0) {
        size = end - at;
    }
    if (size < head || size > end - at)
        return false;
    memcpy(out->type, p + 4, 4);
    out->content = at + head;
    out->end = at + size;
    return true;
}

static bool box_find(const struct bytes *b, const struct box *in, const char *type, struct box *out)
{
    int64_t at = in->content;

    for (int i = 0; i < BOXES_MAX && box_read(b, at, in->end, out); i++, at = out->end)
        if (memcmp(out->type, type, 4) == 0)
            return true;
    return false;
}

static bool brand_known(const unsigned char *brand)
{
    static const char *const known[] = { "heic", "heix", "heim", "heis" };

    for (size_t i = 0; i < COUNT(known); i++)
        if (memcmp(brand, known[i], 4) == 0)
            return true;
    return false;
}

/* The major brand comes first and may be the general "mif1"; one of the compatible brands after it names
 * the format then. */
static bool brands_known(const struct bytes *b, const struct box *ftyp)
{
    unsigned char brand[4];
    int64_t at = ftyp->content;

    for (int i = 0; i < BRANDS_MAX && at + 4 <= ftyp->end && bytes_get(b, at, brand, 4); i++, at += 4)
        if (i != 1 && brand_known(brand))        /* the second word is a version */
            return true;
    return false;
}

static bool heic_size(const struct bytes *b, const unsigned char *head UNUSED, struct extent *x)
{
    struct box file = { .content = 0, .end = b->size }, ftyp, meta, iprp, ipco, ispe;
    unsigned char p[12];
    uint64_t most = 0;

    if (!box_find(b, &file, "ftyp", &ftyp) || !brands_known(b, &ftyp)
        || !box_find(b, &file, "meta", &meta))
        return false;
    meta.content += 4;                           /* after its version and flags */
    if (!box_find(b, &meta, "iprp", &iprp) || !box_find(b, &iprp, "ipco", &ipco))
        return false;
    for (; box_find(b, &ipco, "ispe", &ispe); ipco.content = ispe.end) {
        if (!bytes_get(b, ispe.content, p, 12) || ispe.end - ispe.content < 12)
            return false;
        if ((uint64_t)big32(p + 4) * big32(p + 8) > most) {
            *x = (struct extent){ big32(p + 4), big32(p + 8) };
            most = (uint64_t)x->width * x->height;
        }
    }
    return most > 0;
}

/* ---- any of them ---- */

static const struct format {
    const char *magic;
    int64_t at;
    size_t n;
    bool (*size)(const struct bytes *b, const unsigned char *head, struct extent *x);
} formats[] = {
    { "\xff\xd8\xff", 0, 3, jpeg_size },
    { "\x89PNG\r\n\x1a\n", 0, 8, png_size },
    { "WEBP", 8, 4, webp_size },
    { "ftyp", 4, 4, heic_size },
};

bool photo_size(int fd, int64_t size, uint32_t *width, uint32_t *height)
{
    const struct bytes b = { fd, size };
    unsigned char head[30];
    struct extent x = { 0 };

    if (!bytes_get(&b, 0, head, sizeof head))
        return false;
    for (size_t i = 0; i < COUNT(formats); i++) {
        const struct format *f = &formats[i];

        if (memcmp(head + f->at, f->magic, f->n) != 0)
            continue;
        if (f->size == webp_size && memcmp(head, "RIFF", 4) != 0)
            return false;
        if (!f->size(&b, head, &x) || x.width == 0 || x.height == 0)
            return false;
        *width = x.width;
        *height = x.height;
        return true;
    }
    return false;
}

/* ---- an upload ---- */

static enum err keep_failed(struct ctx *c, const char *path)
{
    bool full = room_is_out(errno);

    log_error("photo.keep", "path", path, "error", strerror(errno), "request", c->request_id);
    return ctx_fail(c, full ? E_FULL : E_INTERNAL, NULL, full ? T_DISK_FULL : T_INTERNAL, NULL);
}

/* Makes the upload durable.  It is done before a row names the file, so that a power cut cannot leave a
 * row with an empty photo. */
static enum err make_durable(struct ctx *c, const char *path, int fd)
{
    int dir = open(c->conf->spool_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum err e = OK;

    if (fsync(fd) != 0 || dir < 0 || fsync(dir) != 0)
        e = keep_failed(c, path);
    if (dir >= 0)
        close(dir);
    return e;
}

static enum err check_open(struct ctx *c, const char *path, const char *name, int fd)
{
    uint32_t width, height;
    struct stat st;

    if (fstat(fd, &st) != 0)
        return keep_failed(c, path);
    if (st.st_size > c->conf->photo_mb << 20) {
        ctx_invalid(c, "photos", T_FILE_LARGE,
                    arena_printf(c->a, "%lld MB", (long long)c->conf->photo_mb), NULL);
        return E_INVALID;
    }
    if (!photo_size(fd, st.st_size, &width, &height)) {
        ctx_invalid(c, "photos", T_PHOTO_BAD, name, NULL);
        return E_INVALID;
    }
    if ((uint64_t)width * height > PHOTO_PIXELS_MAX) {
        ctx_invalid(c, "photos", T_PHOTO_HUGE, name, NULL);
        return E_INVALID;
    }
    return make_durable(c, path, fd);
}

enum err photo_check(struct ctx *c, const char *path, const char *name)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    enum err e = fd < 0 ? keep_failed(c, path) : check_open(c, path, name, fd);

    if (fd >= 0)
        close(fd);
    return e;
}
