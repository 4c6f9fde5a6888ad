/* List of all statements, read only by a test that prepares each.  The constructors of DB_REGISTER, which run
 * before main, link the files' statements together, so that their number has no limit. */
#include <stdlib.h>

#include "store/db.h"

struct file {
    const char *name;
    const struct stmt *const *list;
    size_t n;
    struct file *next;
};

static struct file *files;

void db_register(const char *file, const struct stmt *const *list, size_t n)
{
    struct file *f = malloc(sizeof *f);

    if (f == NULL)
        abort();
    *f = (struct file){ file, list, n, files };
    files = f;
}

void db_each_stmt(void (*fn)(const struct stmt *s, const char *file, void *arg), void *arg)
{
    for (const struct file *f = files; f != NULL; f = f->next)
        for (size_t k = 0; k < f->n; k++)
            fn(f->list[k], f->name, arg);
}
