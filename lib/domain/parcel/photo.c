#include "base/random.h"
#include "json/json.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/parcel/document_void.h"
#include "domain/parcel/event.h"
#include "domain/parcel/package_write.h"
#include "domain/parcel/photo.h"
#include "domain/parcel/photo_link.h"
#include "domain/parcel/texts.h"
#include "queue/settle.h"

/* A photo that was taken out is failed with a purge_at; one whose job failed has none, and is still
 * shown. */
#define KEPT " (state <> 'failed' OR purge_at IS NULL)"
static const struct stmt files_of = STMT("files_of_package", "i",
    "SELECT id, package_id, key, kind, state, storage_key, thumbnail_key, content_type, size, width,"
    " height, created_at, archived_at FROM package_files WHERE package_id = $1 AND" KEPT " ORDER BY id");
static const struct stmt file_by_id = STMT("file_by_id", "i",
    "SELECT id, package_id, key, kind, state, storage_key, thumbnail_key, content_type, size, width,"
    " height, created_at, archived_at FROM package_files WHERE id = $1 AND" KEPT);
static const struct stmt file_by_key = STMT("file_by_key", "s",
    "SELECT id, package_id, key, kind, state, storage_key, thumbnail_key, content_type, size, width,"
    " height, created_at, archived_at FROM package_files WHERE key = $1 AND" KEPT);
static const struct stmt insert_file = STMT("file_insert", "isssiiI",
    "INSERT INTO package_files (package_id, key, kind, spool_path, size, created_at, created_by, state)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending') RETURNING id");
/* The row stays; purge_at hides it from everybody. */
static const struct stmt remove_file = STMT("file_remove", "iis",
    "UPDATE package_files SET state = 'failed', error = $3, purge_at = $2 WHERE id = $1");
static const struct stmt files_since = STMT("files_since", "iii",
    "SELECT id FROM package_files WHERE package_id = $1 AND created_at >= $2"
    " AND ($3 = 1 OR kind IN ('ENTREGA', 'COMPROBANTE')) AND purge_at IS NULL");
static const struct stmt files_to = STMT("files_to", "iii",
    "UPDATE package_files SET package_id = $2 WHERE package_id = $1 AND created_at >= $3"
    " AND kind IN ('ENTREGA', 'COMPROBANTE') AND purge_at IS NULL");
static const struct stmt sound = STMT("files_of_damage", "i",
    "SELECT count(*) FROM package_files WHERE package_id = $1 AND kind IN ('RECEPCION', 'DANO')"
    " AND state <> 'failed' AND purge_at IS NULL");
static const struct stmt lost = STMT("file_lost", "is",
    "UPDATE package_files SET state = 'failed', error = $2 WHERE id = $1 AND state = 'pending'");
DB_REGISTER(&lost, &files_of, &file_by_id, &file_by_key, &insert_file, &remove_file, &files_since, &files_to, &sound)

/* The upload stays, so that the job can be tried again by hand. */
static enum err photo_lost_tx(struct ctx *c, int64_t id, enum job_ending how UNUSED, const char *why)
{
    return db_exec(c->db, NULL, &lost, id, why);
}
JOB_SETTLED({ "photo.process", photo_lost_tx })

static const struct field file_rows[] = {
    FIELD(struct package_file, id, F_INT, "Número del archivo"),
    FIELD(struct package_file, package_id, F_INT, "Paquete"),
    FIELD_SECRET(struct package_file, key, F_TEXT, "Clave pública"),
    FIELD(struct package_file, kind, F_TEXT, "RECEPCION, ENTREGA, DANO, COMPROBANTE o FIRMA"),
    FIELD(struct package_file, state, F_TEXT, "pending, ready o failed"),
    FIELD_SECRET(struct package_file, storage_key, F_TEXT, "Dónde está"),
    FIELD_SECRET(struct package_file, thumbnail_key, F_TEXT, "Dónde está su miniatura"),
    FIELD(struct package_file, content_type, F_TEXT, "Tipo"),
    FIELD(struct package_file, size, F_INT, "Bytes"),
    FIELD(struct package_file, width, F_INT, "Ancho"),
    FIELD(struct package_file, height, F_INT, "Alto"),
    FIELD(struct package_file, created_at, F_INSTANT, "Cuándo"),
    FIELD(struct package_file, archived_at, F_INSTANT, "Cuándo pasó al almacén"),
};
const struct fields package_file_fields = FIELDS(file_rows);

const struct word package_file_kinds[] = {
    { "FIRMA", "Firma" },
    { "RECEPCION", "Foto al recibirlo" }, { "DANO", "Foto del daño" }, { "ENTREGA", "Foto de la entrega" },
    { "COMPROBANTE", "Comprobante del pago" }, WORDS_END
};

/* ---- reading ---- */

