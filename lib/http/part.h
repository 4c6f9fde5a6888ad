/* Part: the header of one part of a multipart body (RFC 7578); private to multipart. */
#ifndef HTTP_PART_H
#define HTTP_PART_H

#include <stdbool.h>

#include "base/arena.h"

struct part_head {
    const char *name;
    const char *filename;        /* NULL: the part is a field, not a file */
    const char *type;            /* "" when there is no Content-Type */
};

/* Reads one header line into p; false when it is no header, or has a value that is not supported. */
bool part_header(struct arena *a, const char *line, struct part_head *p);
/* Whether the header, all of whose lines were read, names a field in good UTF-8. */
bool part_head_good(struct part_head *p);

#endif
