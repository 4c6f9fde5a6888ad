/* The objects of a photo that was taken out; its row stays, as part of the chain. */
#include "jobs/jobs.h"
#include "storage/storage.h"

static const struct stmt keys = STMT("file_delete_keys", "i",
    "SELECT storage_key, thumbnail_key FROM package_files WHERE id = $1 AND purge_at IS NOT NULL");
static const struct stmt forget = STMT("file_delete_forget", "i",
    "UPDATE package_files SET storage_key = NULL, thumbnail_key = NULL WHERE id = $1");
DB_REGISTER(&keys, &forget)

struct deletion { int64_t id; };

static enum err forget_tx(struct ctx *c, void *arg)
{
    return db_exec(c->db, NULL, &forget, ((struct deletion *)arg)->id);
}

struct job_outcome file_delete_job(struct ctx *c, const struct job *j)
{
    struct deletion *d = arena_alloc(c->a, sizeof *d);
    const struct storage *s = storage_of(c->conf);
    const char *large, *small;
    struct rows q;
    enum err e;

    d->id = job_arg(j, "file_id");
    e = db_one(c->db, &q, &keys, d->id);
    if (e == E_NOT_FOUND)
        return job_done();
    if (e != OK)
        return job_again("la base de datos no respondió");
    large = db_dup(&q, 0, c->a);
    small = db_dup(&q, 1, c->a);
    e = db_end(&q);
    if (e == OK && large != NULL)
        e = s->drop(c->conf, large);
    if (e == OK && small != NULL)
        e = s->drop(c->conf, small);
    if (e != OK)
        return job_again("no se pudo borrar el archivo");
    return (struct job_outcome){ .result = JOB_DONE, .effect = forget_tx, .arg = d };
}
