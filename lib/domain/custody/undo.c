/* Undo: the latest transition, by the same user, within undo_s (domain.md §4). */
#include "base/clock.h"
#include "domain/custody/texts.h"
#include "domain/money/texts.h"
#include "domain/parcel/texts.h"
#include "json/json.h"
#include "base/log.h"
#include "domain/handover/authorization.h"
#include "domain/custody/undo.h"
#include "domain/money/cash.h"
#include "domain/ground/tx.h"
#include "domain/paper/document.h"
#include "domain/handover/signature.h"
#include "domain/message/notification.h"

#define EVENTS_READ 50

static const struct stmt latest = STMT("undo_latest", "i",
    "SELECT id, kind, at, user_id, state_before, details, undoes FROM package_events WHERE package_id = $1"
    " ORDER BY id DESC LIMIT 50");       /* EVENTS_READ */
static const struct stmt to_announced = STMT("undo_to_announced", "i",
    "UPDATE packages SET state = 'ANUNCIADO', type = NULL, condition = NULL, observations = NULL,"
    " position_id = NULL, received_at = NULL, received_by = NULL, rate_id = NULL, base_fee = NULL,"
    " storage_per_day = NULL, free_hours = NULL, pickup_code_hash = NULL WHERE id = $1 AND state = 'RECIBIDO'");
static const struct stmt to_cancelled = STMT("undo_to_cancelled", "isI",
    "UPDATE packages SET state = 'CANCELADO', cancelled_at = received_at, cancel_reason = $2,"
    " cancelled_by = $3, position_id = NULL, pickup_code_hash = NULL WHERE id = $1 AND state = 'RECIBIDO'");
static const struct stmt to_received = STMT("undo_to_received", "ii",
    "UPDATE packages SET state = 'RECIBIDO', position_id = $2, delivered_at = NULL, delivered_by = NULL,"
    " storage_days = NULL, storage_fee = NULL, total_fee = NULL, discount = 0, discount_reason = NULL,"
    " proof = NULL, receiver_name = NULL, receiver_document_type = NULL, receiver_document_last4 = NULL,"
    " cancelled_at = NULL, cancelled_by = NULL, cancel_reason = NULL, cancel_text = NULL"
    " WHERE id = $1 AND state IN ('ENTREGADO', 'CANCELADO')");
static const struct stmt to_place = STMT("undo_move", "iI",
    "UPDATE packages SET position_id = $2 WHERE id = $1 AND state = 'RECIBIDO'");
static const struct stmt to_nobody = STMT("undo_identify", "ii",
    "UPDATE packages SET customer_id = NULL, announced_phone = NULL,"
    " announced_name = CASE WHEN $2 = 1 THEN NULL ELSE announced_name END"
    " WHERE id = $1 AND state = 'RECIBIDO' AND customer_id IS NOT NULL");
static const struct stmt back_to_announced = STMT("undo_cancel_announced", "i",
    "UPDATE packages SET state = 'ANUNCIADO', cancelled_at = NULL, cancelled_by = NULL,"
    " cancel_reason = NULL, cancel_text = NULL WHERE id = $1 AND state = 'CANCELADO'");
static const struct stmt drawer_closed = STMT("undo_drawer_closed", "ii",
    "SELECT 1 FROM payments p JOIN cash_sessions s ON s.id = p.cash_session_id"
    " WHERE p.package_id = $1 AND p.taken_at >= $2 AND s.counted_at IS NOT NULL");
static const struct stmt drawer_of = STMT("undo_drawer", "ii",
    "SELECT cash_session_id FROM payments WHERE package_id = $1 AND taken_at >= $2"
    " AND cash_session_id IS NOT NULL LIMIT 1");
static const struct stmt reverse = STMT("undo_reverse_payments", "iiii",
    "INSERT INTO payments (package_id, operation_id, amount, method, reference, cash_session_id,"
    " taken_by, taken_at, reverses, reason)"
    " SELECT package_id, operation_id, -amount, method, reference, cash_session_id, $3, $4, id,"
    " 'deshacer entrega' FROM payments WHERE package_id = $1 AND taken_at >= $2 AND reverses IS NULL"
    " AND id NOT IN (SELECT reverses FROM payments WHERE reverses IS NOT NULL)");
