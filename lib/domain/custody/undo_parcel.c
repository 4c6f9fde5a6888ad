/* Undoing each event of a parcel's life; the hand-over is in undo_handover.c. */
#include "domain/custody/texts.h"
#include "domain/custody/undo_step.h"
#include "domain/parcel/claim_end.h"
#include "domain/parcel/incident.h"
#include "domain/parcel/photo.h"
#include "domain/parcel/pickup.h"
#include "domain/shelf/position.h"


static const struct stmt to_announced = STMT("undo_to_announced", "i",
    "UPDATE packages SET state = 'ANUNCIADO', type = NULL, condition = NULL, observations = NULL,"
    " position_id = NULL, received_at = NULL, received_by = NULL, rate_id = NULL, base_fee = NULL,"
    " storage_per_day = NULL, free_hours = NULL, pickup_code_hash = NULL WHERE id = $1 AND state = 'RECIBIDO'");
static const struct stmt to_cancelled = STMT("undo_to_cancelled", "isI",
    "UPDATE packages SET state = 'CANCELADO', cancelled_at = received_at, cancel_reason = $2,"
    " cancelled_by = $3, position_id = NULL, pickup_code_hash = NULL WHERE id = $1 AND state = 'RECIBIDO'");
static const struct stmt to_received = STMT("undo_to_received", "ii",
    "UPDATE packages SET state = 'RECIBIDO', position_id = $2, delivered_at = NULL, delivered_by = NULL,"
    " operation_id = NULL,"
    " storage_days = NULL, storage_fee = NULL, total_fee = NULL, discount = 0, discount_reason = NULL,"
    " proof = NULL, receiver_name = NULL, receiver_document_type = NULL, receiver_document_last4 = NULL,"
    " cancelled_at = NULL, cancelled_by = NULL, cancel_reason = NULL, cancel_text = NULL"
    " WHERE id = $1 AND state IN ('ENTREGADO', 'CANCELADO')");
static const struct stmt to_place = STMT("undo_move", "iI",
    "UPDATE packages SET position_id = $2 WHERE id = $1 AND state = 'RECIBIDO'");
static const struct stmt to_nobody = STMT("undo_identify", "ii",
    "UPDATE packages SET customer_id = NULL, announced_phone = NULL, announced_email = NULL, email_proof = NULL,"
    " email_said_at = NULL,"
    " announced_name = CASE WHEN $2 = 1 THEN NULL ELSE announced_name END"
    " WHERE id = $1 AND state = 'RECIBIDO' AND customer_id IS NOT NULL");
static const struct stmt back_to_announced = STMT("undo_cancel_announced", "i",
    "UPDATE packages SET state = 'ANUNCIADO', cancelled_at = NULL, cancelled_by = NULL,"
    " cancel_reason = NULL, cancel_text = NULL WHERE id = $1 AND state = 'CANCELADO'");
DB_REGISTER(&to_announced, &to_cancelled, &to_received, &to_place, &to_nobody, &back_to_announced)

enum err undo_to_shelf_tx(struct undo *u)
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

/* The photos of a parcel that was not received after all go, too: the customer's page would show them. */
enum err undo_reception(struct undo *u)
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
    if (e == OK && changed != 1)
        return E_CONFLICT;
    return e == OK && (u->unannounced || streq(u->before, "CANCELADO")) ? claims_end_tx(c, u->p, true, 0) : e;
}

enum err undo_cancellation(struct undo *u)
{
    int64_t changed;
    enum err e;

    if (streq(u->before, "RECIBIDO")) {
        e = undo_to_shelf_tx(u);
        if (e == OK)
            e = incident_reopen_tx(u->c, u->id, u->at, "cancelado");
    } else {
        e = db_exec(u->c->db, &changed, &back_to_announced, u->id);
        if (e == OK && changed != 1)
            e = E_CONFLICT;
    }
    if (e == OK)
        e = claims_reopen_tx(u->c, u->id);
    /* The unique index of active guides refused: it was announced again. */
    return e == E_CONFLICT ? ctx_fail(u->c, E_CONFLICT, NULL, T_UNDO_BUILT, NULL) : e;
}

enum err undo_incident(struct undo *u)
{
    return incident_undo_tx(u->c, u->id, u->event, u->at);
}

/* The box goes to where it lay, and to no other place: whoever undoes the move has it in their hands. */
enum err undo_move(struct undo *u)
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

enum err undo_identification(struct undo *u)
{
    int64_t changed;
    enum err e = db_exec(u->c->db, &changed, &to_nobody, u->id, (int64_t)u->named);

    return e == OK && changed != 1 ? E_CONFLICT : e;
}
