/* What may be kept no longer goes (domain.md §10): photos 30 days after the parcel left,
 * dead jobs after 180 days. */
#include "base/clock.h"
#include "base/log.h"
#include "domain/retention.h"
#include "jobs/jobs.h"

#define BATCH 50
#define DEAD_DAYS 180

static const struct stmt dead_attempts = STMT("retention_dead_attempts", "i",
    "DELETE FROM job_attempts WHERE job_id IN (SELECT id FROM jobs WHERE state = 'dead'"
    " AND finished_at < $1 LIMIT 5000)");
static const struct stmt dead_jobs = STMT("retention_dead_jobs", "i",
    "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state = 'dead' AND finished_at < $1"
    " AND NOT EXISTS (SELECT 1 FROM job_attempts a WHERE a.job_id = jobs.id) LIMIT 5000)");
DB_REGISTER(&dead_attempts, &dead_jobs)

static enum err forget_dead(struct ctx *c, void *arg UNUSED)
{
    int64_t before = c->now - DEAD_DAYS * DAY_SECONDS;
    enum err e = db_exec(c->db, NULL, &dead_attempts, before);

    return e != OK ? e : db_exec(c->db, NULL, &dead_jobs, before);
}

struct job_outcome retention_run_job(struct ctx *c, const struct job *j)
{
    int purged = BATCH, total = 0;

    while (purged == BATCH) {
        if (retention_photos(c, BATCH, &purged) != OK || job_renew(c, j) != OK)
            return job_again("la base de datos no respondió");
        total += purged;
    }
    log_info("retention.run", "photos", NUM(total));
    return (struct job_outcome){ .result = JOB_DONE, .effect = forget_dead };
}