/* Of the same hand-over, and handed over still. */
static const struct stmt companion = STMT("undo_companion", "iiII",
    "SELECT id FROM packages WHERE delivered_at = $2 AND delivered_by = $3 AND customer_id = $4 AND id <> $1"
    " AND state = 'ENTREGADO' ORDER BY id LIMIT 1");
DB_REGISTER(&latest, &to_announced, &to_cancelled, &to_received, &to_place, &to_nobody, &back_to_announced,
            &drawer_closed, &drawer_of, &reverse, &companion)

struct undo {
    struct ctx *c;
    int64_t id, meant;           /* meant: which event, or 0: the latest that can be undone */
    struct package *p;
    enum err (*fn)(struct undo *u);
    int64_t event, at, user;
    int64_t later;               /* an event that came after it and is no trifle, or 0 */
    const char *before, *position, *from;
    int64_t authorization;
    bool unannounced, named;
    int64_t undone[EVENTS_READ];         /* met on the way back, with their undoing */
    size_t undone_count;
};

/* The same position when it is still free, else the next; the page tells. */
static enum err back_on_shelf(struct undo *u)
{
    int64_t position, changed;
    const char *code;
    enum err e = position_take_tx(u->c, u->position, u->p->type, &position, &code);

    if (e == E_CONFLICT || e == E_INVALID) {
        u->c->fault = (struct fault){ 0 };
        e = position_take_tx(u->c, NULL, u->p->type, &position, &code);
    }
    if (e == OK)
        e = db_exec(u->c->db, &changed, &to_received, u->id, position);
    return e == OK && changed != 1 ? E_CONFLICT : e != OK ? e : pickup_renew_tx(u->c, u->p);
}

/* What was photographed of it shows nothing any more: the customer's page would. */
static enum err undo_reception(struct undo *u)
{
    struct ctx *c = u->c;
    int64_t changed;
    enum err e = position_release_tx(c, u->p->position_id);

    if (e == OK)
        e = photos_withdraw_tx(c, u->id, u->at, true);
    if (e != OK)
        return e;
    if (u->unannounced)
        e = db_exec(c->db, &changed, &to_cancelled, u->id, "error_operador", c->user_id);
    else if (streq(u->before, "CANCELADO"))
        e = db_exec(c->db, &changed, &to_cancelled, u->id, "anuncio_expirado", (int64_t)0);
    else
        e = db_exec(c->db, &changed, &to_announced, u->id);
    return e == OK && changed != 1 ? E_CONFLICT : e;
}

/* What was photographed of all of it stays with what stays handed over. */
static enum err photos_of_handover(struct undo *u)
{
    struct ctx *c = u->c;
    int64_t other = db_scalar(c->db, 0, &companion, u->id, u->at, u->user, u->p->customer_id);

    return other != 0 ? photos_pass_tx(c, u->id, other, u->at) : photos_withdraw_tx(c, u->id, u->at, false);
}

static enum err undo_delivery(struct undo *u)
{
    struct ctx *c = u->c;
    int64_t drawer = db_scalar(c->db, 0, &drawer_of, u->id, u->at);
    enum err e;

    if (db_scalar(c->db, 0, &drawer_closed, u->id, u->at) != 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_UNDO_DRAWER, NULL);
    e = db_exec(c->db, NULL, &reverse, u->id, u->at, c->user_id, c->now);
    if (e == OK && drawer != 0 && cash_expected(c, drawer) < 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_CASH_SHORT, NULL);
    if (e == OK && u->authorization != 0)
        e = authorization_again_tx(c, u->authorization, u->id, u->at);
    if (e == OK)
        e = signature_forget_tx(c, u->id);
    if (e == OK)
        e = photos_of_handover(u);
    if (e == OK)
        e = document_void_receipts_tx(c, u->id, u->at);
    if (e == OK)
        e = incident_reopen_tx(c, u->id, u->at, "entregado");
    return e != OK ? e : back_on_shelf(u);
}

