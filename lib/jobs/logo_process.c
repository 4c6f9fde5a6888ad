/* Makes the point's logo of an uploaded picture, small and without metadata (picture_ask.h); runs in a process of its
 * own with limits.  The new one takes the place of the old in the transaction that ends the job. */
#include <unistd.h>

#include "base/random.h"
#include "domain/ground/setting.h"
#include "jobs/jobs.h"
#include "jobs/picture_ask.h"
#include "json/json.h"
#include "storage/storage.h"

#define LOGO_PX 480
#define LOGO_QUALITY 85

struct logo { struct ctx *c; const char *upload, *key, *old; };

/* The upload and the logo of before go once the new one is known: a crash before that leaves the upload for another
 * try. */
static void logo_leftovers_drop(void *arg)
{
    const struct logo *l = arg;

    unlink(l->upload);
    if (!is_blank(l->old) && disk_drop(l->c->conf, l->old) != OK)
        return;                  /* logged; nothing shows it any more */
}

static enum err logo_kept_tx(struct ctx *c, void *arg)
{
    struct logo *l = arg;

    l->old = setting_text(c, S_SITE_LOGO);
    db_after_commit(c->db, logo_leftovers_drop, l);
    return setting_put_tx(c, S_SITE_LOGO, l->key);
}

static enum err logo_refused_tx(struct ctx *c, void *arg)
{
    db_after_commit(c->db, logo_leftovers_drop, arg);
    return OK;
}

static const char *logo_upload(struct ctx *c, const struct job *j)
{
    const struct text *why;
    struct json_object *args = json_parse(j->args, strlen(j->args), &why);
    const char *path = args != NULL ? json_dup_text(c->a, args, "path") : NULL;

    json_object_put(args);
    return path;
}

struct job_outcome logo_process_job(struct ctx *c, const struct job *j)
{
    struct logo *l = arena_alloc(c->a, sizeof *l);
    struct picture made = { .format = "webp", .px = LOGO_PX, .quality = LOGO_QUALITY };
    const char *fault = NULL;
    enum picture_end end;

    *l = (struct logo){ .c = c, .upload = logo_upload(c, j),
                        .key = arena_printf(c->a, "logo/%s.webp", random_text(c->a, ALPHABET_BASE62, 22)) };
    if (l->upload == NULL || access(l->upload, R_OK) != 0)
        return job_dead("la imagen que se subió ya no está");
    made.to = arena_printf(c->a, "%s.%lld.webp", l->upload, (long long)j->attempt);
    end = picture_ask(c, l->upload, &made, 1, &fault);
    if (end == PICTURE_UNDONE)
        return job_again("no se pudo preparar la imagen: faltó memoria o sitio en el disco");
    if (end == PICTURE_DAMAGED)
        return (struct job_outcome){ .result = JOB_DEAD, .error = fault != NULL ? fault : "la imagen está dañada",
                                     .effect = logo_refused_tx, .arg = l };
    if (disk_put(c->conf, l->key, made.to) != OK) {
        unlink(made.to);
        return job_again("no se pudo guardar la imagen");
    }
    return (struct job_outcome){ .result = JOB_DONE, .effect = logo_kept_tx, .arg = l };
}
