/* Cancel, move, note, expire: the small transitions. */
#include "base/clock.h"
#include "domain/parcel/texts.h"
#include "json/json.h"
#include "base/utf8.h"
#include "domain/paper/document.h"
#include "domain/message/notification.h"
#include "domain/ground/tx.h"
#include "queue/job.h"

#define EXPIRE_DAYS 30
#define EXPIRED "anuncio_expirado"

static const struct stmt cancel = STMT("package_cancel", "issIi",
    "UPDATE packages SET state = 'CANCELADO', cancelled_at = $5, cancelled_by = $4, cancel_reason = $2,"
    " cancel_text = $3, position_id = NULL WHERE id = $1 AND state IN ('ANUNCIADO', 'RECIBIDO')");
static const struct stmt move = STMT("package_move", "ii",
    "UPDATE packages SET position_id = $2 WHERE id = $1 AND state = 'RECIBIDO'");
static const struct stmt expired = STMT("packages_expired", "ii",
    "SELECT id FROM packages WHERE state = 'ANUNCIADO' AND announced_at < $1 ORDER BY announced_at LIMIT $2");
/* Its row stays; with purge_at it is gone for everybody (package_read.c). */
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
DB_REGISTER(&cancel, &move, &expired, &remove_file, &files_since, &files_to, &sound)

struct change {
    struct ctx *c;
    int64_t id;
    const char *a, *b;
    struct package *out;
};

static enum err cancel_one_tx(struct ctx *c, int64_t id, const char *reason, const char *text, int delay,
                              struct package *p)
{
    struct json_object *details;
    int64_t changed;
    enum err e = package_fetch(c, id, p);

    if (e == OK)
        e = db_exec(c->db, &changed, &cancel, id, reason, text, c->user_id, c->now);
    if (e != OK)
        return e;
    if (changed != 1)
        return streq(p->state, "ENTREGADO")
            ? ctx_fail(c, E_CONFLICT, NULL, T_ALREADY_DELIVERED, p->guide_number, NULL)
            : ctx_fail(c, E_CONFLICT, NULL, T_ALREADY_CANCELLED, p->guide_number, NULL);
    e = position_release_tx(c, p->position_id);
    if (e == OK)
        e = incident_settle_tx(c, id, NULL, "cancelado");
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_text(details, "reason", reason);
    if (!is_blank(text))
        json_add_text(details, "text", text);
    if (p->position_code != NULL)
        json_add_text(details, "position", p->position_code);
    e = event_add_tx(c, p, (struct event_new){ .kind = "CANCELACION", .before = p->state,
                                               .after = "CANCELADO", .details = details });
    if (e == OK)
        e = package_fetch(c, id, p);
    if (e == OK)
        e = batch_follow_tx(c, id);
    return e != OK ? e : notify_package_tx(c, "package_cancelled", p, p->last_event_id, delay);
}

enum err package_cancel_tx(struct ctx *c, int64_t id, const char *reason, const char *text, struct package *out)
{
    return cancel_one_tx(c, id, reason, text, (int)c->conf->undo_s, out);
}

static enum err cancel_tx(void *arg)
{
    struct change *x = arg;

    return package_cancel_tx(x->c, x->id, x->a, x->b, x->out);
}

static bool is_choice(const char *reason)
{
    for (const char *const *one = cancel_choices; *one != NULL && !is_blank(reason); one++)
        if (streq(*one, reason))
            return true;
    return false;
}

enum err package_cancel(struct ctx *c, const struct cancel_in *in, struct package *out)
{
    struct change x = { c, in->id, in->reason, is_blank(in->text) ? NULL : in->text, out };

    if (!is_choice(in->reason))
        return ctx_fail(c, E_INVALID, "reason", !is_blank(in->reason) && cancel_reason_words(in->reason) != NULL
                        ? T_CANCEL_NOT_YOURS : T_REQUIRED, NULL);
    if (streq(in->reason, "otro") && is_blank(in->text))
        return ctx_fail(c, E_INVALID, "text", T_CANCEL_TEXT, NULL);
    return package_write(c, "cancel", x.id, out, cancel_tx, &x);
}

enum err package_place_tx(struct ctx *c, struct package *p, const char *position, const char *kind,
                          struct json_object *details)
{
    const char *code = is_blank(position) ? NULL : utf8_upper_ascii(c->a, position);
    const char *from = p->position_code;
    int64_t taken = p->position_id, changed;
    enum err e = OK;

