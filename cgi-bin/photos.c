#include "photos.h"

#include "http/multipart.h"
#include "storage/photo.h"

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

/* After E_INTERNAL nobody knows whether a row owns them: jobs/temp_clean.c finds out. */
enum err photos_end(struct req *r, enum err e)
{
    bool kept = (e == OK && !r->c->replayed) || e == E_INTERNAL;

    for (struct upload *u = r->http->uploads; kept && u != NULL; u = u->next)
        u->path = NULL;
    return e;
}
