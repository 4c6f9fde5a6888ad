/* The objects of a photo that was taken out, where they are; its row stays, as part of
 * the chain. */
#include "jobs/archive.h"
#include "jobs/jobs.h"
#include "storage/storage.h"

static const struct stmt keys = STMT("file_delete_keys", "i",
    "SELECT storage_key, thumbnail_key, archived_at FROM package_files WHERE id = $1 AND purge_at IS NOT NULL");
static const struct stmt forget = STMT("file_delete_forget", "i",
    "UPDATE package_files SET storage_key = NULL, thumbnail_key = NULL WHERE id = $1");
DB_REGISTER(&keys, &forget)

struct deletion { int64_t id; };

static enum err forget_tx(struct ctx *c, void *arg)
{
    return db_exec(c->db, NULL, &forget, ((struct deletion *)arg)->id);
}

/* Also from the disk what the archive has: it may have been left there. */
static bool drop(struct ctx *c, const char *key, bool archived, struct job_outcome *o)
{
    struct send_result r;

    if (disk_drop(c->conf, key) != OK) {
        *o = job_again("no se pudo borrar el archivo");
        return false;
    }
    if (!archived)
        return true;
    r = archive_drop(c, key);
    *o = archive_later(r);
    return r.sent == SENT_YES;
}

struct job_outcome file_delete_job(struct ctx *c, const struct job *j)
{
    struct deletion *d = arena_alloc(c->a, sizeof *d);
    struct job_outcome failure;
    const char *objects[2];
    bool archived;
    struct rows q;
    enum err e;

    d->id = job_arg(j, "file_id");
    e = db_one(c->db, &q, &keys, d->id);
    if (e == E_NOT_FOUND)
        return job_done();
    if (e != OK)
        return job_again("la base de datos no respondió");
    for (size_t i = 0; i < COUNT(objects); i++)
        objects[i] = db_dup(&q, (int)i, c->a);
    archived = db_int(&q, 2) != 0;
    if (db_end(&q) != OK)
        return job_again("la base de datos no respondió");
    for (size_t i = 0; i < COUNT(objects); i++)
        if (objects[i] != NULL && !drop(c, objects[i], archived, &failure))
            return failure;
    return (struct job_outcome){ .result = JOB_DONE, .effect = forget_tx, .arg = d, .provider_answered = archived };
}
