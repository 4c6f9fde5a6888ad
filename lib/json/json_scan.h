/* Private to json.c: the check before json-c. */
#ifndef JSON_JSON_SCAN_H
#define JSON_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* True when the text is JSON as RFC 8259 has it and within the limits of
 * json.h; *keys counts the members of all its objects.  Else *why says. */
bool json_scan(const char *s, size_t n, size_t *keys, const struct text **why);

#endif
