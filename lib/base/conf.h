/* Conf: the configuration, lines `key = value` of /etc/paqueteria/paqueteria.conf; an environment variable
 * PAQUETERIA_KEY overrides the file.  All keys are in base/conf.def.  An unknown or ill-typed key stops the
 * program with a sentence. */
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
    const char *text;            /* content of the file */
};

/* Reads the file and the environment.  path NULL: the file is $PAQUETERIA_CONFIG, else the one in the usual
 * place. NULL, and a sentence in *why (in the arena), at the first fault.  From then on nobody else may read what the
 * process makes, and its group may not change it (umask 0027). */
struct conf *conf_load(struct arena *a, const char *path, const char **why);
/* Reads text as if it were the file; for tests and the fuzzer. */
struct conf *conf_parse(struct arena *a, const char *text, const char **why);
/* A master hands its children the configuration that it has read and checked, and not the file, which may have
 * become wrong since: conf_copy gives a descriptor, closed on exec, of a copy in memory (-1 with errno).  In the
 * child it must be descriptor CONF_FD, open over exec, and --config CONF_HANDED reads it. */
#define CONF_FD 3
#define CONF_HANDED "/proc/self/fd/3"
int conf_copy(const struct conf *c);
void conf_print(const struct conf *c, FILE *out);        /* prints all keys with their values */

#endif
