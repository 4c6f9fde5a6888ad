#include "base/clock.h"
#include "base/texts.h"
#include "domain/ground/tx.h"
#include "domain/parcel/batch.h"
#include "domain/parcel/claim_end.h"
#include "domain/parcel/event.h"
#include "domain/parcel/incident.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_fee.h"
#include "domain/parcel/package_notify.h"
#include "domain/parcel/package_write.h"
#include "domain/parcel/texts.h"
#include "domain/shelf/position.h"
#include "json/json.h"
#include "local/money.h"
#include "base/utf8.h"
#include "domain/parcel/batch.h"
#include "queue/job.h"

#define EXPIRED "anuncio_expirado"

static const struct stmt cancel = STMT("package_cancel", "issIi",
    "UPDATE packages SET state = 'CANCELADO', cancelled_at = $5, cancelled_by = $4, cancel_reason = $2,"
    " cancel_text = $3, position_id = NULL WHERE id = $1 AND state IN ('ANUNCIADO', 'RECIBIDO')");
static const struct stmt move = STMT("package_move", "ii",
    "UPDATE packages SET position_id = $2 WHERE id = $1 AND state = 'RECIBIDO'");
static const struct stmt expired = STMT("packages_expired", "ii",
    "SELECT id FROM packages WHERE state = 'ANUNCIADO' AND announced_at < $1 ORDER BY announced_at LIMIT $2");
DB_REGISTER(&cancel, &move, &expired)

const struct word cancel_reasons[] = {
    { "cliente_solicita", "el cliente lo pidió" },
    { "cliente_no_reclama", "el cliente no lo reclamó" },
    { "paquete_danado", "llegó o quedó dañado" },
    { "paquete_perdido", "se perdió" },
    { "anuncio_expirado", "no llegó en 30 días" },
    { "error_operador", "se registró por error" },
    { "rechazado_en_recepcion", "se rechazó al recibirlo" },
    { "devuelto_transportadora", "se devolvió a la transportadora" },
    { "otro", "otro motivo" },
    WORDS_END
};

bool cancel_is_choice(const char *reason)
{
    return words_of(cancel_reasons, reason) != NULL && !streq(reason, "cliente_no_reclama")
        && !streq(reason, "anuncio_expirado");
}

/* Reasons that end an announcement alone: whoever else announced that guide still waits for it. */
static bool cancel_is_of_announcement(const char *reason)
{
    return streq(reason, "error_operador") || streq(reason, "otro") || streq(reason, EXPIRED);
}

struct package_change {
    struct ctx *c;
    int64_t id;
    const char *a, *b;
    struct package *out;
    const struct cancel_in *cancel;      /* and asked: of a cancellation */
    struct approval_asked asked;
};

static enum err package_cancel_one_tx(struct ctx *c, int64_t id, const char *reason, const char *text,
                                      int delay, struct package *p)
{
    struct json_object *details;
    int64_t changed;
    bool disputed, arrived;
    enum err e = package_by_id(c, id, p);

    disputed = e == OK && p->disputed;
    arrived = e == OK && streq(p->state, "RECIBIDO");
    if (disputed && streq(reason, "cliente_solicita"))
        return ctx_fail(c, E_CONFLICT, "reason", T_CANCEL_DISPUTED, p->guide_number, NULL);
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
    if (p->position_code != NULL)
        json_add_text(details, "position", p->position_code);
    e = event_add_tx(c, p, (struct event_new){ .kind = "CANCELACION", .before = p->state,
                                               .after = "CANCELADO", .details = details, .note = text });
    if (e == OK)
        e = package_by_id(c, id, p);
    if (e == OK)
        e = batch_follow_tx(c, id);
    if (e == OK)
        e = notify_package_tx(c, "package_cancelled", p, p->last_event_id, delay);
    return e != OK || !disputed ? e : claims_end_tx(c, p, !arrived && cancel_is_of_announcement(reason), delay);
}

enum err package_cancel_tx(struct ctx *c, int64_t id, const char *reason, const char *text, struct package *out)
{
    return package_cancel_one_tx(c, id, reason, text, (int)c->conf->undo_s, out);
}

/* Whether cancelling *p needs an approval: by the setting, since it gives away more storage than a discount may, or since
 * the box may be received again for another person, where giving it to another needs one. */
static enum err cancel_is_approved(struct ctx *c, const struct package *p, struct fee *owes, bool *needed)
{
    int64_t lately = 0;
    enum err e = OK;

