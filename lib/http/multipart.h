/* Multipart: reads a form with files (multipart/form-data) as a stream.  Each file is written to a temporary
 * file in spool_dir and its size checked meanwhile; no file is held whole in memory.  Limits: 6 files of
 * photo_mb each, 64 fields of 64 KB.  A body that ends before CONTENT_LENGTH or before the last boundary is
 * E_MALFORMED; after any failure no file is left. */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H

#include "http/request.h"

struct upload {
    const char *field;           /* name of the form's field */
    const char *name;            /* the client's name for the file; never used as a path */
    const char *type;            /* content type that the client claims; never trusted */
    const char *path;            /* file in spool_dir with the bytes; NULL: somebody has taken it */
    int64_t size;
    struct upload *next;
};

enum err multipart_read(struct ctx *c, struct request *r, const char *boundary) MUST_CHECK;
/* Unlinks the uploads that nobody has taken.  To take a file, move it away and set its path in r->uploads to
 * NULL. */
void uploads_discard(struct request *r);

#endif
