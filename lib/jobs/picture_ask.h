/* Asking for pictures: a photo is opened by a process of its own, paqueteria-picture, that has the photo, the files
 * that it writes, and nothing else: no database, no secrets, no environment, no network (jobs/sandbox.h).  The
 * limits of memory and time are those of the process that asks. */
#ifndef JOBS_PICTURE_ASK_H
#define JOBS_PICTURE_ASK_H

#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"

#define PICTURES_MAX 4

struct picture {
    const char *format;          /* "webp" or "jpeg" */
    int px, quality;             /* it fits into px × px */
    const char *to;              /* file that it is written to; it must not exist */
    int64_t width, height;       /* pixels of the picture that was made */
};

/* PICTURE_DAMAGED: no try will succeed.  PICTURE_UNDONE: memory, the disk or the process did not suffice, and
 * another try may succeed. */
enum picture_end { PICTURE_MADE, PICTURE_DAMAGED, PICTURE_UNDONE };

/* Makes n pictures of the photo in the file `from`.  *fault: why that is no photo that we take, in Spanish, else
 * NULL.  Unless PICTURE_MADE, the files written so far are gone. */
enum picture_end picture_ask(struct ctx *c, const char *from, struct picture *list, size_t n, const char **fault);

#endif
