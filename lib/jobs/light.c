/* Kinds of jobs that run in the process of a slot. */
#include "jobs/jobs.h"

const struct job_row light_jobs[] = {
#define LIGHT(kind, run, clock) { kind, run, clock },
#include "jobs/light.def"
#undef LIGHT
    { NULL, NULL, JOB_ANY_CLOCK },
};
