/* Label: one sticker of 50 × 25 mm as black and white dots, and these in the two languages
 * of label printers.  Drawn here and not by the printer, it is the same on each of them,
 * with every letter of a name. */
#ifndef PRINT_LABEL_H
#define PRINT_LABEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

struct label_face {
    const char *code, *position, *name, *date;   /* NULL: none */
    bool line;                   /* Code 128 instead of QR */
    bool is_position;            /* the code stands there as the position already */
};

/* Rows of `stride` bytes, the first dot in the highest bit, 1 is black. */
struct dots { int width, height, stride; uint8_t *bits; };
struct dots label_draw(struct arena *a, const struct label_face *l, int dpi);

/* ^GFA of ZPL II; GS v 0 of ESC/POS, and a form feed to the next sticker. */
void label_zpl(struct buf *out, const struct dots *d);
void label_escpos(struct buf *out, const struct dots *d);

#endif
