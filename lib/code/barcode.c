#include "code/barcode.h"

#include <assert.h>

#include <zint.h>

#define ECC_M 2                  /* 15 % may be dirty or torn */

static const struct {
    int symbology, ecc;
    int quiet;                   /* modules left white around it, by its standard */
    int bar;                     /* height of the bars in modules; 0: as many as rows */
    const char *fit;             /* bars may be drawn higher or lower than that */
} kinds[BARCODE_KINDS] = {
    [BARCODE_QR] = { BARCODE_QRCODE, ECC_M, 4, 0, "" },
    [BARCODE_128] = { BARCODE_CODE128, -1, 10, 40, " preserveAspectRatio=\"none\"" },
};

static bool is_dark(const struct zint_symbol *s, int row, int col)
{
    return s->encoded_data[row][col / 8] >> (col % 8) & 1;
}

/* A rectangle for each run of dark modules of a row: sharp at any size, unlike a
 * stroked line, and much shorter than one for each module. */
static void row_draw(struct buf *out, const struct zint_symbol *s, int row, int quiet, int height)
{
    for (int col = 0, run; col < s->width; col += run + 1) {
        for (run = 0; col + run < s->width && is_dark(s, row, col + run); run++)
            ;
        if (run > 0)
            buf_printf(out, "M%d %dh%dv%dh-%dz", col + quiet, row + quiet, run, height, run);
    }
}

static void symbol_draw(struct buf *out, const struct zint_symbol *s, enum barcode_kind kind)
{
    int quiet = kinds[kind].quiet, height = kinds[kind].bar;

    buf_printf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\"%s"
               " shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/>"
               "<path d=\"", s->width + 2 * quiet, (height ? height : s->rows) + 2 * quiet,
               kinds[kind].fit, s->width + 2 * quiet, (height ? height : s->rows) + 2 * quiet);
    for (int row = 0; row < s->rows; row++)
        row_draw(out, s, row, quiet, height ? height : 1);
    buf_str(out, "\"/></svg>\n");
}

enum err barcode_svg(struct buf *out, enum barcode_kind kind, const char *text)
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
        symbol_draw(out, s, kind);
        e = OK;
    }
    ZBarcode_Delete(s);
    return e;
}
