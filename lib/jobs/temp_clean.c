/* Removes uploads older than a day that no row owns, and rows whose time is over; seals the links of before. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "domain/custody/import.h"
#include "domain/handover/kept_quote.h"
#include "domain/parcel/customer_export.h"
#include "domain/parcel/link.h"
#include "domain/parcel/photo_link.h"
#include "domain/people/session.h"
#include "domain/ground/throttle.h"
#include "domain/ground/tx.h"
#include "jobs/jobs.h"
#include "storage/storage.h"

#define SEAL_BATCH 200           /* links in one write */
#define JOBS_BATCH 1000          /* jobs in one write, with their attempts */
#define IMPORT_BATCH 2000        /* rows of imports in one write */
#define EXPORTS 100              /* sheets that one run removes */

static const struct stmt owned = STMT("temp_owned", "s",
    "SELECT count(*) FROM package_files WHERE spool_path = $1 AND purge_at IS NULL");
static const struct stmt old_keys = STMT("temp_old_keys", "i",
    "DELETE FROM idempotency_keys WHERE expires_at <= $1");
#define OVER "(SELECT id FROM jobs WHERE state = $1 AND finished_at < $2 ORDER BY finished_at, id LIMIT $3)"
static const struct stmt old_attempts = STMT("temp_old_attempts", "sii",
    "DELETE FROM job_attempts WHERE job_id IN " OVER);
static const struct stmt old_jobs = STMT("temp_old_jobs", "sii", "DELETE FROM jobs WHERE id IN " OVER);
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
        e = kept_quotes_sweep_tx(c);
    if (e == OK)
        e = photo_links_sweep_tx(c);
    return e != OK ? e : db_exec(c->db, NULL, &old_keys, c->now);
}

struct forgetting { struct ctx *c; int limit, count; };

static enum err ended_jobs_forget_tx(struct db *db, void *arg)
{
    struct forgetting *x = arg;
    enum err e = OK;

    x->count = 0;
    for (size_t i = 0; e == OK && i < COUNT(kept) && x->count < x->limit; i++) {
        const int64_t before = x->c->now - kept[i].days * DAY_SECONDS, left = x->limit - x->count;
        int64_t gone = 0;

        e = db_exec(db, NULL, &old_attempts, kept[i].state, before, left);
        if (e == OK)
            e = db_exec(db, &gone, &old_jobs, kept[i].state, before, left);
        x->count += (int)gone;
    }
    return e;
}

static enum err ended_jobs_forget(struct ctx *c, int limit, int *forgotten)
{
    struct forgetting x = { c, limit, 0 };
    enum err e = domain_write(c, ended_jobs_forget_tx, &x);

    *forgotten = x.count;
    return e;
}

/* Removes a file of the spool if it is a day old and no row owns it.  False: it could not be removed, or nobody knows
 * whether a row owns it. */
static bool upload_clean(struct ctx *c, int dir, const char *name, int *removed)
{
    int64_t owners = 0;
    struct stat st;

    if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT;
    if (!S_ISREG(st.st_mode) || st.st_mtime > clock_now() - DAY_SECONDS)
        return true;
    if (db_value(c->db, &owners, &owned, arena_printf(c->a, "%s/%s", c->conf->spool_dir, name)) != OK)
        return false;
    if (owners == 0 && unlinkat(dir, name, 0) != 0)
        return errno == ENOENT;
    *removed += owners == 0;
    return true;
}

static bool uploads_clean(struct ctx *c, int *removed)
{
    DIR *dir = opendir(c->conf->spool_dir);
    struct dirent *d;
    bool all = dir != NULL;

    *removed = 0;
    while (dir != NULL && (d = readdir(dir)) != NULL)
        all = upload_clean(c, dirfd(dir), d->d_name, removed) && all;
    if (dir != NULL)
        closedir(dir);
    return all;
}

/* Removes sheets of customers that nobody needs any more. */
static bool exports_clean(struct ctx *c)
{
    const char *keys[EXPORTS];
    size_t n;
    bool all = export_old(c, keys, COUNT(keys), &n) == OK;

    for (size_t i = 0; all && i < n; i++)
        all = disk_drop(c->conf, keys[i]) == OK && export_gone(c, keys[i]) == OK;
    return all;
}

struct job_outcome temp_clean_job(struct ctx *c, const struct job *j)
{
    const int sealed = job_in_batches(c, j, SEAL_BATCH, link_seal_old);
    const int imports = sealed < 0 ? -1 : job_in_batches(c, j, IMPORT_BATCH, import_forget);
    const int jobs = imports < 0 ? -1 : job_in_batches(c, j, JOBS_BATCH, ended_jobs_forget);
    struct job_outcome o = { .result = JOB_DONE, .effect = rows_clean };
    int removed;

    if (jobs < 0 || !exports_clean(c))
        return job_again("la base de datos no respondió");
    if (!uploads_clean(c, &removed)) {
        o.result = JOB_RETRY;
        o.error = "no se pudieron revisar o borrar todas las subidas viejas";
    }
    log_info("temp.clean", "removed", NUM(removed), "links_sealed", NUM(sealed), "jobs", NUM(jobs));
    return o;
}
