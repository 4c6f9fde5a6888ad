/* Picture: photos made smaller, upright, in sRGB and without metadata.  picture.c is the
 * only file that knows libvips; it needs a process of its own, with limits. */
#ifndef JOBS_PICTURE_H
#define JOBS_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

/* Why it is no photo that we take, in Spanish; NULL: nothing speaks against it. */
const char *picture_fault(const struct buf *photo);

/* At most px × px, as WebP, in a file.  Logged unless it was made; UNDONE is no fault of
 * the photo: memory or the disk did not suffice, and another try may. */
enum picture_end { PICTURE_MADE, PICTURE_DAMAGED, PICTURE_UNDONE };
enum picture_end picture_webp(const struct buf *photo, const char *to, int px, int quality, int64_t *width,
                              int64_t *height);

/* The same as JPEG, in memory.  False, logged, when it could not be made. */
struct picture { const unsigned char *data; size_t size; int width, height; };
bool picture_jpeg(struct arena *a, const char *from, int px, struct picture *out);

#endif
