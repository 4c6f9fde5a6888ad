#include "json/json.h"
#include "jobs/jobs.h"

job_handler *job_handler_of(const struct job_row *table, const char *kind)
{
    for (; table->kind != NULL; table++)
        if (streq(table->kind, kind))
            return table->run;
    return NULL;
}

int64_t job_arg(const struct job *j, const char *name)
{
    const struct text *why;
    struct json_object *o = json_parse(j->args, strlen(j->args), &why);
    int64_t n = 0;

    if (o == NULL || !json_get_int(o, name, &n))
        n = 0;
    json_object_put(o);
    return n;
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
