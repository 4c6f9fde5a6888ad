/* Private to multipart: the header of one part (RFC 7578). */
#ifndef HTTP_PART_H
#define HTTP_PART_H

#include <stdbool.h>

#include "base/arena.h"

struct part_head {
    const char *name;
    const char *filename;        /* NULL: a field */
    const char *type;            /* "" when not said */
};

/* Take in one header line; false when it is none, or says what we do not read. */
bool part_header(struct arena *a, const char *line, struct part_head *p);
/* After the last line: whether it names a field in readable text. */
bool part_head_good(struct part_head *p);

#endif
