/* A photo: checked, turned upright, its metadata gone, in two sizes.  Runs in a
 * process of its own with limits; the original is not kept. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "crypto/crypto.h"
#include "jobs/jobs.h"
#include "jobs/picture.h"
#include "storage/s3.h"
#include "storage/storage.h"

#define LARGE_PX 1600
#define SMALL_PX 320

static const struct stmt pending = STMT("photo_pending", "i",
    "SELECT package_id, spool_path FROM package_files WHERE id = $1 AND state IN ('pending', 'failed')"
    " AND spool_path IS NOT NULL AND purge_at IS NULL");
static const struct stmt ready = STMT("photo_ready", "isssiii",
    "UPDATE package_files SET state = 'ready', storage_key = $2, thumbnail_key = $3, sha256 = $4,"
    " content_type = 'image/webp', size = $5, width = $6, height = $7, spool_path = NULL, error = NULL"
    " WHERE id = $1 AND state IN ('pending', 'failed') AND purge_at IS NULL");
static const struct stmt failed = STMT("photo_failed", "is",
    "UPDATE package_files SET state = 'failed', error = $2, spool_path = NULL"
    " WHERE id = $1 AND state IN ('pending', 'failed') AND purge_at IS NULL");
DB_REGISTER(&pending, &ready, &failed)

struct photo {
    const struct conf *conf;
    int64_t id, package_id, size, width, height;
    const char *spool, *error, *large_key, *small_key, *sha256;
};

/* Only once the row says so: a crash before leaves all for another try. */
static void spool_drop(void *arg)
{
    unlink(((struct photo *)arg)->spool);
}

/* Taken out while it was processed: nobody else knows where its two sizes are. */
static void objects_drop(void *arg)
{
    const struct photo *p = arg;

    if (disk_drop(p->conf, p->large_key) != OK || disk_drop(p->conf, p->small_key) != OK)
        log_warn("photo.orphan", "file", NUM(p->id));
}

static enum err photo_end(struct ctx *c, void *arg)
{
    const struct photo *p = arg;
    int64_t changed;
    enum err e;

    db_after_commit(c->db, spool_drop, arg);
    if (p->error != NULL)
        return db_exec(c->db, NULL, &failed, p->id, p->error);
    e = db_exec(c->db, &changed, &ready, p->id, p->large_key, p->small_key, p->sha256, p->size,
                p->width, p->height);
    if (e == OK && changed == 0)
        db_after_commit(c->db, objects_drop, arg);
    if (e == OK && changed != 0 && s3_in_use(c->conf))
        e = job_add_tx(c, &(struct job_new){ .kind = "file.archive", .about = p->id,
                                             .package_id = p->package_id }, NULL);
    return e;
}

static struct job_outcome ended(struct photo *p)
{
    return (struct job_outcome){ .result = p->error ? JOB_DEAD : JOB_DONE, .error = p->error,
                                 .effect = photo_end, .arg = p };
}

static struct job_outcome keep(struct ctx *c, struct photo *p, const char *large, const char *small)
{
    unsigned char sum[HASH_BYTES];
    struct stat st;

    if (!sha256_file(large, sum) || stat(large, &st) != 0)
        return job_again("no se pudo leer la foto procesada");
    p->sha256 = hex_text(c->a, sum, sizeof sum);
    p->size = st.st_size;
    p->large_key = storage_key(c->a, c->now, p->package_id, "webp");
    p->small_key = storage_key(c->a, c->now, p->package_id, "webp");
    if (disk_put(c->conf, p->large_key, large) != OK || disk_put(c->conf, p->small_key, small) != OK)
        return job_again("no se pudo guardar la foto");
    return ended(p);
}

struct job_outcome photo_process_job(struct ctx *c, const struct job *j)
{
    struct photo *p = arena_alloc(c->a, sizeof *p);
    const char *large, *small;
    int64_t w, h;
    struct rows q;
    enum err e;

    p->conf = c->conf;
    p->id = job_arg(j, "file_id");
    e = db_one(c->db, &q, &pending, p->id);
    if (e == E_NOT_FOUND)
        return job_done();
    if (e != OK)
        return job_again("la base de datos no respondió");
    p->package_id = db_int(&q, 0);
    p->spool = db_dup(&q, 1, c->a);
    if (db_end(&q) != OK || p->spool == NULL)
        return job_again("la base de datos no respondió");
    large = arena_printf(c->a, "%s.large.webp", p->spool);
    small = arena_printf(c->a, "%s.small.webp", p->spool);
    p->error = picture_fault(p->spool);
    if (p->error == NULL && (!picture_webp(p->spool, large, LARGE_PX, 80, &p->width, &p->height)
                             || !picture_webp(p->spool, small, SMALL_PX, 75, &w, &h)))
        p->error = "la foto está dañada";
    if (p->error != NULL) {
        unlink(large);
        unlink(small);
        return ended(p);
    }
    return keep(c, p, large, small);
}
