/* Has two sizes made of an uploaded photo, upright and without metadata (picture_ask.h); runs in a process of its
 * own with limits.  The upload is removed only when both sizes are kept: until then the job can be tried
 * again. */
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "jobs/jobs.h"
#include "jobs/picture_ask.h"
#include "storage/s3.h"
#include "storage/storage.h"

static const struct stmt pending = STMT("photo_pending", "i",
    "SELECT package_id, spool_path, storage_key, thumbnail_key FROM package_files"
    " WHERE id = $1 AND state IN ('pending', 'failed') AND spool_path IS NOT NULL AND purge_at IS NULL");
static const struct stmt place = STMT("photo_place", "iss",
    "UPDATE package_files SET storage_key = $2, thumbnail_key = $3"
    " WHERE id = $1 AND state IN ('pending', 'failed') AND purge_at IS NULL");
static const struct stmt ready = STMT("photo_ready", "isiii",
    "UPDATE package_files SET state = 'ready', sha256 = $2, content_type = 'image/webp', size = $3,"
    " width = $4, height = $5, spool_path = NULL, error = NULL"
    " WHERE id = $1 AND state IN ('pending', 'failed') AND purge_at IS NULL");
static const struct stmt failed = STMT("photo_failed", "is",
    "UPDATE package_files SET state = 'failed', error = $2"
    " WHERE id = $1 AND state IN ('pending', 'failed') AND purge_at IS NULL");
DB_REGISTER(&pending, &place, &ready, &failed)

enum { LARGE, SMALL, SIZES };
static const struct { const char *name; int px, quality; } sizes[SIZES] = {
    [LARGE] = { "large", 1600, 80 }, [SMALL] = { "small", 320, 75 },
};

struct photo {
    struct ctx *c;
    const struct job *job;
    int64_t id, package_id, size, width, height;
    const char *spool, *error, *sha256;
    struct picture made[SIZES];  /* in temporary files */
    const char *key[SIZES];      /* storage keys that they are kept under */
};

/* Removes the upload, after the commit that says that the photo is ready: a crash before it leaves the upload
 * for another try. */
static void spool_drop(void *arg)
{
    unlink(((struct photo *)arg)->spool);
}

static enum err photo_kept_tx(struct ctx *c, void *arg)
{
    const struct photo *p = arg;
    int64_t changed;
    enum err e = db_exec(c->db, &changed, &ready, p->id, p->sha256, p->size, p->width, p->height);

    db_after_commit(c->db, spool_drop, arg);
    if (e != OK || changed == 0 || !s3_in_use(c->conf))      /* changed 0: the photo was removed meanwhile */
        return e;
    return job_add_tx(c, &(struct job_new){ .kind = "file.archive", .about = p->id, .package_id = p->package_id }, NULL);
}

static enum err photo_refused_tx(struct ctx *c, void *arg)
{
    const struct photo *p = arg;

    return db_exec(c->db, NULL, &failed, p->id, p->error);
}

static enum err place_tx(struct db *db, void *arg)
{
    const struct photo *p = arg;
    int64_t changed;
    enum err e = job_renew_tx(p->c, p->job);

    if (e == OK)
        e = db_exec(db, &changed, &place, p->id, p->key[LARGE], p->key[SMALL]);
    return e == OK && changed == 0 ? E_NOT_FOUND : e;
}

/* Writes the files' keys to the row before the files are kept: if this try dies, the next one overwrites its
 * files, or file.delete finds them.  E_CONFLICT when the job was taken away: then nothing may be written. */
static enum err photo_placed(struct photo *p)
{
    struct ctx *c = p->c;

    for (int i = 0; i < SIZES; i++)
        if (p->key[i] == NULL)
            p->key[i] = storage_key(c->a, c->now, p->package_id, "webp");
    return db_write(c->db, place_tx, p);
}

static struct job_outcome photo_keep(struct photo *p)
{
    struct ctx *c = p->c;
    unsigned char sum[HASH_BYTES];
    struct stat st;
    enum err e;

    if (!sha256_file(p->made[LARGE].to, sum) || stat(p->made[LARGE].to, &st) != 0)
        return job_again("no se pudo leer la foto procesada");
    p->sha256 = hex_text(c->a, sum, sizeof sum);
    p->size = st.st_size;
    e = photo_placed(p);
    if (e == E_NOT_FOUND)        /* the photo was removed meanwhile */
        return job_done();
    if (e != OK)
        return job_again("la base de datos no respondió");
    for (int i = 0; i < SIZES; i++)
        if (disk_put(c->conf, p->key[i], p->made[i].to) != OK)
            return job_again("no se pudo guardar la foto");
    return (struct job_outcome){ .result = JOB_DONE, .effect = photo_kept_tx, .arg = p };
}

static struct job_outcome photo_run(struct photo *p)
{
    struct job_outcome o;
    enum picture_end end;

    if (access(p->spool, R_OK) != 0)
        return job_again("no se pudo leer la foto que se subió");
    for (int i = 0; i < SIZES; i++)              /* names hold the attempt: no two tries write the same file */
        p->made[i] = (struct picture){ .format = "webp", .px = sizes[i].px, .quality = sizes[i].quality,
            .to = arena_printf(p->c->a, "%s.%lld.%s.webp", p->spool, (long long)p->job->attempt, sizes[i].name) };
    end = picture_ask(p->c, p->spool, p->made, SIZES, &p->error);
    if (end == PICTURE_UNDONE)
        return job_again("no se pudo preparar la foto: faltó memoria o sitio en el disco");
    if (end == PICTURE_DAMAGED) {
        p->error = p->error != NULL ? p->error : "la foto está dañada";
        return (struct job_outcome){ .result = JOB_DEAD, .error = p->error, .effect = photo_refused_tx, .arg = p };
    }
    p->width = p->made[LARGE].width;
    p->height = p->made[LARGE].height;
    o = photo_keep(p);
    for (int i = 0; i < SIZES; i++)
        unlink(p->made[i].to);
    return o;
}

struct job_outcome photo_process_job(struct ctx *c, const struct job *j)
{
    struct photo *p = arena_alloc(c->a, sizeof *p);
    struct rows q;
    enum err e;

    p->c = c;
    p->job = j;
    p->id = job_arg(j->args, "file_id");
    e = db_one(c->db, &q, &pending, p->id);
    if (e == E_NOT_FOUND)
        return job_done();
    if (e != OK)
        return job_again("la base de datos no respondió");
    p->package_id = db_int(&q, 0);
    p->spool = db_dup(&q, 1, c->a);
    p->key[LARGE] = db_dup(&q, 2, c->a);
    p->key[SMALL] = db_dup(&q, 3, c->a);
    return db_end(&q) == OK ? photo_run(p) : job_again("la base de datos no respondió");
}
