/* Picture: drawings that stand for photos of the counter's camera: a box or a bag with its label, a damaged
 * box, a box that is handed over. */
#ifndef BIN_DEMO_PICTURE_H
#define BIN_DEMO_PICTURE_H

#include <stdint.h>

#include "base/buf.h"

enum subject { SUBJECT_BOX, SUBJECT_BAG, SUBJECT_DAMAGED, SUBJECT_HANDED };
/* Appends the picture to out as a PNG file; the same number gives the same picture. */
void picture_draw(struct buf *out, enum subject subject, uint32_t number);

#endif