enum err package_files(struct ctx *c, int64_t id, struct package_files *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &files_of, id);

    *out = (struct package_files){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, package_file_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

enum err package_file_by_id(struct ctx *c, int64_t id, struct package_file *out)
{
    return package_fault(c, db_get(c->db, package_file_fields, out, c->a, &file_by_id, id));
}

enum err package_file_by_key(struct ctx *c, const char *key, struct package_file *out)
{
    return package_fault(c, db_get(c->db, package_file_fields, out, c->a, &file_by_key, key));
}

/* ---- adding ---- */

enum err photos_add_tx(struct ctx *c, int64_t id, const struct photo_in *photos, size_t n)
{
    struct photo_in photo;
    enum err e = OK;
    int64_t file;

    for (size_t i = 0; i < n && e == OK; i++) {
        photo = photos[i];
        if (photo.linked != 0)
            e = linked_photo_take_tx(c, &photos[i], &photo);
        if (e == OK)
            e = db_insert(c->db, &file, &insert_file, id, random_text(c->a, ALPHABET_BASE62, 22), photo.kind, photo.path,
                          photo.size, c->now, c->user_id);
        if (e == OK)
            e = job_add_tx(c, &(struct job_new){ .kind = "photo.process", .about = file, .package_id = id }, NULL);
    }
    return e;
}

struct photo_adding { struct ctx *c; int64_t id; const struct photo_in *v; size_t n; struct package p; };

static enum err package_add_photos_step(void *arg)
{
    struct photo_adding *f = arg;
    struct package *p = &f->p;
    struct json_object *details;
    enum err e = package_by_id(f->c, f->id, p);

    if (e == OK && !streq(p->state, "RECIBIDO") && !streq(p->state, "ENTREGADO"))
        return ctx_fail(f->c, E_CONFLICT, "photos", T_PHOTO_STATE, NULL);
    if (e == OK)
        e = photos_add_tx(f->c, f->id, f->v, f->n);
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_int(details, "photos", (int64_t)f->n);
    return event_add_tx(f->c, p, (struct event_new){ .kind = "IMAGEN_AGREGADA", .before = p->state,
                                                     .after = p->state, .details = details });
}

enum err package_add_photos(struct ctx *c, int64_t id, const struct photo_in *photos, size_t n)
{
    struct photo_adding f = { .c = c, .id = id, .v = photos, .n = n };

    return package_write(c, "photograph", id, &f.p, package_add_photos_step, &f);
}

/* ---- taking away ---- */

enum err file_take_out_tx(struct ctx *c, int64_t package_id, int64_t id, const char *why)
{
    enum err e = db_exec(c->db, NULL, &remove_file, id, c->now, why);

    if (e == OK)
        e = document_void_tx(c, package_id);
    return e != OK ? e : job_add_tx(c, &(struct job_new){ .kind = "file.delete", .about = id, .package_id = package_id },
                                         NULL);
}

enum err photos_withdraw_tx(struct ctx *c, int64_t id, int64_t since, bool all)
{
    int64_t *ids;
    size_t n;
    struct rows q;
    enum err e = db_query(c->db, &q, &files_since, id, since, (int64_t)all);

    if (e == OK)
        e = db_ids_all(&q, c->a, &ids, &n);
    for (size_t i = 0; e == OK && i < n; i++)
        e = file_take_out_tx(c, id, ids[i], "retirada");
    return e;
}

enum err photos_pass_tx(struct ctx *c, int64_t id, int64_t other, int64_t since)
{
    return db_exec(c->db, NULL, &files_to, id, other, since);
}

/* A damage is proven by its photo: the last sound one of a damaged parcel stays, unless an ADMIN takes
 * it out. */
static bool photo_is_last_proof(struct ctx *c, const struct package *p, const struct package_file *f)
{
    return c->role < ROLE_ADMIN && !streq(f->state, "failed") && p->condition != NULL && !streq(p->condition, "BUENO")
        && !streq(f->kind, "ENTREGA") && !streq(f->kind, "COMPROBANTE") && db_scalar(c->db, 0, &sound, p->id) <= 1;
}

struct photo_removing { struct ctx *c; int64_t id, package_id; };

static enum err package_file_remove_tx(struct db *db UNUSED, void *arg)
{
    struct photo_removing *x = arg;
    struct package_file f;
    struct package p;
    struct json_object *details;
    enum err e = package_file_by_id(x->c, x->id, &f);

    x->package_id = f.package_id;
    if (e == OK && x->c->role < ROLE_ADMIN && x->c->now - f.created_at > x->c->conf->undo_s)
        return ctx_fail(x->c, E_FORBIDDEN, NULL, T_PHOTO_FINAL, NULL);
    if (e == OK)
        e = package_by_id(x->c, f.package_id, &p);
    if (e == OK && photo_is_last_proof(x->c, &p, &f))
        return ctx_fail(x->c, E_CONFLICT, NULL, T_PHOTO_LAST, NULL);
    if (e == OK)
        e = file_take_out_tx(x->c, p.id, x->id, "retirada");
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_int(details, "file_removed", x->id);
    return event_add_tx(x->c, &p, (struct event_new){ .kind = "MODIFICACION", .before = p.state,
                                                      .after = p.state, .details = details });
}

enum err package_file_remove(struct ctx *c, int64_t id, int64_t *package_id)
{
    struct photo_removing x = { .c = c, .id = id };
    const enum err e = operation_once(c, "photo_remove", package_file_remove_tx, &x, &x.package_id);

    if (package_id != NULL)
        *package_id = x.package_id;
    return e;
}
