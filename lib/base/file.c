#include "base/file.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Reads a whole file of at most max bytes; NULL with errno. */
static char *file_content(struct arena *a, int fd, size_t max)
{
    struct stat st;
    size_t at = 0;
    ssize_t got;
    char *s;

    if (fstat(fd, &st) != 0)
        return NULL;
    if (!S_ISREG(st.st_mode) || st.st_size < 0 || (uintmax_t)st.st_size > max) {
        errno = S_ISREG(st.st_mode) ? EFBIG : EINVAL;
        return NULL;
    }
    s = arena_alloc(a, (size_t)st.st_size + 1);
    while (at < (size_t)st.st_size) {
        got = read(fd, s + at, (size_t)st.st_size - at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return NULL;
        if (got == 0)
            break;
        at += (size_t)got;
    }
    if (strlen(s) != at) {       /* a NUL inside would hide what follows it */
        errno = EINVAL;
        return NULL;
    }
    return s;
}

char *file_read(struct arena *a, int fd, size_t max)
{
    char *s = file_content(a, fd, max);
    int saved = errno;

    close(fd);
    errno = saved;
    return s;
}

bool file_is_at(int fd, const char *path)
{
    struct stat held, named;

    return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}