    *needed = false;
    if (!streq(p->state, "RECIBIDO"))
        return OK;
    e = fee_of(c, p, owes);
    if (e == OK)
        e = fees_given_up(c, p->customer_id, c->now - GIVEN_UP_S, &lately);
    *needed = e == OK && (approval_needed(c, APPROVE_CANCEL, 0) || approval_needed(c, APPROVE_GIVING, 0)
                          || (owes->storage_fee > 0 && approval_needed(c, APPROVE_DISCOUNT, owes->storage_fee + lately)));
    return e;
}

static enum err cancel_approve(struct package_change *x)
{
    struct ctx *c = x->c;
    struct fee owes = { 0 };
    struct package p;
    const char *why = x->b != NULL ? x->b : words_of(cancel_reasons, x->a);
    bool needed = false;
    enum err e = package_by_id(c, x->id, &p);

    if (e == OK)
        e = cancel_is_approved(c, &p, &owes, &needed);
    x->asked = (struct approval_asked){ .field = "reason", .role = T_CANCEL_ROLE };
    if (e != OK || !needed)
        return package_fault(c, e);
    if (owes.storage_fee > 0)
        why = arena_printf(c->a, "%s; no se cobran %s de bodegaje", why, money_text(c->a, owes.storage_fee));
    x->asked.v[x->asked.n++] = (struct approval_need){ APPROVE_CANCEL, 0, why };
    x->asked.about = arena_printf(c->a, "guía %s", p.guide_number);
    x->asked.exactly = x->a;
    return approval_check(c, x->cancel->approval, &x->asked);
}

static enum err package_cancel_step(void *arg)
{
    struct package_change *x = arg;
    struct fee owes = { 0 };
    struct package p;
    bool needed = false;
    enum err e = package_by_id(x->c, x->id, &p);

    if (e == OK)
        e = cancel_is_approved(x->c, &p, &owes, &needed);
    if (e == OK)
        e = approval_tx(x->c, x->cancel->approval, &x->asked, needed, x->id);
    if (e != OK)
        return e;
    return package_cancel_tx(x->c, x->id, x->a, x->b, x->out);
}

enum err package_cancel(struct ctx *c, const struct cancel_in *in, struct package *out)
{
    struct package_change x = { .c = c, .id = in->id, .a = in->reason, .b = is_blank(in->text) ? NULL : in->text,
                                .out = out, .cancel = in };
    enum err e;

    if (!cancel_is_choice(in->reason))
        return ctx_fail(c, E_INVALID, "reason", words_of(cancel_reasons, in->reason) != NULL
                        ? T_CANCEL_NOT_YOURS : T_REQUIRED, NULL);
    if (streq(in->reason, "otro") && is_blank(in->text))
        return ctx_fail(c, E_INVALID, "text", T_CANCEL_TEXT, NULL);
    if ((e = cancel_approve(&x)) != OK)
        return e;
    return package_write(c, "cancel", x.id, out, package_cancel_step, &x);
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
    if (e == OK)                 /* a clerk who moves a box has found it */
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
    return e != OK ? e : package_by_id(c, p->id, p);
}

static enum err package_move_step(void *arg)
{
    struct package_change *x = arg;
    struct ctx *c = x->c;
    enum err e = package_by_id(c, x->id, x->out);

    if (e == OK && !streq(x->out->state, "RECIBIDO"))
        return ctx_fail(c, E_CONFLICT, NULL, T_NOT_ON_SHELF, x->out->guide_number, x->out->state, NULL);
    return e != OK ? e : package_place_tx(c, x->out, x->a, "REUBICACION", json_object_new_object());
}

enum err package_move(struct ctx *c, const struct move_in *in, struct package *out)
{
    struct package_change x = { .c = c, .id = in->id, .a = in->position, .out = out };

    return package_write(c, "move", x.id, out, package_move_step, &x);
}

static enum err package_note_step(void *arg)
{
    struct package_change *x = arg;
    enum err e = package_by_id(x->c, x->id, x->out);

    return e != OK ? e : event_add_tx(x->c, x->out, (struct event_new){ .kind = "NOTA_AGREGADA",
        .before = x->out->state, .after = x->out->state, .note = x->a });
}

enum err package_note(struct ctx *c, const struct note_in *in)
{
    struct package p;
    struct package_change x = { .c = c, .id = in->id, .a = in->text, .out = &p };

    if (is_blank(in->text))
        return ctx_fail(c, E_INVALID, "text", T_NOTE_EMPTY, NULL);
    return package_write(c, "note", x.id, &p, package_note_step, &x);
}

struct expiry { struct ctx *c; int limit, *count; };

static enum err package_expire_tx(struct db *db, void *arg)
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
        e = package_cancel_one_tx(c, ids[*x->count], EXPIRED, NULL, 0, &p);
    return e;
}

enum err package_expire(struct ctx *c, int limit, int *count)
{
    struct expiry x = { c, limit, count };

    return domain_write(c, package_expire_tx, &x);
}
