/* What may be kept no longer goes (domain.md §10): photos and signatures 30 days after the
 * parcel left, dead jobs after 180 days. */
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

/* All of them, some at once so that nobody waits for the lock; total: how many, -1 when it failed. */
static int purge_all(struct ctx *c, const struct job *j, enum err (*some)(struct ctx *, int, int *))
{
    int purged = BATCH, total = 0;

    while (purged == BATCH) {
        if (some(c, BATCH, &purged) != OK || job_renew(c, j) != OK)
            return -1;
        total += purged;
    }
    return total;
}

struct job_outcome retention_run_job(struct ctx *c, const struct job *j)
{
    int photos = purge_all(c, j, retention_photos), signatures;

    if (photos < 0 || (signatures = purge_all(c, j, retention_signatures)) < 0)
        return job_again("la base de datos no respondió");
    log_info("retention.run", "photos", NUM(photos), "signatures", NUM(signatures));
    return (struct job_outcome){ .result = JOB_DONE, .effect = forget_dead };
}
