/* Storage: finished files on the disk, under files_dir, from where nginx serves them.  With `storage = s3`
 * they move on to an archive (storage/s3.h). */
#ifndef STORAGE_STORAGE_H
#define STORAGE_STORAGE_H

#include "base/arena.h"
#include "base/conf.h"
#include "base/err.h"

/* Moves the file at `path` to `key`; durable if OK.  E_FULL if the disk is, else E_INTERNAL; both
 * logged. */
enum err disk_put(const struct conf *c, const char *key, const char *path) MUST_CHECK;
enum err disk_drop(const struct conf *c, const char *key) MUST_CHECK;    /* OK also if it is gone already */

/* Calls fn for each file on the disk that lies where a key's file lies, also for a temporary file that an
 * interrupted disk_put left there.  E_INTERNAL, logged, if a folder cannot be read. */
/* number: the package of its folder; size: bytes */
struct disk_file { const char *key; int64_t number, size, changed_at; };
enum err disk_each(const struct conf *c, void (*fn)(void *arg, const struct disk_file *f),
                   void *arg) MUST_CHECK;

/* A new key: 2026/11/<package>/<random>.<ending>. No part of it comes from a client. */
char *storage_key(struct arena *a, int64_t now, int64_t package_id, const char *ending);
/* True for a text of a key's form; such a key cannot lead out of files_dir. */
bool storage_key_ok(const char *key);

#endif
