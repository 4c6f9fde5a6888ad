/* Removes uploads older than a day that no row owns, and rows whose time is over; seals the links of before. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "domain/parcel/link.h"
#include "domain/people/session.h"
#include "domain/ground/throttle.h"
#include "jobs/jobs.h"

#define SEAL_BATCH 200           /* links in one write */

static const struct stmt owned = STMT("temp_owned", "s",
    "SELECT count(*) FROM package_files WHERE spool_path = $1 AND purge_at IS NULL");
static const struct stmt old_keys = STMT("temp_old_keys", "i",
    "DELETE FROM idempotency_keys WHERE expires_at <= $1");
static const struct stmt old_attempts = STMT("temp_old_attempts", "si",
    "DELETE FROM job_attempts WHERE job_id IN (SELECT id FROM jobs WHERE state = $1"
    " AND finished_at < $2 LIMIT 5000)");
static const struct stmt old_jobs = STMT("temp_old_jobs", "si",
    "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state = $1 AND finished_at < $2"
    " AND NOT EXISTS (SELECT 1 FROM job_attempts a WHERE a.job_id = jobs.id) LIMIT 5000)");
DB_REGISTER(&owned, &old_keys, &old_attempts, &old_jobs)

/* Days for which the rows of ended jobs are kept. */
static const struct { const char *state; int days; } kept[] = {
    { "done", 7 }, { "dead", 180 }, { "cancelled", 180 },
};

static enum err rows_clean(struct ctx *c, void *arg UNUSED)
{
    enum err e = session_sweep_tx(c);

    if (e == OK)
        e = throttle_sweep_tx(c);
    if (e == OK)
        e = db_exec(c->db, NULL, &old_keys, c->now);
    for (size_t i = 0; i < COUNT(kept) && e == OK; i++) {
        int64_t before = c->now - kept[i].days * DAY_SECONDS;

        e = db_exec(c->db, NULL, &old_attempts, kept[i].state, before);
        if (e == OK)
            e = db_exec(c->db, NULL, &old_jobs, kept[i].state, before);
    }
    return e;
}

/* The number of packages whose links were sealed, -1 on failure; in batches, so that nobody waits long. */
static int links_seal(struct ctx *c, const struct job *j)
{
    int sealed = SEAL_BATCH, total = 0;

    while (sealed == SEAL_BATCH) {
        if (link_seal_old(c, SEAL_BATCH, &sealed) != OK || job_renew(c, j) != OK)
            return -1;
        total += sealed;
    }
    return total;
}

struct job_outcome temp_clean_job(struct ctx *c, const struct job *j)
{
    const int sealed = links_seal(c, j);
    DIR *dir = opendir(c->conf->spool_dir);
    struct dirent *d;
    struct stat st;
    int removed = 0;

    if (sealed < 0) {
        if (dir != NULL)
            closedir(dir);
        return job_again("la base de datos no respondió");
    }
    while (dir != NULL && (d = readdir(dir)) != NULL) {
        const char *path = arena_printf(c->a, "%s/%s", c->conf->spool_dir, d->d_name);

        if (fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode)
            || st.st_mtime > clock_now() - DAY_SECONDS || db_scalar(c->db, 1, &owned, path) != 0)
            continue;
        removed += unlinkat(dirfd(dir), d->d_name, 0) == 0;
    }
    if (dir != NULL)
        closedir(dir);
    log_info("temp.clean", "removed", NUM(removed), "links_sealed", NUM(sealed));
    return (struct job_outcome){ .result = JOB_DONE, .effect = rows_clean };
}
