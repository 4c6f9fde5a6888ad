#include "code/barcode.h"

#include <assert.h>

#include <zint.h>

#define ECC_M 2                  /* 15 % may be dirty or torn */

static const struct {
    int symbology, ecc;
    int quiet;                   /* white modules that its standard wants around it */
    int bar;                     /* height in modules; 0: as many as it has rows */
    const char *fit;             /* SVG attribute if it may be stretched in height */
} kinds[BARCODE_KINDS] = {
    [BARCODE_QR] = { BARCODE_QRCODE, ECC_M, 4, 0, "" },
    [BARCODE_128] = { BARCODE_CODE128, -1, 10, 40, " preserveAspectRatio=\"none\"" },
};

static bool is_dark(const struct zint_symbol *s, int row, int col)
{
    return s->encoded_data[row][col / 8] >> (col % 8) & 1;
}

/* Makes a bar of each run of dark modules in a row: sharp at any size, unlike a stroked line, and far
 * fewer than one for each module.  Returns their number and, if v is not NULL, writes them there. */
static size_t bars_of(const struct zint_symbol *s, enum barcode_kind kind, struct barcode_bar *v)
{
    int quiet = kinds[kind].quiet, height = kinds[kind].bar ? kinds[kind].bar : 1;
    size_t n = 0;

    for (int row = 0; row < s->rows; row++)
        for (int col = 0, run; col < s->width; col += run + 1) {
            for (run = 0; col + run < s->width && is_dark(s, row, col + run); run++)
                ;
            if (run > 0 && v != NULL)
                v[n] = (struct barcode_bar){ col + quiet, row + quiet, run, height };
            n += run > 0;
        }
    return n;
}

enum err barcode_bars(struct arena *a, enum barcode_kind kind, const char *text, struct barcode *out)
{
    struct zint_symbol *s;
    enum err e = E_INVALID;

    if (*text == '\0')
        return E_INVALID;
    s = ZBarcode_Create();
    assert(s != NULL);
    s->symbology = kinds[kind].symbology;
    s->option_1 = kinds[kind].ecc;
    s->input_mode = UNICODE_MODE;
    if (ZBarcode_Encode(s, (const unsigned char *)text, 0) < ZINT_ERROR) {
        *out = (struct barcode){ .width = s->width + 2 * kinds[kind].quiet,
            .height = (kinds[kind].bar ? kinds[kind].bar : s->rows) + 2 * kinds[kind].quiet, .n = bars_of(s, kind, NULL) };
        out->v = arena_alloc(a, out->n * sizeof *out->v);
        bars_of(s, kind, out->v);
        e = OK;
    }
    ZBarcode_Delete(s);
    return e;
}

enum err barcode_svg(struct buf *out, enum barcode_kind kind, const char *text)
{
    struct arena *a = arena_new();
    struct barcode code;
    enum err e = barcode_bars(a, kind, text, &code);

    if (e == OK) {
        buf_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\"%s"
                   " shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
                   code.width, code.height, kinds[kind].fit, code.width, code.height);
        for (size_t i = 0; i < code.n; i++)
            buf_printf(out, "M%d %dh%dv%dh-%dz", code.v[i].x, code.v[i].y, code.v[i].width, code.v[i].height,
                       code.v[i].width);
        buf_str(out, "\"/></svg>\n");
    }
    arena_free(a);
    return e;
}
