/* A job that does nothing, for the benchmark of the queue. */
#include "jobs/jobs.h"

struct job_outcome noop_job(struct ctx *c UNUSED, const struct job *j UNUSED)
{
    return job_done();
}
