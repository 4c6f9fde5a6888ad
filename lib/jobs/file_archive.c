/* Moves a photo that is ready from the disk to the archive.  It is served from the disk until its row says
 * that it is in the archive; only then are the files on the disk removed. */
#include "base/log.h"
#include "jobs/archive.h"
#include "jobs/jobs.h"
#include "storage/s3.h"
#include "storage/storage.h"

static const struct stmt waiting = STMT("file_archive_keys", "i",
    "SELECT storage_key, thumbnail_key FROM package_files WHERE id = $1 AND state = 'ready'"
    " AND archived_at IS NULL AND purge_at IS NULL AND storage_key IS NOT NULL");
static const struct stmt archived = STMT("file_archived", "ii",
    "UPDATE package_files SET archived_at = $2 WHERE id = $1 AND archived_at IS NULL AND purge_at IS NULL");
DB_REGISTER(&waiting, &archived)

struct move {
    struct ctx *c;
    int64_t id;
    const char *keys[2];
};

static void disk_forget(void *arg)
{
    const struct move *m = arg;

    for (size_t i = 0; i < COUNT(m->keys); i++)
        if (disk_drop(m->c->conf, m->keys[i]) != OK)
            log_warn("archive.disk", "file", NUM(m->id));
}

static enum err move_end(struct ctx *c, void *arg)
{
    struct move *m = arg;
    int64_t changed;
    enum err e = db_exec(c->db, &changed, &archived, m->id, c->now);

    m->c = c;
    if (e == OK && changed != 0)         /* 0: the photo was removed; file.delete will drop its files */
        db_after_commit(c->db, disk_forget, m);
    return e;
}

struct job_outcome file_archive_job(struct ctx *c, const struct job *j)
{
    struct move *m = arena_alloc(c->a, sizeof *m);
    struct rows q;
    enum err e;

    m->id = job_arg(j->args, "file_id");
    if (!s3_in_use(c->conf))
        return job_done();
    e = db_one(c->db, &q, &waiting, m->id);
    if (e == E_NOT_FOUND)
        return job_done();
    if (e != OK)
        return job_again("la base de datos no respondió");
    for (size_t i = 0; i < COUNT(m->keys); i++)
        m->keys[i] = db_dup(&q, (int)i, c->a);
    if (db_end(&q) != OK)
        return job_again("la base de datos no respondió");
    for (size_t i = 0; i < COUNT(m->keys); i++) {
        struct send_result r = archive_put(c, m->keys[i], arena_printf(c->a, "%s/%s", c->conf->files_dir, m->keys[i]));

        if (r.sent != SENT_YES)
            return archive_later(r);
    }
    return (struct job_outcome){ .result = JOB_DONE, .effect = move_end, .arg = m, .provider_answered = true };
}
