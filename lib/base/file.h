/* File: reads a small file as a whole; knows a file again. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* The bytes of a regular file, *n of them, from the arena; fd is closed.  NULL with errno when it cannot be read, is
 * larger than max bytes (EFBIG) or is no regular file (EINVAL). */
char *file_bytes(struct arena *a, int fd, size_t max, size_t *n);
/* The text of a regular file, from the arena, ended by NUL; fd is closed.  NULL with errno when it
 * cannot be read, is larger than max bytes (EFBIG), is no regular file or holds a NUL (EINVAL). */
char *file_read(struct arena *a, int fd, size_t max);
/* True while the path names the file that is open as fd: nobody has removed or replaced it. */
bool file_is_at(int fd, const char *path);

#endif
