#include "base/file.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads a whole file of at most max bytes and ends it with a NUL that *n does not count; NULL with errno. */
static char *file_content(struct arena *a, int fd, size_t max, size_t *n)
{
    struct stat st;
    ssize_t got = 1;
    char *s;

    *n = 0;
    if (fstat(fd, &st) != 0)
        return NULL;
    if (!S_ISREG(st.st_mode) || st.st_size < 0 || (uintmax_t)st.st_size > max) {
        errno = S_ISREG(st.st_mode) ? EFBIG : EINVAL;
        return NULL;
    }
    s = arena_alloc(a, (size_t)st.st_size + 1);
    while (got > 0 && *n < (size_t)st.st_size) {
        got = read(fd, s + *n, (size_t)st.st_size - *n);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            *n += (size_t)got;
    }
    s[*n] = '\0';
    return got < 0 ? NULL : s;
}

char *file_bytes(struct arena *a, int fd, size_t max, size_t *n)
{
    char *s = file_content(a, fd, max, n);
    int saved = errno;

    close(fd);
    errno = saved;
    return s;
}

char *file_read(struct arena *a, int fd, size_t max)
{
    size_t n;
    char *s = file_bytes(a, fd, max, &n);

    if (s == NULL || strlen(s) == n)
        return s;
    errno = EINVAL;              /* a NUL inside would hide what follows it */
    return NULL;
}

bool file_is_at(int fd, const char *path)
{
    struct stat held, named;

    return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}
