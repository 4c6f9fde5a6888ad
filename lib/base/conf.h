/* Configuration: /etc/paqueteria/paqueteria.conf, `key = value`, environment
 * (PAQUETERIA_KEY) on top.  base/conf.def is the one table of keys.  Unknown
 * or ill-typed keys stop the program with a sentence. */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/util.h"

struct conf {
#define CONF_TEXT(key, dflt, doc) const char *key;
#define CONF_INT(key, dflt, min, max, doc) int64_t key;
#define CONF_BOOL(key, dflt, doc) bool key;
#include "base/conf.def"
#undef CONF_TEXT
#undef CONF_INT
#undef CONF_BOOL
    const char *file;            /* where it was read from, NULL: defaults only */
};

/* path NULL: $PAQUETERIA_CONFIG, else the installed place.  Returns NULL and a
 * sentence in *why (arena) on the first thing that is wrong. */
struct conf *conf_load(struct arena *a, const char *path, const char **why);
/* Parse text as if it were the file; for tests and the fuzzer. */
struct conf *conf_parse(struct arena *a, const char *text, const char **why);
void conf_print(const struct conf *c, FILE *out);        /* the table with values */

#endif
