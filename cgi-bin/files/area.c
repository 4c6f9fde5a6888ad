/* Files: photos and documents of a package for staff, and for whoever holds its link.  The program checks
 * who asks at every request; nginx sends the bytes (X-Accel-Redirect). */
#include "app/route.h"
#include "base/texts.h"
#include "cgi-bin/texts.h"
#include "domain/public/track.h"
#include "documents.h"
#include "photo_links.h"
#include "cgi-bin/shared/photos.h"
#include "storage/s3.h"
#include "storage/storage.h"

#define WEBP "image/webp"        /* jobs/photo_process.c makes this type: a browser runs nothing in it */

/* ---- parameters ---- */

struct file_in { int64_t id; };
static const struct param file_rows[] = {
    PARAM(struct file_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Archivo"),
};
static const struct params file_params = PARAMS(struct file_in, file_rows);

struct shared_in { const char *token, *key; bool thumb; };
static const struct param shared_rows[] = {
    PARAM(struct shared_in, token, P_TEXT, PARAM_PATH, 0, 0, "Parte secreta del enlace"),
    PARAM(struct shared_in, key, P_TEXT, PARAM_PATH, 0, 0, "Clave de la foto"),
    PARAM(struct shared_in, thumb, P_BOOL, 0, 0, 0, "La pequeña"),
};
static const struct params shared_params = PARAMS(struct shared_in, shared_rows);

/* ---- sending ---- */

#define SIGNED_S 60              /* seconds that an address in the archive is good */

/* Sends the browser to the archive, at a signed address. */
static enum err send_away(struct req *r, const char *key)
{
    const char *url = s3_presign(r->c->a, r->c->conf, key, r->c->now, SIGNED_S);

    return url == NULL ? req_fail(r, E_BUSY, T_BUSY) : req_redirect_away(r, url);
}

/* A browser asks again at every view (no-cache), so a photo that was removed or is no longer this person's
 * is not shown.  The bytes stay in its cache, and nginx answers 304. */
static enum err photo_send(struct req *r, const struct package_file *f, const char *key)
{
    struct arena *a = r->c->a;
    const bool picture = f->content_type != NULL && streq(f->content_type, WEBP);

    if (!storage_key_ok(key))
        return req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
    if (f->archived_at != 0)
        return send_away(r, key);
    req_header(r, "X-Accel-Redirect", arena_printf(a, "/_files/%s", key));
    req_header(r, "Cache-Control", "private, no-cache");
    req_header(r, "Content-Security-Policy",
               "default-src 'none'; frame-ancestors 'none'; sandbox");
    req_header(r, "Content-Disposition",
               arena_printf(a, "%s; filename=\"paquete-%lld-%lld%s\"",
                            picture ? "inline" : "attachment", (long long)f->package_id,
                            (long long)f->id, strrchr(key, '.') ? strrchr(key, '.') : ""));
    return req_raw(r, picture ? WEBP : "application/octet-stream");
}

/* Sends staff the photo or its thumbnail, once it is ready. */
static enum err send_to_staff(struct req *r, bool thumb)
{
    const struct file_in *in = r->in;
    struct package_file f;
    enum err e = package_file_by_id(r->c, in->id, &f);

    if (e == E_NOT_FOUND || (e == OK && !streq(f.state, "ready")))
        return req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
    return e != OK ? e : photo_send(r, &f, thumb ? f.thumbnail_key : f.storage_key);
}

static enum err photo_file(struct req *r)
{
    return send_to_staff(r, false);
}

static enum err photo_thumb(struct req *r)
{
    return send_to_staff(r, true);
}

static enum err photo_shared(struct req *r)
{
    const struct shared_in *in = r->in;
    struct package_file f;
    enum err e = track_photo(r->c, in->token, in->key, &f);

    return e != OK ? e : photo_send(r, &f, in->thumb ? f.thumbnail_key : f.storage_key);
}

/* ---- adding and taking out ---- */

struct photos_answer { struct photo_answers photos; };
static const struct field photos_answer_rows[] = {
    FIELD_LIST(struct photos_answer, photos, photo_answer_fields, "Todas las del paquete"),
};
FIELD_TABLE_HERE(struct photos_answer, photos_answer_fields, photos_answer_rows)

static enum err photos_post(struct req *r)
{
    const struct photos_in *in = r->in;
    struct package_files files;
    enum err e = photos_add(r, in);

    if (e == OK)
        e = package_files(r->c, in->id, &files);
    return e != OK ? e : req_one(r, photos_answer_fields, &((struct photos_answer){ photos_answer(r, &files) }));
}

static enum err photo_remove(struct req *r)
{
    const struct file_in *in = r->in;
    int64_t package_id;
    enum err e = package_file_remove(r->c, in->id, &package_id);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_nothing(r);
    req_flash(r, T_PHOTO_REMOVED, NULL);
    return req_redirect(r, "/packages/%lld", (long long)package_id);
}

static const struct route routes[] = {
    { GET, "/files/{id}", ROLE_USUARIO, &file_params, photo_file, RAW, "Foto" },
    { GET, "/files/{id}/thumb", ROLE_USUARIO, &file_params, photo_thumb, RAW, "Foto pequeña" },
    { GET, "/api/v1/files/{id}", ROLE_USUARIO, &file_params, photo_file, JSON, "Foto", "packages:read",
      GIVES_BYTES("image/webp", "La foto") },
    { GET, "/api/v1/files/{id}/thumb", ROLE_USUARIO, &file_params, photo_thumb,
      JSON, "Foto pequeña", "packages:read",
      GIVES_BYTES("image/webp", "La foto pequeña") },
    { POST, "/files/{id}/delete", ROLE_OPERADOR, &file_params, photo_remove, PAGE | WHEN_FULL,
      "Retirar una foto" },
    { GET, "/t/{token}/files/{key}", ROLE_PUBLIC, &shared_params, photo_shared, RAW,
      "Foto, con el enlace del paquete" },
    { POST, "/photo-links", ROLE_OPERADOR, &photo_link_params, photo_link_make, PAGE,
      "Pedir un enlace para enviar fotos desde un celular" },
    { GET, "/photo-links/{form}", ROLE_OPERADOR, &linked_list_params, linked_list, PAGE | POLLED,
      "Fotos que llegaron del celular" },
    { GET, "/photo-links/{form}/photos/{id}", ROLE_OPERADOR, &linked_params, linked_show, RAW,
      "Foto que llegó del celular, pequeña" },
    { POST, "/photo-links/{form}/photos/{id}/delete", ROLE_OPERADOR, &linked_params, linked_delete, PAGE | WHEN_FULL,
      "Quitar una foto que llegó del celular" },
    { GET, "/photos/{token}", ROLE_PUBLIC, &phone_page_params, phone_page, PAGE, "Enviar fotos al punto" },
    { POST, "/photos/{token}", ROLE_PUBLIC, &phone_params, phone_send, PAGE | CSRF_FORM | OPTIONAL_KEY,
      "Enviar fotos al punto", .form = "/photos/{token}", .admits = phone_admits },
    { POST, "/api/v1/packages/{id}/files", ROLE_OPERADOR, &photos_params, photos_post,
      JSON | OPTIONAL_KEY, "Agregar fotos (multipart)", "packages:write", GIVES(201, photos_answer_fields) },
    { DELETE, "/api/v1/files/{id}", ROLE_OPERADOR, &file_params, photo_remove, JSON | OPTIONAL_KEY | WHEN_FULL,
      "Retirar una foto", "packages:write", GIVES_NO_BODY },
    { POST, "/documents", ROLE_OPERADOR, &document_ask_params, document_request, PAGE, "Pedir un PDF" },
    { GET, "/documents/{id}", ROLE_OPERADOR, &document_id_params, document_page, PAGE, "PDF" },
    { POST, "/documents/{id}/mail", ROLE_OPERADOR, &document_mail_params, document_send, PAGE | OPTIONAL_KEY,
      "Enviar un PDF por correo", .form = "/documents/{id}" },
    { GET, "/documents/{id}/file", ROLE_OPERADOR, &document_id_params, document_file, RAW, "El PDF" },
    { POST, "/t/{token}/documents", ROLE_PUBLIC, &document_token_params, document_ask_shared, PAGE | CSRF_FORM,
      "Pedir el comprobante en PDF" },
    { GET, "/t/{token}/documents/{key}", ROLE_PUBLIC, &document_key_params, document_shared, PAGE,
      "Comprobante en PDF" },
    { GET, "/t/{token}/documents/{key}/file", ROLE_PUBLIC, &document_key_params, document_shared_file, RAW,
      "El comprobante en PDF" },
    { POST, "/api/v1/documents", ROLE_OPERADOR, &document_ask_params, document_request, JSON | OPTIONAL_KEY,
      "Pedir un PDF: comprobante, cierre de caja, expediente, cadena de custodia o entrega de transportadora", "packages:read",
      GIVES(202, document_fields) },
    { GET, "/api/v1/documents/{id}", ROLE_OPERADOR, &document_id_params, document_json, JSON,
      "Si ya está", "packages:read", GIVES(200, document_fields) },
    { POST, "/api/v1/documents/{id}/mail", ROLE_OPERADOR, &document_mail_params, document_send,
      JSON | OPTIONAL_KEY,
      "Enviarlo por correo, adjunto", "notifications:write", GIVES(202, document_fields) },
    { GET, "/api/v1/documents/{id}/file", ROLE_OPERADOR, &document_id_params, document_file, JSON,
      "El PDF", "packages:read", GIVES_BYTES("application/pdf", "El PDF") },
};
const struct area area = { "files", routes, COUNT(routes), .about = "Fotos y documentos" };
