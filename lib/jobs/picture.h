/* Picture: makes photos smaller, upright, in sRGB and without metadata.  picture.c is the only file that knows
 * libvips; it is to be used only in a process of its own, with limits. */
#ifndef JOBS_PICTURE_H
#define JOBS_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

/* Why the bytes are not accepted as a photo, in Spanish; NULL: they are, as far as the header tells. */
const char *picture_fault(const struct buf *photo);

/* Writes the photo, made to fit into px × px, to the file `to` as WebP.  Anything but PICTURE_MADE is logged.
 * PICTURE_UNDONE: memory or the disk did not suffice, and another try may succeed. */
enum picture_end { PICTURE_MADE, PICTURE_DAMAGED, PICTURE_UNDONE };
enum picture_end picture_webp(const struct buf *photo, const char *to, int px, int quality, int64_t *width,
                              int64_t *height);

/* Reads the photo of a file and makes it a JPEG that fits into px × px, in the arena.  False, logged, on
 * error. */
struct picture { const unsigned char *data; size_t size; int width, height; };
bool picture_jpeg(struct arena *a, const char *from, int px, struct picture *out);

#endif
