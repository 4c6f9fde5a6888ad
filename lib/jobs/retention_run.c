/* Deletes what may be kept no longer (domain.md §10): photos and signatures 30 days after the parcel left,
 * dead jobs after DEAD_DAYS, documents after DOCUMENT_DAYS. */
#include "base/clock.h"
#include "base/log.h"
#include "domain/paper/document.h"
#include "domain/custody/retention.h"
#include "jobs/jobs.h"
#include "storage/storage.h"

#define BATCH 50
#define DEAD_DAYS 180
#define DOCUMENTS 2000           /* most documents that one run deletes */

static const struct stmt dead_attempts = STMT("retention_dead_attempts", "i",
    "DELETE FROM job_attempts WHERE job_id IN (SELECT id FROM jobs WHERE state = 'dead'"
    " AND finished_at < $1 LIMIT 5000)");
static const struct stmt dead_jobs = STMT("retention_dead_jobs", "i",
    "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state = 'dead' AND finished_at < $1"
    " AND NOT EXISTS (SELECT 1 FROM job_attempts a WHERE a.job_id = jobs.id) LIMIT 5000)");
static const struct stmt documents_over = STMT("retention_documents_over", "ii",
    "SELECT id, storage_key FROM documents WHERE asked_at < $1 ORDER BY id LIMIT $2");
static const struct stmt documents_forget = STMT("retention_documents", "ii",
    "DELETE FROM documents WHERE asked_at < $1 AND id <= $2");
DB_REGISTER(&dead_attempts, &dead_jobs, &documents_over, &documents_forget)

struct over { int64_t before, last_document; };

/* Removes the files of old documents; the rows go afterwards, since only a row tells where its file is. */
static bool drop_documents(struct ctx *c, struct over *x)
{
    struct rows q;
    bool dropped = true;

    x->before = c->now - DOCUMENT_DAYS * DAY_SECONDS;
    if (db_query(c->db, &q, &documents_over, x->before, (int64_t)DOCUMENTS) != OK)
        return false;
    while (dropped && db_next(&q)) {
        const char *key = db_text(&q, 1);

        dropped = key == NULL || disk_drop(c->conf, key) == OK;
        x->last_document = dropped ? db_int(&q, 0) : x->last_document;
    }
    return db_end(&q) == OK && dropped;
}

static enum err jobs_forget(struct ctx *c, void *arg)
{
    const struct over *x = arg;
    int64_t before = c->now - DEAD_DAYS * DAY_SECONDS;
    enum err e = db_exec(c->db, NULL, &dead_attempts, before);

    if (e == OK)
        e = db_exec(c->db, NULL, &dead_jobs, before);
    return e != OK ? e : db_exec(c->db, NULL, &documents_forget, x->before, x->last_document);
}

/* Calls `some` until nothing is left, in batches so that nobody waits long for the writers' lock; returns how
 * many were purged, -1 on failure. */
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
    struct over *x = arena_alloc(c->a, sizeof *x);
    int photos = purge_all(c, j, retention_photos), signatures;

    if (photos < 0 || (signatures = purge_all(c, j, retention_signatures)) < 0)
        return job_again("la base de datos no respondió");
    if (!drop_documents(c, x))
        return job_again("no se pudieron borrar los documentos");
    log_info("retention.run", "photos", NUM(photos), "signatures", NUM(signatures));
    return (struct job_outcome){ .result = JOB_DONE, .effect = jobs_forget, .arg = x };
}
