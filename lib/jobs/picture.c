#include "jobs/picture.h"

#include <stdio.h>
#include <stdlib.h>

#include <vips/vips.h>
#include <webp/mux.h>

#include "base/log.h"
#include "base/util.h"

#define PIXELS_MAX 50000000.0

/* Again does nothing. */
static void ready(void)
{
    if (VIPS_INIT("paqueteria-job") != 0)
        abort();
    vips_block_untrusted_set(TRUE);      /* no SVG, PDF or external delegates */
    vips_concurrency_set(1);
    vips_cache_set_max(0);
}

static bool failed(void)
{
    log_warn("picture", "message", vips_error_buffer());
    vips_error_clear();
    return false;
}

static bool file_write(const char *path, const uint8_t *p, size_t n)
{
    FILE *out = fopen(path, "we");
    bool ok = out != NULL && fwrite(p, 1, n, out) == n;

    if (out != NULL)
        ok = fclose(out) == 0 && ok;
    return ok;
}

/* Where and with what it was taken is nobody's business.  The saver's own "strip" leaves
 * EXIF, GPS in it, in libvips 8.14. */
static bool save_without_metadata(const char *path, const uint8_t *p, size_t n)
{
    static const char *const chunks[] = { "EXIF", "XMP ", "ICCP" };
    WebPMux *mux = WebPMuxCreate(&(WebPData){ p, n }, 0);
    WebPData out = { 0 };
    bool ok = mux != NULL;

    for (size_t i = 0; i < COUNT(chunks) && ok; i++) {
        WebPMuxError e = WebPMuxDeleteChunk(mux, chunks[i]);

        ok = e == WEBP_MUX_OK || e == WEBP_MUX_NOT_FOUND;
    }
    ok = ok && WebPMuxAssemble(mux, &out) == WEBP_MUX_OK && file_write(path, out.bytes, out.size);
    WebPDataClear(&out);
    WebPMuxDelete(mux);
    return ok;
}

bool picture_webp(const char *from, const char *to, int px, int quality, int64_t *width, int64_t *height)
{
    VipsImage *out = NULL;
    void *data = NULL;
    size_t n;
    bool ok;

    ready();
    if (vips_thumbnail(from, &out, px, "height", px, "size", VIPS_SIZE_DOWN, "export_profile", "srgb",
                       "fail_on", VIPS_FAIL_ON_ERROR, NULL) != 0)
        return failed();
    *width = vips_image_get_width(out);
    *height = vips_image_get_height(out);
    ok = vips_webpsave_buffer(out, &data, &n, "Q", quality, "effort", 2, NULL) == 0
        && save_without_metadata(to, data, n);
    g_free(data);
    g_object_unref(out);
    return ok || failed();
}

/* By what the file holds, not by its name: vips goes by the first bytes. */
static bool is_photo(const char *path)
{
    static const char *const loaders[] = { "VipsForeignLoadJpeg", "VipsForeignLoadPng",
        "VipsForeignLoadWebp", "VipsForeignLoadHeif" };
    const char *loader = vips_foreign_find_load(path);

    for (size_t i = 0; loader != NULL && i < COUNT(loaders); i++)
        if (has_prefix(loader, loaders[i]))
            return true;
    return false;
}

/* The header alone: a bomb is refused before a pixel is decoded. */
const char *picture_fault(const char *path)
{
    VipsImage *in;
    double pixels;

    ready();
    if (!is_photo(path))
        return "no es una foto que sepamos leer";
    in = vips_image_new_from_file(path, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    if (in == NULL)
        return "no es una foto que sepamos leer";
    pixels = (double)vips_image_get_width(in) * vips_image_get_height(in);
    g_object_unref(in);
    return pixels > PIXELS_MAX ? "tiene más de 50 megapíxeles" : NULL;
}

bool picture_jpeg(struct arena *a, const char *from, int px, struct picture *out)
{
    VipsImage *image = NULL;
    void *data = NULL;
    size_t n;
    bool ok;

    ready();
    if (vips_thumbnail(from, &image, px, "height", px, "size", VIPS_SIZE_DOWN, "export_profile", "srgb", NULL) != 0)
        return failed();
    ok = vips_jpegsave_buffer(image, &data, &n, "Q", 80, "strip", TRUE, NULL) == 0;
    if (ok)
        *out = (struct picture){ arena_memdup(a, data, n), n, vips_image_get_width(image), vips_image_get_height(image) };
    g_free(data);
    g_object_unref(image);
    return ok || failed();
}
