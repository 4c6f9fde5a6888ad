/* Label: one sticker of 50 × 25 mm as black and white dots, and the dots in the two languages of label
 * printers.  As it is drawn here and not by the printer, it is the same on every printer, with all letters
 * of a name. */
#ifndef PRINT_LABEL_H
#define PRINT_LABEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

struct label_face {
    const char *code, *position, *name, *date;   /* NULL: not on the label */
    bool line;                   /* Code 128 instead of QR */
    bool is_position;            /* a position's label: the code is the position, written once */
};

/* Rows of `stride` bytes, the first dot in the highest bit, 1 is black; bits are the arena's.  dpi: dots an
 * inch of the printer. */
struct dots { int width, height, stride; uint8_t *bits; };
struct dots label_draw(struct arena *a, const struct label_face *l, int dpi);

/* ZPL II (^GFA); ESC/POS (GS v 0 and a form feed to the next sticker). */
void label_zpl(struct buf *out, const struct dots *d);
void label_escpos(struct buf *out, const struct dots *d);

#endif
