#include "jobs/jobs.h"
#include "queue/doubt.h"

#define DOUBT_AGAIN_S 60         /* a job that acts by age looks so often whether the clock is believed again */

const struct job_row *job_row_of(const struct job_row *table, const char *kind)
{
    for (; table->kind != NULL; table++)
        if (streq(table->kind, kind))
            return table;
    return NULL;
}

struct job_outcome job_perform(struct ctx *c, const struct job_row *row, const struct job *j)
{
    if (row->clock == JOB_BY_AGE && (doubt_look(c) || clock_wrote_wrong(c)))
        return (struct job_outcome){ .result = JOB_SNOOZE, .run_in = DOUBT_AGAIN_S,
                                     .error = "el reloj del servidor saltó: hasta que se sepa que está bien no se"
                                              " hace nada por antigüedad" };
    return row->run(c, j);
}

int job_in_batches(struct ctx *c, const struct job *j, int limit, enum err (*some)(struct ctx *c, int limit, int *done))
{
    int done = limit, total = 0;

    while (done == limit) {
        if (some(c, limit, &done) != OK || job_renew(c, j) != OK)
            return -1;
        total += done;
    }
    return total;
}

struct job_outcome job_done(void)
{
    return (struct job_outcome){ .result = JOB_DONE };
}

struct job_outcome job_dead(const char *why)
{
    return (struct job_outcome){ .result = JOB_DEAD, .error = why };
}

struct job_outcome job_again(const char *why)
{
    return (struct job_outcome){ .result = JOB_RETRY, .error = why };
}
