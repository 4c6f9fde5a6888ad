/* PNG: a picture of at most 256 colours as the bytes of a file. */
#ifndef BIN_DEMO_PNG_H
#define BIN_DEMO_PNG_H

#include <stdint.h>

#include "base/buf.h"

/* A pixel is an index into the palette of n colours (red, green, blue); rows from the top. */
struct png { int width, height; const uint8_t *pixels; const uint8_t (*palette)[3]; int n; };
void png_write(struct buf *out, const struct png *p);

#endif
