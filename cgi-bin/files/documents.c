#include "documents.h"

#include "domain/message/account.h"

#include "cgi-bin/texts.h"
#include "domain/paper/texts.h"
#include "storage/storage.h"

#define PDF "application/pdf"
#define LOOK_AGAIN "1"           /* seconds until the page is loaded again */
#define LONG_S 60                /* seconds after which the page says that it takes long */

/* ---- parameters ---- */

static const struct param ask_rows[] = {
    PARAM_ENUM(struct document_in, kind, PARAM_REQUIRED, document_kinds,
               "Qué documento; un cierre pide también cash:read, y los datos de un cliente customers:read y un administrador"),
    PARAM(struct document_in, subject_id, P_ID, PARAM_REQUIRED, 0, 0,
          "Paquete; de un cierre, la caja; de una entrega, su número; de datos, el cliente"),
};
const struct params document_ask_params = PARAMS(struct document_in, ask_rows);

static const struct param id_rows[] = {
    PARAM(struct document_id_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Documento"),
};
const struct params document_id_params = PARAMS(struct document_id_in, id_rows);

static const struct param mail_rows[] = {
    PARAM(struct document_mail_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Documento"),
    PARAM(struct document_mail_in, email, P_TEXT, PARAM_REQUIRED, 0, 254, "Correo de quien lo recibe"),
};
const struct params document_mail_params = PARAMS(struct document_mail_in, mail_rows);

#define TOKEN_ROW PARAM(struct document_key_in, token, P_TEXT, PARAM_PATH, 0, 0, "Parte secreta del enlace")
static const struct param token_rows[] = { TOKEN_ROW };
static const struct param key_rows[] = {
    TOKEN_ROW,
    PARAM(struct document_key_in, key, P_TEXT, PARAM_PATH, 0, 0, "Clave del documento"),
};
const struct params document_token_params = PARAMS(struct document_key_in, token_rows);
const struct params document_key_params = PARAMS(struct document_key_in, key_rows);

/* The scopes that a token needs for a document of this kind, on each of its routes: a closing shows the
 * drawer, and a dossier or a chain of custody lists messages too. */
static enum err may_read(struct req *r, const char *kind)
{
    enum err e = req_scope(r, streq(kind, "cierre") ? "cash:read" : streq(kind, "datos") ? "customers:read" : "packages:read");

    return e == OK && (streq(kind, "custodia") || streq(kind, "expediente")) ? req_scope(r, "notifications:read") : e;
}

/* The document, if it exists and the token may read its kind. */
static enum err document_get(struct req *r, int64_t id, struct document *out)
{
    enum err e = document_by_id(r->c, id, out);

    return e != OK ? e : may_read(r, out->kind);
}

/* ---- waiting for it ---- */

/* The page from which each kind of document is asked for; a kind that is not here, from its package. */
static const struct { const char *kind, *place, *words; } backs[] = {
    { "cierre", "cash", "La caja" },
    { "expediente", "ageing", "El expediente" },
    { "entrega", "receive/batch", "La entrega" },
    { "datos", "customers", "El cliente" },
};

static const char *fill_back(struct req *r, const struct document *d)
{
    const char *place = "packages", *words = "El paquete";

    for (size_t i = 0; i < COUNT(backs); i++)
        if (streq(d->kind, backs[i].kind)) {
            place = backs[i].place;
            words = backs[i].words;
        }
    view_text(r->page, "back_words", words);
    return arena_printf(r->c->a, "/%s/%lld", place, (long long)d->subject_id);
}

/* The page of one document.  While it is being made, the header Refresh loads the page again, so no script
 * is needed. */
static enum err document_show(struct req *r, const struct document *d, const char *href, const char *back)
{
    const bool waits = streq(d->state, "pending");

    if (waits)
        req_header(r, "Refresh", LOOK_AGAIN);
    view_fields(view_child(r->page, "document"), document_fields, d);
    view_bool(r->page, "document.waits", waits);
    view_bool(r->page, "document.ready", streq(d->state, "ready"));
    view_bool(r->page, "document.late", waits && r->c->now - d->asked_at > LONG_S);
    view_text(r->page, "document.words", words_of(document_kinds, d->kind));
    view_int(r->page, "document.kb", (d->size + 1023) / 1024);
    view_text(r->page, "href", href);
    view_text(r->page, "back", back);
    req_title(r, words_of(document_kinds, d->kind));
    return req_page(r, "documents/document.cst");
}

enum err document_request(struct req *r)
{
    const struct document_in *in = r->in;
    struct document d;
    enum err e = may_read(r, in->kind);

    if (e == OK)
        e = document_ask(r->c, in, &d);
    if (e != OK)
        return e;
    if (!req_is_api(r))
        return req_redirect(r, "/documents/%lld", (long long)d.id);
    req_header(r, "Location", arena_printf(r->c->a, "/api/v1/documents/%lld", (long long)d.id));
    return req_one(r, document_fields, &d);
}

enum err document_page(struct req *r)
{
    const struct document_id_in *in = r->in;
    struct document d;
    enum err e = document_by_id(r->c, in->id, &d);

    if (e != OK)
        return e;
    req_operation(r);
    view_bool(r->page, "may_mail", streq(d.state, "ready") && channel_is_on(r->c, "email"));
    return document_show(r, &d, arena_printf(r->c->a, "/documents/%lld/file", (long long)d.id), fill_back(r, &d));
}

enum err document_send(struct req *r)
{
    const struct document_mail_in *in = r->in;
    struct document d;
    enum err e = document_get(r, in->id, &d);

    if (e == OK)
        e = document_mail(r->c, in, &d);
    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, document_fields, &d);
    req_flash(r, T_DOCUMENT_MAILED, in->email);
    return req_redirect(r, "/documents/%lld", (long long)d.id);
}

enum err document_ask_shared(struct req *r)
{
    const struct document_key_in *in = r->in;
    struct document d;
    enum err e = document_ask_receipt(r->c, in->token, &d);

    return e != OK ? e : req_redirect(r, "/t/%s/documents/%s", in->token, d.key);
}

enum err document_shared(struct req *r)
{
    const struct document_key_in *in = r->in;
    struct document d;
    enum err e = document_of_token(r->c, in->token, in->key, &d);

    if (e != OK)
        return e;
    view_text(r->page, "back_words", "Su paquete");
    return document_show(r, &d, arena_printf(r->c->a, "/t/%s/documents/%s/file", in->token, d.key),
                         arena_printf(r->c->a, "/t/%s", in->token));
}

/* ---- getting it ---- */

/* Sends the PDF to be kept as a file: browsers show none in a sandbox.  No cache keeps it (no-store). */
static enum err pdf_send(struct req *r, const struct document *d)
{
    struct arena *a = r->c->a;

    if (!streq(d->state, "ready") || !storage_key_ok(d->storage_key))
        return req_fail(r, E_NOT_FOUND, T_DOCUMENT_NONE);
    req_header(r, "X-Accel-Redirect", arena_printf(a, "/_files/%s", d->storage_key));
    req_header(r, "Cache-Control", "private, no-store");
    req_header(r, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
    req_header(r, "Content-Disposition", arena_printf(a, "attachment; filename=\"%s-%lld.pdf\"", d->kind, (long long)d->subject_id));
    return req_raw(r, PDF);
}

enum err document_file(struct req *r)
{
    const struct document_id_in *in = r->in;
    struct document d;
    enum err e = document_get(r, in->id, &d);

    return e != OK ? e : pdf_send(r, &d);
}

enum err document_shared_file(struct req *r)
{
    const struct document_key_in *in = r->in;
    struct document d;
    enum err e = document_of_token(r->c, in->token, in->key, &d);

    return e != OK ? e : pdf_send(r, &d);
}

/* ---- API ---- */

enum err document_json(struct req *r)
{
    const struct document_id_in *in = r->in;
    struct document d;
    enum err e = document_get(r, in->id, &d);

    return e != OK ? e : req_one(r, document_fields, &d);
}
