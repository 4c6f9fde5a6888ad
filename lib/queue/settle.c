#include "queue/settle.h"

#include <stdio.h>
#include <stdlib.h>

#include "queue/job.h"

struct settlings { const struct job_settling *list; size_t n; struct settlings *next; };

static struct settlings *settlings;

void job_settlings_register(const struct job_settling *list, size_t n)
{
    struct settlings *s = malloc(sizeof *s);

    if (s == NULL)
        abort();
    *s = (struct settlings){ list, n, settlings };
    settlings = s;
}

static job_settler *job_settler_of(const char *kind)
{
    for (const struct settlings *s = settlings; s != NULL; s = s->next)
        for (size_t i = 0; i < s->n; i++)
            if (streq(s->list[i].kind, kind))
                return s->list[i].settle;
    return NULL;
}

/* The value of the kind's one argument; 0 when it has none, which job_add_tx prevents. */
static int64_t job_about(const struct job_kind *k, const char *args)
{
    char name[32];

    snprintf(name, sizeof name, "%.*s", (int)strcspn(k->args, ":"), k->args);
    return job_arg(args, name);
}

enum err job_settle_tx(struct ctx *c, const char *kind, const char *args, enum job_ending how, const char *why)
{
    job_settler *settle = job_settler_of(kind);

    return settle == NULL ? OK
        : settle(c, job_about(job_kind_find(kind), args), how, why ? why : "no se pudo hacer");
}
