/* The worker and its isolated jobs with additional kinds, whose handlers misbehave.  This file is linked
 * with bin/worker.c and bin/job.c in place of the product's tables of kinds, so that all else is what
 * ships. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "jobs/jobs.h"

const struct job_kind job_kinds[] = {
#define KIND(name, queue, tries, expires, deadline, isolated, args, words) \
    { name, queue, tries, expires, deadline, isolated, args, words },
#include "queue/kinds.def"
    KIND("bad.light", "reports", 3, 0, 1, 0, "act:i", "Hacer mal en su sitio")
    KIND("bad.alone", "files", 3, 0, 60, 120, "act:i", "Hacer mal aparte")
    KIND("bad.endless", "files", 3, 0, 1, 120, "act:i", "No acabar, aparte")
    KIND("hang.light", "reports", 3, 0, 120, 0, "", "Colgarse en su sitio")
    KIND("hang.alone", "files", 3, 0, 120, 200, "", "Colgarse aparte")
    KIND("slow.light", "reports", 3, 0, 120, 0, "", "Tardar dos segundos")
#undef KIND
};
const size_t job_kind_count = COUNT(job_kinds);

enum act { CRASH, LOOP, EAT, FLOOD };

/* Takes memory until there is none and then aborts, as all allocations of ours do. */
static void eat(void)
{
    enum { PIECE = 1 << 20 };
    char *volatile p;            /* volatile, or the compiler leaves the allocation out */

    while ((p = malloc(PIECE)) != NULL)
        memset(p, 1, PIECE);
    abort();
}

static void flood(void)
{
    static char line[4096];

    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\n';
    for (;;)
        fwrite(line, sizeof line, 1, stderr);
}

static struct job_outcome bad_job(struct ctx *c UNUSED, const struct job *j)
{
    volatile bool on = true;

    switch ((enum act)job_arg(j->args, "act")) {
    case CRASH:
        raise(SIGSEGV);
        break;
    case EAT:
        eat();
        break;
    case FLOOD:
        flood();
        break;
    case LOOP:
        while (on)
            ;
    }
    return job_done();
}

/* Hangs in its first attempt only. */
static struct job_outcome hang_job(struct ctx *c UNUSED, const struct job *j)
{
    while (j->attempt == 1)
        pause();
    return job_done();
}

/* Takes two seconds, whatever the wall clock does meanwhile. */
static struct job_outcome slow_job(struct ctx *c UNUSED, const struct job *j UNUSED)
{
    double end = clock_mono() + 2;

    while (clock_mono() < end)
        usleep(10000);
    return job_done();
}

const struct job_row light_jobs[] = {
#define LIGHT(kind, run, clock) { kind, run, clock },
#include "jobs/light.def"
#undef LIGHT
    { "bad.light", bad_job, JOB_ANY_CLOCK },
    { "hang.light", hang_job, JOB_ANY_CLOCK },
    { "slow.light", slow_job, JOB_ANY_CLOCK },
    { NULL, NULL, JOB_ANY_CLOCK },
};

const struct job_row isolated_jobs[] = {
    { "bad.alone", bad_job, JOB_ANY_CLOCK },
    { "bad.endless", bad_job, JOB_ANY_CLOCK },
    { "hang.alone", hang_job, JOB_ANY_CLOCK },
    { NULL, NULL, JOB_ANY_CLOCK },
};
