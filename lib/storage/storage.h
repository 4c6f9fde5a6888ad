/* Storage: where finished files live.  A struct of functions, so that another
 * place than the local disk can join. */
#ifndef STORAGE_STORAGE_H
#define STORAGE_STORAGE_H

#include "base/arena.h"
#include "base/conf.h"
#include "base/err.h"

struct storage {
    const char *name;
    /* Keep the file at `path` (it is moved away) under `key`; durable when OK.
     * E_BUSY when the disk is full, else E_INTERNAL; both logged. */
    enum err (*put)(const struct conf *c, const char *key, const char *path);
    enum err (*drop)(const struct conf *c, const char *key);     /* gone already: OK */
};

const struct storage *storage_of(const struct conf *c);

/* A fresh key: 2026/11/<package>/<random>.<ending>; made by us, never from input. */
char *storage_key(struct arena *a, int64_t now, int64_t package_id, const char *ending);
/* Of our form, so that it can never leave files_dir? */
bool storage_key_ok(const char *key);

#endif
