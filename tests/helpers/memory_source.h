/* Memory source: a request's bytes from memory, for tests and fuzzers: CGI variables as a NULL-ended list
 * of name, value pairs, and a body given `step` bytes at a time. */
#ifndef HELPERS_MEMORY_SOURCE_H
#define HELPERS_MEMORY_SOURCE_H

#include <string.h>

#include "http/request.h"

struct memory_source {
    const char *const *vars;
    const char *body;
    size_t n, step;              /* n: bytes of body; step: 0 gives as much as is asked for */
    size_t first;                /* if not 0, the first read ends there */
    size_t at;
};

static inline const char *memory_param(void *self, const char *name)
{
    const struct memory_source *m = self;

    for (const char *const *v = m->vars; v != NULL && v[0] != NULL; v += 2) {
        if (strcmp(v[0], name) == 0)
            return v[1];
    }
    return NULL;
}

static inline long memory_read(void *self, void *buf, size_t n)
{
    struct memory_source *m = self;
    size_t left = m->n - m->at;

    n = n < left ? n : left;
    if (m->step > 0 && n > m->step)
        n = m->step;
    if (m->at < m->first && n > m->first - m->at)
        n = m->first - m->at;
    memcpy(buf, m->body + m->at, n);
    m->at += n;
    return (long)n;
}

static inline struct source memory_source(struct memory_source *m)
{
    return (struct source){ memory_param, memory_read, m, 0, false };
}

#endif
