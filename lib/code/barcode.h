/* Barcode: a text as a QR code or a Code 128 with its quiet zone, as bars or as an SVG document.  The CSP
 * forbids drawing it inside a page, so a RAW route serves the document and an <img> shows it.  barcode.c is
 * the only file that knows zint. */
#ifndef CODE_BARCODE_H
#define CODE_BARCODE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

enum barcode_kind {
    BARCODE_QR,                  /* UTF-8, error correction M */
    BARCODE_128,                 /* Latin-1 */
    BARCODE_KINDS
};

#define BARCODE_TYPE "image/svg+xml"

/* Appends the SVG document; one module is one unit of its viewBox.  E_INVALID if the text is empty or
 * cannot be written in that kind; out is then as it was. */
enum err barcode_svg(struct buf *out, enum barcode_kind kind, const char *text) MUST_CHECK;

/* The symbol for paper: its dark bars, in modules, on a field of width × height with the quiet zone, from
 * the arena.  A Code 128 may be drawn higher or lower.  E_INVALID as for barcode_svg. */
struct barcode_bar { int x, y, width, height; };
struct barcode { int width, height; struct barcode_bar *v; size_t n; };
enum err barcode_bars(struct arena *a, enum barcode_kind kind, const char *text,
                      struct barcode *out) MUST_CHECK;

#endif
