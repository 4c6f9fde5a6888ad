/* Files on the disk, under files_dir; nginx sends them (X-Accel-Redirect). */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "metric/metric.h"
#include "base/random.h"
#include "base/room.h"
#include "storage/storage.h"

char *storage_key(struct arena *a, int64_t now, int64_t package_id, const char *ending)
{
    struct date d = clock_date(now);

    return arena_printf(a, "%04d/%02d/%lld/%s.%s", d.year, d.month, (long long)package_id,
                        random_text(a, ALPHABET_BASE62, 22), ending);
}

bool storage_key_ok(const char *key)
{
    return !is_blank(key) && key[0] != '/' && strstr(key, "..") == NULL && strstr(key, "//") == NULL
        && key[strspn(key, ALPHABET_BASE62 "/.")] == '\0';
}

static enum err disk_failed(const char *op, const char *key)
{
    log_error("storage", "op", op, "key", key, "error", strerror(errno));
    metric_inc(M_STORAGE_ERRORS, op, NULL);
    return room_is_out(errno) ? E_FULL : E_INTERNAL;
}

/* Opens the folder of a key below `root` and makes what is missing of it.  -1 with errno.  Cuts `path` at
 * its slashes. */
static int folder_open(int root, char *path)
{
    int dir = dup(root);

    for (char *slash = strchr(path, '/'); slash != NULL && dir >= 0; slash = strchr(path, '/')) {
        int next;

        *slash = '\0';
        if (mkdirat(dir, path, 0750) == 0 ? fsync(dir) != 0 : errno != EEXIST) {
            close(dir);
            return -1;
        }
        next = openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        close(dir);
        dir = next;
        path = slash + 1;
    }
    return dir;
}

/* Moves the file to dir/name.  If the spool lies on another file system, the file is copied under a
 * temporary name first and made durable, so that half a file is never seen under `name`. */
static bool move_in(int file, const char *path, int dir, const char *name)
{
    char fresh[NAME_MAX + 1];
    struct stat st;
    int to;
    bool ok;

    if (renameat(AT_FDCWD, path, dir, name) == 0)
        return true;
    snprintf(fresh, sizeof fresh, ".%s", name);
    if (errno != EXDEV || fstat(file, &st) != 0
        || (to = openat(dir, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640)) < 0)
        return false;
    for (ssize_t n = 1; st.st_size > 0 && n > 0; st.st_size -= n)
        n = sendfile(to, file, NULL, (size_t)st.st_size);
    ok = st.st_size == 0 && fsync(to) == 0 && renameat(dir, fresh, dir, name) == 0;
    close(to);
    if (ok)
        unlink(path);
    else
        unlinkat(dir, fresh, 0);
    return ok;
}

enum err disk_put(const struct conf *c, const char *key, const char *path)
{
    struct arena *a = arena_new();
    int root = open(c->files_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), dir = -1, file = -1;
    const char *name = strrchr(key, '/');
    enum err e = E_INTERNAL;

    if (storage_key_ok(key) && name != NULL && root >= 0) {
        dir = folder_open(root, arena_strdup(a, key));
        file = open(path, O_RDONLY | O_CLOEXEC);
        if (dir >= 0 && file >= 0 && fchmod(file, 0640) == 0 && fsync(file) == 0
            && move_in(file, path, dir, name + 1) && fsync(dir) == 0)
            e = OK;
    }
    if (e != OK)
        e = disk_failed("put", key);
    for (int *fd = (int[]){ root, dir, file, -2 }; *fd != -2; fd++)
        if (*fd >= 0)
            close(*fd);
    arena_free(a);
    return e;
}

enum err disk_drop(const struct conf *c, const char *key)
{
    int root = open(c->files_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum err e = OK;

    if (!storage_key_ok(key) || root < 0 || (unlinkat(root, key, 0) != 0 && errno != ENOENT))
        e = disk_failed("drop", key);
    if (root >= 0)
        close(root);
    return e;
}

#define DEPTH 4                  /* 2026/11/<package>/<random>.<ending> */

/* The key of a file below files_dir: the last DEPTH parts of its path. */
static const char *key_of(const char *path)
{
    const char *p = path + strlen(path);

    for (int parts = 0; p > path && (p[-1] != '/' || ++parts < DEPTH); p--)
        ;
    return p;
}

static void disk_visit(const FTSENT *entry, void (*fn)(void *arg, const struct disk_file *f), void *arg)
{
    struct disk_file f = { .key = key_of(entry->fts_path), .size = entry->fts_statp->st_size,
                           .changed_at = entry->fts_statp->st_mtime };

    if (entry->fts_level == DEPTH && parse_int(entry->fts_parent->fts_name, &f.number) && storage_key_ok(f.key))
        fn(arg, &f);
}

enum err disk_each(const struct conf *c, void (*fn)(void *arg, const struct disk_file *f), void *arg)
{
    struct arena *a = arena_new();
    FTS *tree = fts_open((char *[]){ arena_strdup(a, c->files_dir), NULL }, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    const FTSENT *entry;
    enum err e = OK;

    for (errno = 0; tree != NULL && (entry = fts_read(tree)) != NULL; errno = 0) {
        if (entry->fts_info == FTS_F)
            disk_visit(entry, fn, arg);
        else if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS)
            errno = entry->fts_errno, e = disk_failed("list", entry->fts_path);
    }
    if (tree == NULL || errno != 0)
        e = disk_failed("list", c->files_dir);
    if (tree != NULL)
        fts_close(tree);
    arena_free(a);
    return e;
}