static enum err undo_cancellation(struct undo *u)
{
    int64_t changed;
    enum err e;

    if (streq(u->before, "RECIBIDO")) {
        e = back_on_shelf(u);
        if (e == OK)
            e = incident_reopen_tx(u->c, u->id, u->at, "cancelado");
    } else {
        e = db_exec(u->c->db, &changed, &back_to_announced, u->id);
        if (e == OK && changed != 1)
            e = E_CONFLICT;
    }
    /* The unique index of active guides refused: it was announced again. */
    return e == E_CONFLICT ? ctx_fail(u->c, E_CONFLICT, NULL, T_UNDO_BUILT, NULL) : e;
}

static enum err undo_incident(struct undo *u)
{
    return incident_undo_tx(u->c, u->id, u->event, u->at);
}

/* To where it lay, and to no other place: who undoes has it in their hands. */
static enum err undo_move(struct undo *u)
{
    struct ctx *c = u->c;
    int64_t position = 0, changed;
    const char *code;
    enum err e = u->from == NULL ? OK : position_take_tx(c, u->from, u->p->type, &position, &code);

    if (e == E_CONFLICT || e == E_INVALID)
        return ctx_fail(c, E_CONFLICT, NULL, T_UNDO_PLACE, u->from, NULL);
    if (e == OK)
        e = db_exec(c->db, &changed, &to_place, u->id, position);
    if (e == OK && changed != 1)
        return E_CONFLICT;
    if (e == OK)
        e = position_release_tx(c, u->p->position_id);
    return e != OK ? e : incident_reopen_tx(c, u->id, u->at, "encontrado");
}

static enum err undo_identification(struct undo *u)
{
    int64_t changed;
    enum err e = db_exec(u->c->db, &changed, &to_nobody, u->id, (int64_t)u->named);

    return e == OK && changed != 1 ? E_CONFLICT : e;
}

/* ---- which event ---- */

/* key: what its details have; NULL: whatever they have. */
static const struct { const char *kind, *key; enum err (*fn)(struct undo *u); } undoers[] = {
    { "RECEPCION", NULL, undo_reception },      { "ENTREGA", NULL, undo_delivery },
    { "CANCELACION", NULL, undo_cancellation }, { "NOTA_AGREGADA", "incident", undo_incident },
    { "REUBICACION", NULL, undo_move },         { "MODIFICACION", "customer", undo_identification },
};
/* Nothing was built on what came before these. */
static const struct { const char *kind, *key; } trifles[] = {
    { "NOTA_AGREGADA", "text" }, { "IMAGEN_AGREGADA", "photos" }, { "MODIFICACION", "file_removed" },
};

static bool is_of(const char *kind, struct json_object *details, const char *of, const char *key)
{
    return streq(kind, of) && (key == NULL || json_object_object_get_ex(details, key, NULL));
}

static bool is_trifle(const char *kind, struct json_object *details)
{
    for (size_t i = 0; i < COUNT(trifles); i++)
        if (is_of(kind, details, trifles[i].kind, trifles[i].key))
            return true;
    return false;
}

static void take(struct undo *u, struct rows *q, struct json_object *details)
{
    const char *text;

    u->event = db_int(q, 0);
    u->at = db_int(q, 2);
    u->user = db_int(q, 3);
    u->before = db_dup(q, 4, u->c->a);
    if (json_get_text(details, "position", &text))
        u->position = arena_strdup(u->c->a, text);
    if (json_get_text(details, "from", &text))
        u->from = arena_strdup(u->c->a, text);
    json_get_int(details, "authorization", &u->authorization);
    u->unannounced = json_object_get_boolean(json_object_object_get(details, "unannounced"));
    u->named = json_object_get_boolean(json_object_object_get(details, "named"));
}

static bool was_undone(const struct undo *u, int64_t id)
{
    for (size_t i = 0; i < u->undone_count; i++)
        if (u->undone[i] == id)
            return true;
    return false;
}

