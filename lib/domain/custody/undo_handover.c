/* The hand-over of one package undone: its payments, its signature, its photos, its receipt. */
#include "domain/custody/texts.h"
#include "domain/custody/undo_step.h"
#include "domain/handover/authorization.h"
#include "domain/handover/signature.h"
#include "domain/money/cash.h"
#include "domain/money/payment.h"
#include "domain/money/texts.h"
#include "domain/parcel/document_void.h"
#include "domain/parcel/incident.h"
#include "domain/parcel/photo.h"


/* Payments of a hand-over, and those recorded by hand since: $1 is the package, $2 the operation of
 * the hand-over, $3 its instant. */
#define OF_HANDOVER(p) " WHERE " p "package_id = $1 AND (" p "operation_id = $2"                  \
    " OR (" p "reason IS NOT NULL AND " p "taken_at >= $3))"
static const struct stmt drawer_closed = STMT("undo_drawer_closed", "isi",
    "SELECT 1 FROM payments p JOIN cash_sessions s ON s.id = p.cash_session_id" OF_HANDOVER("p.")
    " AND s.counted_at IS NOT NULL");
static const struct stmt drawer_of = STMT("undo_drawer", "isi",
    "SELECT cash_session_id FROM payments" OF_HANDOVER("") " AND cash_session_id IS NOT NULL LIMIT 1");
static const struct stmt reverse = STMT("undo_reverse_payments", "isiii",
    "INSERT INTO payments (package_id, operation_id, amount, method, reference, cash_session_id,"
    " taken_by, taken_at, reverses, reason)"
    " SELECT package_id, operation_id, -amount, method, reference, cash_session_id, $4, $5, id,"
    " 'deshacer entrega' FROM payments" OF_HANDOVER("") " AND reverses IS NULL"
    " AND id NOT IN (SELECT reverses FROM payments WHERE reverses IS NOT NULL) RETURNING id");
static const struct stmt companion = STMT("undo_companion", "is",
    "SELECT id FROM packages WHERE operation_id = $2 AND id <> $1 ORDER BY id LIMIT 1");
DB_REGISTER(&drawer_closed, &drawer_of, &reverse, &companion)

/* Photos show the whole hand-over: they go on with a package that stays handed over. */
static enum err handover_photos_pass(struct undo *u)
{
    struct ctx *c = u->c;
    int64_t other = db_scalar(c->db, 0, &companion, u->id, u->p->operation_id);

    return other != 0 ? photos_pass_tx(c, u->id, other, u->at) : photos_withdraw_tx(c, u->id, u->at, false);
}

static enum err handover_payments_reverse_tx(struct undo *u)
{
    struct ctx *c = u->c;
    int64_t *ids;
    size_t n = 0;
    struct rows q;
    enum err e = db_query(c->db, &q, &reverse, u->id, u->p->operation_id, u->at, c->user_id, c->now);

    if (e == OK)
        e = db_ids_all(&q, c->a, &ids, &n);
    for (size_t i = 0; i < n && e == OK; i++)
        e = payment_news_tx(c, ids[i]);
    return e;
}

enum err undo_handover(struct undo *u)
{
    struct ctx *c = u->c;
    const char *operation = u->p->operation_id;
    int64_t drawer = db_scalar(c->db, 0, &drawer_of, u->id, operation, u->at);
    enum err e;

    if (db_scalar(c->db, 0, &drawer_closed, u->id, operation, u->at) != 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_UNDO_DRAWER, NULL);
    e = handover_payments_reverse_tx(u);
    if (e == OK && drawer != 0 && cash_expected(c, drawer) < 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_CASH_SHORT, NULL);
    if (e == OK && u->authorization != 0)
        e = authorization_again_tx(c, u->authorization, u->id, operation);
    if (e == OK)
        e = signature_forget_tx(c, u->id);
    if (e == OK)
        e = handover_photos_pass(u);
    if (e == OK)
        e = document_void_receipts_tx(c, u->id, operation);
    if (e == OK)
        e = incident_reopen_tx(c, u->id, u->at, "entregado");
    return e != OK ? e : undo_to_shelf_tx(u);
}
