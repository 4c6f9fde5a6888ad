#include "photo_links.h"

#include "base/texts.h"
#include "cgi-bin/shared/photos.h"
#include "cgi-bin/texts.h"
#include "code/barcode.h"
#include "domain/parcel/photo_link.h"
#include "domain/parcel/texts.h"

#define WEBP "image/webp"        /* jobs/photo_preview.c makes this type */

/* ---- parameters ---- */

struct photo_link_in { const char *form; };
static const struct param photo_link_rows[] = {
    PARAM_AS(struct photo_link_in, form, "photo_form", P_TEXT, 0, 0, 22, "El formulario, si ya tuvo un enlace"),
};
const struct params photo_link_params = PARAMS(struct photo_link_in, photo_link_rows);

struct linked_list_in { const char *form; };
static const struct param linked_list_rows[] = {
    PARAM(struct linked_list_in, form, P_TEXT, PARAM_PATH, 0, 22, "El formulario"),
};
const struct params linked_list_params = PARAMS(struct linked_list_in, linked_list_rows);

struct linked_in { const char *form; int64_t id; };
static const struct param linked_rows[] = {
    PARAM(struct linked_in, form, P_TEXT, PARAM_PATH, 0, 22, "El formulario"),
    PARAM(struct linked_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "La foto"),
};
const struct params linked_params = PARAMS(struct linked_in, linked_rows);

/* A wrong shape is as unknown as a wrong secret, so it is not checked. */
struct phone_page_in { const char *token; };
static const struct param phone_page_rows[] = {
    PARAM(struct phone_page_in, token, P_TEXT, PARAM_PATH, 0, 0, "Parte secreta del enlace"),
};
const struct params phone_page_params = PARAMS(struct phone_page_in, phone_page_rows);

struct phone_in { const char *token; struct uploads photos; };
static const struct param phone_rows[] = {
    PARAM(struct phone_in, token, P_TEXT, PARAM_PATH, 0, 0, "Parte secreta del enlace"),
    PARAM(struct phone_in, photos, P_FILES, PARAM_REQUIRED, 0, PHOTOS_MAX, "Fotos"),
};
const struct params phone_params = PARAMS(struct phone_in, phone_rows);

/* ---- the counter ---- */

/* The dark bars of a symbol as one path of SVG: a page may draw that, and the secret is in no address of a picture. */
static const char *symbol_path(struct arena *a, const struct barcode *symbol)
{
    struct buf path = { 0 };
    const char *out;

    for (size_t i = 0; i < symbol->n; i++)
        buf_printf(&path, "M%d %dh%dv%dh-%dz", symbol->v[i].x, symbol->v[i].y, symbol->v[i].width, symbol->v[i].height,
                   symbol->v[i].width);
    out = arena_strdup(a, path.data);
    buf_free(&path);
    return out;
}

enum err photo_link_make(struct req *r)
{
    const struct photo_link_in *in = r->in;
    struct arena *a = r->c->a;
    struct photo_link link;
    struct barcode symbol;
    const char *address;
    enum err e = photo_link_new(r->c, in->form, &link);

    if (e != OK)
        return e;
    address = arena_printf(a, "%s/photos/%s", r->c->conf->public_url, link.token);
    if ((e = barcode_bars(a, BARCODE_QR, address, &symbol)) != OK)
        return e;
    view_text(r->page, "link.form", link.form);
    view_text(r->page, "link.address", address);
    view_int(r->page, "link.size", symbol.width);
    view_text(r->page, "link.path", symbol_path(a, &symbol));
    view_instant(r->page, "link.until", link.until);
    view_int(r->page, "link.seconds", PHOTO_LINK_S);
    return req_bare(r, "files/photo_link.cst");
}

enum err linked_list(struct req *r)
{
    const struct linked_list_in *in = r->in;
    struct linked_photos all;
    enum err e = linked_photos(r->c, in->form, &all);

    for (size_t i = 0; e == OK && i < all.n; i++) {
        struct view_node *row = view_row(r->page, "photos");

        view_fields(row, linked_photo_fields, &all.v[i]);
        view_int(row, "number", (int64_t)i + 1);
        view_text(row, "href", arena_printf(r->c->a, "/photo-links/%s/photos/%lld", in->form, (long long)all.v[i].id));
    }
    return e != OK ? e : req_bare(r, "files/linked_photos.cst");
}

enum err linked_show(struct req *r)
{
    const struct linked_in *in = r->in;
    enum err e = linked_photo_preview(r->c, in->form, in->id, &r->body);

    if (e != OK)
        return e;
    req_header(r, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
    return req_raw(r, WEBP);
}

enum err linked_delete(struct req *r)
{
    const struct linked_in *in = r->in;
    enum err e = linked_photo_remove(r->c, in->form, in->id);

    return e != OK ? e : req_redirect(r, "/photo-links/%s", in->form);
}

/* ---- the phone ---- */

/* A link that takes nothing more is told on the page itself, with the words of every other that does not. */
enum err phone_page(struct req *r)
{
    const struct phone_page_in *in = r->in;
    struct photo_link link;
    enum err e = photo_link_open(r->c, in->token, &link);

    if (e != OK && e != E_NOT_FOUND)
        return e;
    if (e == E_NOT_FOUND) {
        r->status = err_status(e);
        req_title(r, "Este enlace ya no sirve");
        return req_page(r, "files/phone.cst");
    }
    view_text(r->page, "token", in->token);
    view_int(r->page, "came", link.photos);
    view_bool(r->page, "full", link.photos >= PHOTOS_MAX);
    view_instant(r->page, "until", link.until);
    req_operation(r);
    return req_page(r, "files/phone.cst");
}

enum err phone_admits(struct req *r)
{
    return photo_link_admit(r->c, pairs_get(&r->http->path_values, "token"));
}

enum err phone_send(struct req *r)
{
    const struct phone_in *in = r->in;
    struct photos photos;
    enum err e = photos_take(r, &in->photos, NULL, &photos);

    if (e == OK)
        e = photos_end(r, photo_link_send(r->c, in->token, photos.v, photos.n));
    return e != OK ? e : req_redirect(r, "/photos/%s", in->token);
}
