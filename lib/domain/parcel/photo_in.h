/* Photo in: a photo that a form brings, on its way to be one of a package (photo.h). */
#ifndef DOMAIN_PHOTO_IN_H
#define DOMAIN_PHOTO_IN_H

#include <stdint.h>

#define PHOTOS_MAX 6             /* in one form; http/multipart.h takes no more */
struct photo_in {
    const char *path, *name, *kind;
    int64_t size;
    int64_t linked;              /* 0: an upload, a checked file in spool_dir; else a photo that a phone sent, photo_link.h … */
    const char *form;            /* … and the form for which it waits; path and size are unknown then */
};

#endif
