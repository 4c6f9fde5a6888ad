/* The list of all statements, so that a test can prepare each. Linked together by
 * constructors before main (however many files there are), read only by tests. */
#include "store/db.h"

static struct stmt_file *files;

void db_register(struct stmt_file *f)
{
    f->next = files;
    files = f;
}

void db_each_stmt(void (*fn)(const struct stmt *s, const char *file, void *arg), void *arg)
{
    for (const struct stmt_file *f = files; f != NULL; f = f->next)
        for (size_t k = 0; k < f->n; k++)
            fn(f->list[k], f->file, arg);
}
