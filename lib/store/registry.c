/* The list of all statements, so that a test can prepare each. Filled by
 * constructors before main, read only by tests and `paqueteria doctor`. */
#include <assert.h>

#include "store/db.h"

#define FILES_MAX 128

static struct { const char *file; const struct stmt *const *list; size_t n; } files[FILES_MAX];
static size_t file_count;

void db_register(const char *file, const struct stmt *const *list, size_t n)
{
    assert(file_count < FILES_MAX);
    files[file_count].file = file;
    files[file_count].list = list;
    files[file_count++].n = n;
}

void db_each_stmt(void (*fn)(const struct stmt *s, const char *file, void *arg), void *arg)
{
    for (size_t i = 0; i < file_count; i++)
        for (size_t k = 0; k < files[i].n; k++)
            fn(files[i].list[k], files[i].file, arg);
}
