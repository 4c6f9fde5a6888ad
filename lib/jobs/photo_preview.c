/* Has a small picture made of a photo that a phone sent into an open form (picture_ask.h), for the counter to see
 * before the form is sent; runs in a process of its own with limits.  The photo itself stays as it came: what the
 * form takes along becomes a photo of a package by photo_process.c. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "jobs/jobs.h"
#include "jobs/picture_ask.h"

#define PREVIEW_PX 320
#define PREVIEW_QUALITY 70
#define PREVIEW_BYTES 262144

static const struct stmt pending = STMT("photo_preview_pending", "i",
    "SELECT spool_path FROM linked_photos WHERE id = $1 AND state = 'pending'");
static const struct stmt ready = STMT("photo_preview_ready", "ib",
    "UPDATE linked_photos SET state = 'ready', preview = $2 WHERE id = $1");
static const struct stmt failed = STMT("photo_preview_failed", "i",
    "UPDATE linked_photos SET state = 'failed' WHERE id = $1");
DB_REGISTER(&pending, &ready, &failed)

struct preview { int64_t id; const void *bytes; size_t n; };

static enum err preview_kept_tx(struct ctx *c, void *arg)
{
    const struct preview *p = arg;

    return p->n == 0 ? db_exec(c->db, NULL, &failed, p->id) : db_exec(c->db, NULL, &ready, p->id, p->bytes, p->n);
}

struct job_outcome photo_preview_job(struct ctx *c, const struct job *j)
{
    struct preview *p = arena_alloc(c->a, sizeof *p);
    struct picture made = { .format = "webp", .px = PREVIEW_PX, .quality = PREVIEW_QUALITY };
    const char *spool, *fault;
    enum picture_end end;
    struct rows q;
    enum err e;

    *p = (struct preview){ .id = job_arg(j->args, "photo_id") };
    e = db_one(c->db, &q, &pending, p->id);
    if (e == E_NOT_FOUND)        /* the form took it along already, or nobody wants it */
        return job_done();
    if (e != OK)
        return job_again("la base de datos no respondió");
    spool = db_dup(&q, 0, c->a);
    if (db_end(&q) != OK)
        return job_again("la base de datos no respondió");
    if (access(spool, F_OK) != 0 && errno == ENOENT)
        return (struct job_outcome){ .result = JOB_DONE, .effect = preview_kept_tx, .arg = p };
    made.to = arena_printf(c->a, "%s.%lld.preview.webp", spool, (long long)j->attempt);
    end = picture_ask(c, spool, &made, 1, &fault);
    if (end == PICTURE_UNDONE)
        return job_again("no se pudo preparar la foto: faltó memoria o sitio en el disco");
    if (end == PICTURE_MADE) {
        p->bytes = file_bytes(c->a, open(made.to, O_RDONLY | O_CLOEXEC), PREVIEW_BYTES, &p->n);
        unlink(made.to);
        if (p->bytes == NULL)
            return job_again("no se pudo leer la foto procesada");
    }
    return (struct job_outcome){ .result = JOB_DONE, .effect = preview_kept_tx, .arg = p };
}
