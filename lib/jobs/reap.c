#include "base/clock.h"
#include "jobs/jobs.h"

enum err jobs_reap(struct ctx *c, int *moved)
{
    enum err e;

    *moved = 0;
    c->now = clock_now();
    e = job_mend_clock(c, message_clock_back);
    return e != OK ? e : job_reap(c, message_restore, moved);
}
