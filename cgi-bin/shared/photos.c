#include "photos.h"

#include "base/log.h"
#include "base/texts.h"
#include "domain/parcel/photo_link.h"
#include "domain/parcel/texts.h"
#include "http/multipart.h"
#include "storage/photo.h"
#include "storage/s3.h"

enum err photos_take(struct req *r, const struct uploads *u, const char *kind,
                     struct photos *out)
{
    enum err e = OK;

    *out = (struct photos){ .v = arena_alloc(r->c->a, (u->n + 1) * sizeof *out->v), .n = u->n };
    for (size_t i = 0; i < u->n && (e == OK || e == E_INVALID); i++) {
        enum err one = photo_check(r->c, u->v[i].path, u->v[i].name);

        out->v[i] = (struct photo_in){ .path = u->v[i].path, .name = u->v[i].name, .kind = kind,
                                       .size = u->v[i].size };
        e = one != OK ? one : e;
    }
    return e;
}

/* After E_INTERNAL it is not known whether a row owns the files, so they stay: jobs/temp_clean.c removes
 * those without one. */
enum err photos_end(struct req *r, enum err e)
{
    bool kept = (e == OK && !r->c->replayed) || e == E_INTERNAL;

    for (struct upload *u = r->http->uploads; kept && u != NULL; u = u->next)
        u->path = NULL;
    return e;
}

enum err photos_gather(struct req *r, const struct uploads *u, const struct photos_linked *l, const char *kind,
                       struct photos *out)
{
    enum err e = photos_take(r, u, kind, out);
    struct photo_in *v;

    if (e != OK || is_blank(l->form) || l->ids.n == 0)
        return e;
    if (out->n + l->ids.n > PHOTOS_MAX)
        return ctx_fail(r->c, E_INVALID, "photos", T_PHOTOS_MANY, NULL);
    v = arena_alloc(r->c->a, (out->n + l->ids.n) * sizeof *v);
    if (out->n > 0)
        memcpy(v, out->v, out->n * sizeof *v);
    for (size_t i = 0; i < l->ids.n; i++)
        v[out->n + i] = (struct photo_in){ .kind = kind, .linked = l->ids.v[i], .form = l->form };
    *out = (struct photos){ v, out->n + l->ids.n };
    return OK;
}

enum err photos_sent(struct req *r, const struct photos_linked *l, enum err e)
{
    e = photos_end(r, e);
    if (e != OK || is_blank(l->form) || photo_link_end(r->c, l->form) == OK)
        return e;
    log_warn("photo_link.open", "request_id", r->c->request_id);     /* it ends by its time */
    r->c->fault = (struct fault){ 0 };
    return OK;
}

static const struct param rows[] = {
    PARAM(struct photos_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Paquete"),
    PARAM(struct photos_in, photos, P_FILES, PARAM_NEEDED, 0, PHOTOS_MAX, "Fotos"),
    PHOTOS_LINKED_PARAMS(struct photos_in, linked),
    PARAM_ENUM(struct photos_in, kind, 0, PACKAGE_PHOTO_KINDS, "RECEPCION si no se dice"),
};
const struct params photos_params = PARAMS(struct photos_in, rows);

enum err photos_add(struct req *r, const struct photos_in *in)
{
    struct photos photos;
    enum err e = photos_gather(r, &in->photos, &in->linked, in->kind ? in->kind : PACKAGE_PHOTO_KINDS[0].value, &photos);

    if (e == OK && photos.n == 0)
        return ctx_fail(r->c, E_INVALID, "photos", T_REQUIRED, NULL);
    return e != OK ? e : photos_sent(r, &in->linked, package_add_photos(r->c, in->id, photos.v, photos.n));
}

void photos_shown(struct req *r)
{
    if (s3_in_use(r->c->conf))
        req_images_from(r, s3_origin(r->c->a, r->c->conf));
}

static const struct field answer_rows[] = {
    FIELD_PART(struct photo_answer, file, package_file_fields),
    FIELD(struct photo_answer, url, F_TEXT, "Dónde está la foto, cuando está lista"),
    FIELD(struct photo_answer, thumbnail_url, F_TEXT, "Dónde está la pequeña"),
};
const struct fields photo_answer_fields = FIELDS(answer_rows);

struct photo_answers photos_answer(struct req *r, const struct package_files *files)
{
    struct photo_answers out = { .v = arena_alloc(r->c->a, (files->n + 1) * sizeof *out.v), .n = files->n };

    for (size_t i = 0; i < files->n; i++) {
        const char *url = streq(files->v[i].state, "ready")
            ? arena_printf(r->c->a, "%s/api/v1/files/%lld", r->c->conf->public_url, (long long)files->v[i].id)
            : NULL;

        out.v[i] = (struct photo_answer){ &files->v[i], url, url ? arena_printf(r->c->a, "%s/thumb", url) : NULL };
    }
    return out;
}