/* From the newest on: true when it is the one, or there is none.  What was undone meanwhile
 * counts as little as its undoing, but when nobody says which is meant, one is enough. */
static bool look_at(struct undo *u, struct rows *q, struct json_object *details)
{
    const char *kind = db_text(q, 1);
    const int64_t id = db_int(q, 0), undoes = db_int(q, 6);

    if (undoes != 0) {
        u->undone[u->undone_count++] = undoes;
        return u->meant == 0 || undoes == u->meant;
    }
    if (u->meant == 0 || id == u->meant)
        for (size_t i = 0; i < COUNT(undoers) && u->fn == NULL; i++)
            if (is_of(kind, details, undoers[i].kind, undoers[i].key))
                u->fn = undoers[i].fn;
    if (u->fn != NULL)
        take(u, q, details);
    else if (!was_undone(u, id) && !is_trifle(kind, details))
        u->later = id;
    return u->fn != NULL || id == u->meant;
}

static enum err choose(struct undo *u)
{
    bool found = false;
    struct rows q;
    enum err e = db_query(u->c->db, &q, &latest, u->id);

    if (e != OK)
        return e;
    while (!found && db_next(&q)) {
        const char *text = db_text(&q, 5);
        const struct text *why;
        struct json_object *details = json_parse(text, strlen(text), &why);

        found = look_at(u, &q, details);
        json_object_put(details);
    }
    e = db_end(&q);
    return e == OK && u->fn == NULL ? ctx_fail(u->c, E_CONFLICT, NULL, T_UNDO_NOTHING, NULL) : e;
}

static enum err refuse_later(struct undo *u)
{
    struct package_events all;
    enum err e = package_events(u->c, u->id, &all);

    for (size_t i = 0; e == OK && i < all.n; i++)
        if (all.v[i].id == u->later)
            return ctx_fail(u->c, E_CONFLICT, NULL, T_UNDO_LATER, all.v[i].text, NULL);
    return e != OK ? e : E_INTERNAL;
}

static enum err allowed(struct undo *u)
{
    struct ctx *c = u->c;

    if (u->user == 0 || u->user != c->user_id)
        return ctx_fail(c, E_FORBIDDEN, NULL, T_UNDO_OTHER, NULL);
    if (c->now - u->at > c->conf->undo_s)
        return ctx_fail(c, E_CONFLICT, NULL, T_UNDO_LATE, arena_printf(c->a, "%lld",
                        (long long)c->conf->undo_s), NULL);
    return u->later != 0 ? refuse_later(u) : OK;
}

static enum err undo_one_tx(struct undo *u)
{
    struct ctx *c = u->c;
    enum err e = package_fetch(c, u->id, u->p);
    const char *state;

    if (e == OK)
        e = choose(u);
    if (e != OK)
        return e;
    state = u->p->state;
    if ((e = allowed(u)) != OK || (e = u->fn(u)) != OK
        || (e = package_fetch(c, u->id, u->p)) != OK
        || (e = event_add_tx(c, u->p, (struct event_new){ .kind = "ANULACION", .before = state,
                .after = u->p->state, .undoes = u->event })) != OK
        || (e = notify_withdraw_tx(c, u->id, u->event)) != OK
        || (e = batch_follow_tx(c, u->id)) != OK)
        return e;
    return package_fetch(c, u->id, u->p);
}

enum err package_undo_tx(struct ctx *c, int64_t id, struct package *out)
{
    struct undo u = { .c = c, .id = id, .p = out };

    return undo_one_tx(&u);
}

static enum err undo_tx(void *arg)
{
    return undo_one_tx(arg);
}

enum err package_undo_event(struct ctx *c, int64_t id, int64_t event, struct package *out)
{
    struct undo u = { .c = c, .id = id, .meant = event, .p = out };

    return package_write(c, "undo", id, out, undo_tx, &u);
}

enum err package_undo(struct ctx *c, int64_t id, struct package *out)
{
    return package_undo_event(c, id, 0, out);
}
