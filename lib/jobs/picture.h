/* Picture: photos made smaller, upright, in sRGB and without metadata.  picture.c is the
 * only file that knows libvips; it needs a process of its own, with limits. */
#ifndef JOBS_PICTURE_H
#define JOBS_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* Why it is no photo that we take, in Spanish; NULL: it is one. */
const char *picture_fault(const char *path);

/* At most px × px, as WebP, in a file; as JPEG, in memory.  False, logged, when it is damaged. */
bool picture_webp(const char *from, const char *to, int px, int quality, int64_t *width, int64_t *height);
struct picture { const unsigned char *data; size_t size; int width, height; };
bool picture_jpeg(struct arena *a, const char *from, int px, struct picture *out);

#endif
