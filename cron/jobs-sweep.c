/* jobs-sweep: gives back the jobs of workers that died.  It does so itself and not by a job, so that it
 * works when no worker lives. */
#include <stdio.h>

#include "cron/program.h"
#include "jobs/jobs.h"

static enum err jobs_sweep(struct ctx *c)
{
    int moved = 0;
    enum err e = jobs_reap(c, &moved);

    printf("Trabajos devueltos a la cola: %d\n", moved);
    return e;
}

int main(int argc, char **argv)
{
    static const struct cron_program program = {
        .name = "jobs-sweep", .would = "Devolvería a la cola los trabajos de procesos que murieron.",
        .work = jobs_sweep,
    };

    return cron_main(argc, argv, &program);
}
