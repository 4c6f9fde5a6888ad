/* Deletes the files of a photo that was removed, on the disk and in the archive; its row stays, since the hash
 * chain needs it. */
#include "base/clock.h"
#include "jobs/archive.h"
#include "jobs/jobs.h"
#include "storage/s3.h"
#include "storage/storage.h"

#define LOOK_AGAIN_S 5

static const struct stmt keys = STMT("file_delete_keys", "i",
    "SELECT storage_key, thumbnail_key, archived_at FROM package_files WHERE id = $1 AND purge_at IS NOT NULL");
static const struct stmt forget = STMT("file_delete_forget", "i",
    "UPDATE package_files SET storage_key = NULL, thumbnail_key = NULL WHERE id = $1");
static const struct stmt on_its_way = STMT("file_on_its_way", "i",
    "SELECT count(*) FROM jobs WHERE state = 'running' AND kind IN ('photo.process', 'file.archive')"
    " AND json_extract(args, '$.file_id') = $1");
DB_REGISTER(&keys, &forget, &on_its_way)

struct deletion { int64_t id; };

static enum err forget_tx(struct ctx *c, void *arg)
{
    return db_exec(c->db, NULL, &forget, ((struct deletion *)arg)->id);
}

/* Drops an object from the disk and the archive, whatever the row says: a file may be left on the disk after
 * its move to the archive, and a move that was cut short may have put only one of two objects there. */
static bool object_drop(struct ctx *c, const char *key, bool archive, struct job_outcome *o)
{
    struct send_result r;

    if (disk_drop(c->conf, key) != OK) {
        *o = job_again("no se pudo borrar el archivo");
        return false;
    }
    if (!archive)
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
    bool archive;
    struct rows q;
    enum err e;

    d->id = job_arg(j->args, "file_id");
    if (db_scalar(c->db, 1, &on_its_way, d->id) != 0)        /* the running job could put a file later */
        return (struct job_outcome){ .result = JOB_SNOOZE, .run_in = LOOK_AGAIN_S };
    e = db_one(c->db, &q, &keys, d->id);
    if (e == E_NOT_FOUND)
        return job_done();
    if (e != OK)
        return job_again("la base de datos no respondió");
    for (size_t i = 0; i < COUNT(objects); i++)
        objects[i] = db_dup(&q, (int)i, c->a);
    archive = s3_in_use(c->conf) || !db_null(&q, 2);
    if (db_end(&q) != OK)
        return job_again("la base de datos no respondió");
    for (size_t i = 0; i < COUNT(objects); i++)
        if (objects[i] != NULL && !object_drop(c, objects[i], archive, &failure))
            return failure;
    return (struct job_outcome){ .result = JOB_DONE, .effect = forget_tx, .arg = d,
                                 .provider_answered = archive && objects[0] != NULL };
}
