/* Photo: decides whether an upload is a photo that we take, by its first bytes and its header, never by
 * its name.  The pixels are decoded later, in a process of their own (jobs/photo_process.c). */
#ifndef STORAGE_PHOTO_H
#define STORAGE_PHOTO_H

#include "base/ctx.h"

#define PHOTO_PIXELS_MAX 50000000

/* OK for a JPEG, PNG, WebP or HEIC of at most PHOTO_PIXELS_MAX pixels and conf->photo_mb; the file is then
 * durable.  E_INVALID for anything else: the fault names the field "photos", and the caller may check the
 * next file.  E_INTERNAL, or E_FULL, if the file cannot be kept.  name: as the client called it, for the
 * fault's sentence only. */
enum err photo_check(struct ctx *c, const char *path, const char *name) MUST_CHECK;

/* Width and height that the header says, before the picture is turned upright; false if the bytes are in
 * no format that photo_check takes. */
bool photo_size(int fd, int64_t size, uint32_t *width, uint32_t *height);

#endif
