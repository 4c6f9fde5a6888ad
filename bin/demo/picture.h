/* Picture: what the camera of the counter would have seen, drawn: a box or a bag with its label,
 * a damaged one, one that is handed over. */
#ifndef BIN_DEMO_PICTURE_H
#define BIN_DEMO_PICTURE_H

#include <stdint.h>

#include "base/buf.h"

enum subject { SUBJECT_BOX, SUBJECT_BAG, SUBJECT_DAMAGED, SUBJECT_HANDED };
/* As the bytes of a PNG file; the same number gives the same picture. */
void picture_draw(struct buf *out, enum subject subject, uint32_t number);

#endif
