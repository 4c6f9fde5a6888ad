/* Photo: is an upload what we take as a photo?  Told by its first bytes and its
 * header, never by its name; the pixels are decoded later, in a process of their own
 * (jobs/photo_process.c). */
#ifndef STORAGE_PHOTO_H
#define STORAGE_PHOTO_H

#include "base/ctx.h"

#define PHOTO_PIXELS_MAX 50000000

/* JPEG, PNG, WebP or HEIC of at most PHOTO_PIXELS_MAX pixels and conf->photo_mb, and on
 * the disk for good.  Else E_INVALID, the field "photos" is named in the fault; the
 * next one may be looked at all the same.  E_INTERNAL or E_BUSY when it cannot be kept.
 * name: as the client called it, for the sentence only. */
enum err photo_check(struct ctx *c, const char *path, const char *name) MUST_CHECK;

/* Width and height as the header says, before the picture is turned upright; false
 * when these bytes are no photo that we know. */
bool photo_size(int fd, int64_t size, uint32_t *width, uint32_t *height);

#endif
