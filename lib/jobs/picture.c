#include "jobs/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vips/vips.h>
#include <webp/mux.h>

#include "base/log.h"
#include "base/util.h"

#define PIXELS_MAX 50000000.0

static int own_status = -1;      /* /proc/self/status, opened before the process shuts itself in */

void picture_open(void)
{
    if (own_status < 0)
        own_status = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    if (VIPS_INIT("paqueteria-picture") != 0)
        abort();
    vips_block_untrusted_set(TRUE);      /* no loaders of SVG or PDF, no external programs */
    vips_concurrency_set(1);
    vips_cache_set_max(0);
}

static bool vips_failed(void)
{
    log_warn("picture", "message", vips_error_buffer());
    vips_error_clear();
    return false;
}

static bool all_written(int fd, const uint8_t *p, size_t n)
{
    while (n > 0) {
        ssize_t done = write(fd, p, n);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            log_warn("picture.write", "error", strerror(errno));
            return false;
        }
        p += done;
        n -= (size_t)done;
    }
    return true;
}

/* Saves a WebP without the metadata that tell where and with what the photo was taken.  The saver's own option
 * "strip" leaves EXIF, with GPS positions, in the file (libvips 8.14). */
static bool webp_without_metadata(int fd, const uint8_t *p, size_t n)
{
    static const char *const chunks[] = { "EXIF", "XMP ", "ICCP" };
    WebPMux *mux = WebPMuxCreate(&(WebPData){ p, n }, 0);
    WebPData out = { 0 };
    bool ok = mux != NULL;

    for (size_t i = 0; i < COUNT(chunks) && ok; i++) {
        WebPMuxError e = WebPMuxDeleteChunk(mux, chunks[i]);

        ok = e == WEBP_MUX_OK || e == WEBP_MUX_NOT_FOUND;
    }
    ok = ok && WebPMuxAssemble(mux, &out) == WEBP_MUX_OK && all_written(fd, out.bytes, out.size);
    WebPDataClear(&out);
    WebPMuxDelete(mux);
    return ok;
}

/* Bytes of address space that were still free when this process used the most. */
static rlim_t room_left(void)
{
    struct rlimit limit;
    rlim_t peak_kb = 0;
    char text[2048], *peak;
    ssize_t n = pread(own_status, text, sizeof text - 1, 0);

    text[n > 0 ? n : 0] = '\0';
    peak = strstr(text, "VmPeak:");
    if (peak != NULL)
        peak_kb = strtoull(peak + strlen("VmPeak:"), NULL, 10);
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return RLIM_INFINITY;
    /* A peak above the limit comes from before the limit was set: a sanitizer's, which limits memory itself. */
    return limit.rlim_cur > peak_kb << 10 ? limit.rlim_cur - (peak_kb << 10) : RLIM_INFINITY;
}

/* Whether decoding failed for want of memory.  Most libraries say so in their error; libwebp does not, but it
 * needs at most as much as the largest picture, so little free address space tells the same. */
static bool no_memory(void)
{
    return strcasestr(vips_error_buffer(), "memory") != NULL || room_left() < (rlim_t)(PIXELS_MAX * 4);
}

/* Decodes all pixels of the photo and makes it small: a later failure is not the photo's fault.  NULL on
 * error. */
static VipsImage *picture_decode(const struct buf *photo, int px)
{
    VipsImage *lazy = NULL, *out;

    /* fail_on is given twice, since libvips 8.14 does not hand it on to the loader of a buffer, which then only
     * warns of a damaged photo. */
    if (vips_thumbnail_buffer(photo->data, photo->len, &lazy, px, "height", px, "size", VIPS_SIZE_DOWN,
                              "export_profile", "srgb", "fail_on", VIPS_FAIL_ON_ERROR,
                              "option_string", "[fail_on=error]", NULL) != 0)
        return NULL;
    out = vips_image_copy_memory(lazy);
    g_object_unref(lazy);
    return out;
}

/* Writes the picture to the descriptor in its format; what fails is logged. */
static bool picture_save(VipsImage *image, int fd, const struct picture *p)
{
    void *data = NULL;
    size_t n;
    bool ok;

    if (streq(p->format, "jpeg"))
        ok = vips_jpegsave_buffer(image, &data, &n, "Q", p->quality, "strip", TRUE, NULL) == 0
            ? all_written(fd, data, n) : vips_failed();
    else
        ok = vips_webpsave_buffer(image, &data, &n, "Q", p->quality, "effort", 2, NULL) == 0
            ? webp_without_metadata(fd, data, n) : vips_failed();
    g_free(data);
    return ok;
}

enum picture_end picture_write(const struct buf *photo, int fd, struct picture *p)
{
    VipsImage *image;
    bool scarce, ok;

    picture_open();
    image = picture_decode(photo, p->px);
    if (image == NULL) {
        scarce = no_memory();
        vips_failed();
        return scarce ? PICTURE_UNDONE : PICTURE_DAMAGED;
    }
    p->width = vips_image_get_width(image);
    p->height = vips_image_get_height(image);
    ok = picture_save(image, fd, p);
    g_object_unref(image);
    return ok ? PICTURE_MADE : PICTURE_UNDONE;
}

/* Whether the bytes are a JPEG, PNG, WebP or HEIF; libvips tells by the first bytes. */
static bool is_photo(const struct buf *photo)
{
    static const char *const loaders[] = { "VipsForeignLoadJpeg", "VipsForeignLoadPng",
        "VipsForeignLoadWebp", "VipsForeignLoadHeif" };
    const char *loader = vips_foreign_find_load_buffer(photo->data, photo->len);

    for (size_t i = 0; loader != NULL && i < COUNT(loaders); i++)
        if (has_prefix(loader, loaders[i]))
            return true;
    return false;
}

/* Reads the header alone, so that a decompression bomb is refused before a pixel is decoded. */
const char *picture_fault(const struct buf *photo)
{
    const char *unknown = "no es una foto que sepamos leer";
    VipsImage *in;
    double pixels;

    picture_open();
    if (!is_photo(photo))
        return unknown;
    in = vips_image_new_from_buffer(photo->data, photo->len, "", "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    if (in == NULL)
        return no_memory() ? NULL : unknown;
    pixels = (double)vips_image_get_width(in) * vips_image_get_height(in);
    g_object_unref(in);
    return pixels > PIXELS_MAX ? "tiene más de 50 megapíxeles" : NULL;
}
