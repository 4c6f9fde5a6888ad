/* Secrets are files of the folder secrets_dir, made by `paqueteria secrets init`. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "crypto/crypto.h"

#define SECRET_MAX (64 * 1024)
#define KEPT_SECRETS 8
#define KEPT_SIZE 128            /* bytes; a longer secret is read each time */

/* Secrets read lately, since a key is needed again and again; the inode and its times say whether the file
 * is still the same. */
static struct kept {
    struct stat file;
    char value[KEPT_SIZE];
} kept[KEPT_SECRETS];
static size_t kept_next;

static bool kept_is(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size
        && a->st_ctim.tv_sec == b->st_ctim.tv_sec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static const char *kept_find(const struct stat *file)
{
    for (size_t i = 0; i < KEPT_SECRETS; i++)
        if (kept_is(&kept[i].file, file))
            return kept[i].value;
    return NULL;
}

static void kept_add(const struct stat *file, const char *value, size_t n)
{
    struct kept *k = &kept[kept_next];

    if (n >= KEPT_SIZE)
        return;
    k->file = *file;
    memcpy(k->value, value, n + 1);
    kept_next = (kept_next + 1) % KEPT_SECRETS;
}

char *secret_read(struct arena *a, const struct conf *c, const char *name)
{
    const char *path, *known;
    struct stat file;
    char *s;
    size_t n;
    int fd;

    if (is_blank(name) || *name == '.' || strchr(name, '/') != NULL) {
        errno = EINVAL;
        return NULL;
    }
    path = arena_printf(a, "%s/%s", c->secrets_dir, name);
    if (lstat(path, &file) != 0)
        return NULL;
    if ((known = kept_find(&file)) != NULL)
        return arena_strdup(a, known);
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    s = fd < 0 ? NULL : file_read(a, fd, SECRET_MAX);
    if (s == NULL)
        return NULL;
    n = strlen(s);
    if (n > 0 && s[n - 1] == '\n')
        s[--n] = '\0';
    kept_add(&file, s, n);
    return s;
}
