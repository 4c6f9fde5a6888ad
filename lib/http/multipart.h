/* Multipart: a form with files, streamed.  Each file goes to an unlinked-on-
 * failure temporary file under spool_dir, counted while it is written; nothing
 * is held whole in memory.  Limits: 6 files, photo_mb each, 64 fields of 64 KB.
 * Bytes that end before CONTENT_LENGTH or the last boundary are E_MALFORMED;
 * after any failure no file is left. */
#ifndef HTTP_MULTIPART_H
#define HTTP_MULTIPART_H

#include "http/request.h"

struct upload {
    const char *field;           /* form field */
    const char *name;            /* as the client called it; never used as a path */
    const char *type;            /* as the client said; never trusted */
    const char *path;            /* where its bytes are, in spool_dir; NULL: taken */
    int64_t size;
    struct upload *next;
};

enum err multipart_read(struct ctx *c, struct request *r, const char *boundary) MUST_CHECK;
/* Unlink what nobody has taken; a file is taken by setting its path in r->uploads to NULL. */
void uploads_discard(struct request *r);

#endif
