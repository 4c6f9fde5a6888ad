/* Picture: makes photos smaller, upright, in sRGB and without metadata.  picture.c is the only file that knows
 * libvips, and only paqueteria-picture calls it: a photo that strangers sent is decoded in no other process
 * (jobs/picture_ask.h asks it to). */
#ifndef JOBS_PICTURE_H
#define JOBS_PICTURE_H

#include <stdint.h>

#include "base/buf.h"
#include "jobs/picture_ask.h"

/* Starts libvips, which loads what it needs; a second call does nothing. */
void picture_open(void);

/* Why the bytes are not accepted as a photo, in Spanish; NULL: they are, as far as the header tells. */
const char *picture_fault(const struct buf *photo);

/* Writes the photo to the descriptor as `p` says, and its width and height into p.  Anything but PICTURE_MADE is
 * logged. */
enum picture_end picture_write(const struct buf *photo, int fd, struct picture *p);

#endif
