/* Undo: the latest transition, by the same user, within undo_s (domain.md §4). */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "domain/authorization.h"
#include "domain/cash_tx.h"
#include "domain/notification.h"

static const struct stmt latest = STMT("undo_latest", "i",
    "SELECT id, kind, at, user_id, state_before, details FROM package_events WHERE package_id = $1"
    " ORDER BY id DESC LIMIT 1");
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
DB_REGISTER(&latest, &to_announced, &to_cancelled, &to_received, &back_to_announced,
            &drawer_closed, &drawer_of, &reverse)

struct undo {
    struct ctx *c;
    int64_t id;
    struct package *p;
    int64_t event, at, user;
    const char *kind, *before, *position;
    bool unannounced;
};

static enum err read_latest(struct undo *u)
{
    struct rows q;
    struct json_object *details;
    const char *text;
    enum text why;
    enum err e = db_one(u->c->db, &q, &latest, u->id);

    if (e != OK)
        return e;
    u->event = db_int(&q, 0);
    u->kind = db_dup(&q, 1, u->c->a);
    u->at = db_int(&q, 2);
    u->user = db_int(&q, 3);
    u->before = db_dup(&q, 4, u->c->a);
    text = db_text(&q, 5);
    details = json_parse(text, strlen(text), &why);
    if (details != NULL && json_get_text(details, "position", &text))
        u->position = arena_strdup(u->c->a, text);
    u->unannounced = details != NULL
        && json_object_get_boolean(json_object_object_get(details, "unannounced"));
    json_object_put(details);
    return db_end(&q);
}

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

static enum err undo_reception(struct undo *u)
{
    struct ctx *c = u->c;
    int64_t changed;
    enum err e = position_release_tx(c, u->p->position_id);

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
    if (e == OK && u->p->proof != NULL && streq(u->p->proof, "autorizacion"))
        e = authorization_again_tx(c, u->p, u->at);
    if (e == OK)
        e = signature_forget_tx(c, u->id);
    if (e == OK)
        e = photos_withdraw_tx(c, u->id, u->at);
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

static enum err allowed(struct undo *u)
{
    struct ctx *c = u->c;

    if (u->user == 0 || u->user != c->user_id)
        return ctx_fail(c, E_FORBIDDEN, NULL, T_UNDO_OTHER, NULL);
    if (c->now - u->at > c->conf->undo_s)
        return ctx_fail(c, E_CONFLICT, NULL, T_UNDO_LATE, arena_printf(c->a, "%lld",
                        (long long)c->conf->undo_s), NULL);
    return OK;
}

static enum err undo_one_tx(struct undo *u)
{
    static const struct { const char *kind; enum err (*fn)(struct undo *); } undoers[] = {
        { "RECEPCION", undo_reception }, { "ENTREGA", undo_delivery }, { "CANCELACION", undo_cancellation },
        { "NOTA_AGREGADA", undo_incident },
    };
    struct ctx *c = u->c;
    enum err e = package_fetch(c, u->id, u->p);
    enum err (*fn)(struct undo *) = NULL;
    const char *state;

    if (e == OK)
        e = read_latest(u);
    if (e != OK)
        return e;
    for (size_t i = 0; i < COUNT(undoers); i++)
        if (streq(undoers[i].kind, u->kind))
            fn = undoers[i].fn;
    if (fn == NULL)
        return ctx_fail(c, E_CONFLICT, NULL, T_UNDO_NOTHING, NULL);
    state = u->p->state;
    if ((e = allowed(u)) != OK || (e = fn(u)) != OK
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

enum err package_undo(struct ctx *c, int64_t id, struct package *out)
{
    struct undo u = { .c = c, .id = id, .p = out };

    return package_write(c, "undo", id, out, undo_tx, &u);
}
