/* The hand-over of one package undone: its payments, its signature, its photos, its receipt. */
#include "domain/custody/undo_step.h"

#include "domain/custody/texts.h"
#include "domain/money/texts.h"
#include "domain/ground/tx.h"
#include "domain/handover/authorization.h"
#include "domain/handover/signature.h"
#include "domain/money/cash.h"
#include "domain/paper/document.h"

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
DB_REGISTER(&drawer_closed, &drawer_of, &reverse, &companion)

/* What was photographed of all of it stays with what stays handed over. */
static enum err handover_photos_pass(struct undo *u)
{
    struct ctx *c = u->c;
    int64_t other = db_scalar(c->db, 0, &companion, u->id, u->at, u->user, u->p->customer_id);

    return other != 0 ? photos_pass_tx(c, u->id, other, u->at) : photos_withdraw_tx(c, u->id, u->at, false);
}

enum err undo_handover(struct undo *u)
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
        e = handover_photos_pass(u);
    if (e == OK)
        e = document_void_receipts_tx(c, u->id, u->at);
    if (e == OK)
        e = incident_reopen_tx(c, u->id, u->at, "entregado");
    return e != OK ? e : undo_to_shelf_tx(u);
}
