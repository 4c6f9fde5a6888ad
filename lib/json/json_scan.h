/* Json_scan: the check of a text before json-c reads it; private to json.c. */
#ifndef JSON_JSON_SCAN_H
#define JSON_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Whether the text is JSON by RFC 8259 within the limits of json.h; *keys: how many members all its objects
 * have together.  False: *why says why. */
bool json_scan(const char *s, size_t n, size_t *keys, const struct text **why);

#endif
