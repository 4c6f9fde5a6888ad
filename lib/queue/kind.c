#include "queue/job.h"

const struct job_kind job_kinds[] = {
#define KIND(name, queue, tries, expires, deadline, isolated, args, words) \
    { name, queue, tries, expires, deadline, isolated, args, words },
#include "queue/kinds.def"
#undef KIND
};
const size_t job_kind_count = COUNT(job_kinds);