    if (code == NULL || from == NULL || !streq(code, from))
        e = position_take_tx(c, code, p->type, &taken, &code);
    if (e == OK && taken == p->position_id)
        e = ctx_fail(c, E_CONFLICT, "position", T_ALREADY_THERE, p->guide_number, code, NULL);
    if (e == OK)
        e = db_exec(c->db, &changed, &move, p->id, taken);
    if (e == OK)
        e = position_release_tx(c, p->position_id);
    if (e == OK)                 /* who moved it has it in their hands */
        e = incident_settle_tx(c, p->id, "no_encontrado", "encontrado");
    if (e != OK) {
        json_object_put(details);
        return e;
    }
    if (from != NULL)
        json_add_text(details, "from", from);
    json_add_text(details, "position", code);
    e = event_add_tx(c, p, (struct event_new){ .kind = kind, .before = "RECIBIDO", .after = "RECIBIDO",
                                               .details = details });
    return e != OK ? e : package_fetch(c, p->id, p);
}

static enum err move_tx(void *arg)
{
    struct change *x = arg;
    struct ctx *c = x->c;
    enum err e = package_fetch(c, x->id, x->out);

    if (e == OK && !streq(x->out->state, "RECIBIDO"))
        return ctx_fail(c, E_CONFLICT, NULL, T_NOT_ON_SHELF, x->out->guide_number, x->out->state, NULL);
    return e != OK ? e : package_place_tx(c, x->out, x->a, "REUBICACION", json_object_new_object());
}

enum err package_move(struct ctx *c, const struct move_in *in, struct package *out)
{
    struct change x = { c, in->id, in->position, NULL, out };

    return package_write(c, "move", x.id, out, move_tx, &x);
}

static enum err note_tx(void *arg)
{
    struct change *x = arg;
    struct json_object *details;
    enum err e = package_fetch(x->c, x->id, x->out);

    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_text(details, "text", x->a);
    return event_add_tx(x->c, x->out, (struct event_new){ .kind = "NOTA_AGREGADA",
        .before = x->out->state, .after = x->out->state, .details = details });
}

enum err package_note(struct ctx *c, const struct note_in *in)
{
    struct package p;
    struct change x = { c, in->id, in->text, NULL, &p };

    if (is_blank(in->text))
        return ctx_fail(c, E_INVALID, "text", T_NOTE_EMPTY, NULL);
    return package_write(c, "note", x.id, &p, note_tx, &x);
}

struct expiry { struct ctx *c; int limit, *count; };

static enum err expire_tx(struct db *db, void *arg)
{
    struct expiry *x = arg;
    struct ctx *c = x->c;
    int64_t *ids = arena_alloc(c->a, (size_t)x->limit * sizeof *ids);
    struct rows q;
    size_t n;
    struct package p;
    enum err e = db_query(db, &q, &expired, c->now - EXPIRE_DAYS * DAY_SECONDS, (int64_t)x->limit);

    if (e == OK)
        e = db_ids(&q, ids, (size_t)x->limit, &n);
    for (*x->count = 0; e == OK && *x->count < (int)n; ++*x->count)
        e = cancel_one_tx(c, ids[*x->count], EXPIRED, NULL, 0, &p);
    return e;
}

enum err package_expire(struct ctx *c, int limit, int *count)
{
    struct expiry x = { c, limit, count };

    return domain_write(c, expire_tx, &x);
}

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

/* What came damaged is proven by its photo: the last one stays, unless it must not be there at all. */
static bool is_last_proof(struct ctx *c, const struct package *p, const struct package_file *f)
{
    return c->role < ROLE_ADMIN && !streq(f->state, "failed") && p->condition != NULL && !streq(p->condition, "BUENO")
        && !streq(f->kind, "ENTREGA") && !streq(f->kind, "COMPROBANTE") && db_scalar(c->db, 0, &sound, p->id) <= 1;
}

static enum err remove_file_tx(struct db *db UNUSED, void *arg)
{
    struct change *x = arg;
    struct package_file f;
    struct package p;
    struct json_object *details;
    enum err e = package_file_by_id(x->c, x->id, &f);

    if (e == OK && x->c->role < ROLE_ADMIN && x->c->now - f.created_at > x->c->conf->undo_s)
        return ctx_fail(x->c, E_FORBIDDEN, NULL, T_PHOTO_FINAL, NULL);
    if (e == OK)
        e = package_fetch(x->c, f.package_id, &p);
    if (e == OK && is_last_proof(x->c, &p, &f))
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

enum err package_file_remove(struct ctx *c, int64_t id)
{
    struct change x = { .c = c, .id = id };

    return domain_write(c, remove_file_tx, &x);
}
