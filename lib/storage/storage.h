/* Storage: finished files on the disk, under files_dir, from where nginx serves them.
 * With `storage = s3` they move on to an archive (storage/s3.h). */
#ifndef STORAGE_STORAGE_H
#define STORAGE_STORAGE_H

#include "base/arena.h"
#include "base/conf.h"
#include "base/err.h"

/* Keep the file at `path` (it is moved away) under `key`; durable when OK.
 * E_BUSY when the disk is full, else E_INTERNAL; both logged. */
enum err disk_put(const struct conf *c, const char *key, const char *path) MUST_CHECK;
enum err disk_drop(const struct conf *c, const char *key) MUST_CHECK;    /* gone already: OK */

/* Calls fn for each file on the disk whose place is that of a key of ours, also for what a put that was
 * cut off left there. */
struct disk_file { const char *key; int64_t number, size, changed_at; };   /* number: of its folder, the package */
enum err disk_each(const struct conf *c, void (*fn)(void *arg, const struct disk_file *f), void *arg) MUST_CHECK;

/* A fresh key: 2026/11/<package>/<random>.<ending>; made by us, never from input. */
char *storage_key(struct arena *a, int64_t now, int64_t package_id, const char *ending);
/* True for a key of our form, which can never leave files_dir. */
bool storage_key_ok(const char *key);

#endif
