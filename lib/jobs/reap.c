#include "base/clock.h"
#include "jobs/clock_mend.h"
#include "jobs/jobs.h"

enum err jobs_reap(struct ctx *c, int *moved)
{
    enum err e;

    *moved = 0;
    c->now = clock_now();
    e = job_mend_clock(c, message_clock_back);
    if (e == OK)
        e = clock_mend(c);
    return e != OK ? e : job_reap(c, message_restore, moved);
}
