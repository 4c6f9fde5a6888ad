#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/handover/delivery.h"
#include "domain/handover/signature.h"
#include "domain/money/payment.h"
#include "domain/parcel/texts.h"

static const struct stmt handed_with = STMT("packages_handed_with", "ii",
    "SELECT id FROM packages WHERE id = $1 AND state = 'ENTREGADO' UNION"
    " SELECT b.id FROM packages a JOIN packages b ON b.operation_id = a.operation_id WHERE a.id = $1"
    " ORDER BY 1 LIMIT $2");
#define DELIVERED "SELECT p.id, p.guide_number, u.full_name, p.delivered_at, p.receiver_name FROM packages p" \
    " JOIN users u ON u.id = p.delivered_by WHERE p.state = 'ENTREGADO' AND "
static const struct stmt delivered_of = STMT("delivered_of", "s",
    DELIVERED "p.id IN (SELECT value FROM json_each($1)) ORDER BY p.id");
static const struct stmt delivered_since = STMT("delivered_since", "iii",
    DELIVERED "p.customer_id = $1 AND p.delivered_at >= $2 ORDER BY p.id LIMIT $3");
static const struct stmt receipt_of = STMT("delivery_receipt", "s", "SELECT number FROM receipts WHERE operation_id = $1");
DB_REGISTER(&receipt_of, &handed_with, &delivered_of, &delivered_since)

#define D struct delivered
static const struct field delivered_rows[] = {
    FIELD(D, package_id, F_INT, "El paquete"),
    FIELD(D, guide, F_TEXT, "Su guía"),
    FIELD(D, by, F_TEXT, "Quién lo entregó"),
    FIELD(D, at, F_INSTANT, "Cuándo"),
    FIELD(D, receiver, F_TEXT, "Quién lo recibió"),
};
const struct fields delivered_fields = FIELDS(delivered_rows);

static enum err delivered_read(struct ctx *c, struct rows *q, struct delivered_list *out)
{
    out->v = db_all(q, c->a, delivered_fields, sizeof *out->v, &out->n);
    return db_end(q);
}

enum err delivered_among(struct ctx *c, const int64_t *ids, size_t n, int64_t customer_id, int64_t since,
                         struct delivered_list *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &delivered_of, arena_printf(c->a, "[%s]", operation_ids(c->a, ids, n)));

    *out = (struct delivered_list){ 0 };
    if (e == OK)
        e = delivered_read(c, &q, out);
    if (e != OK || out->n > 0 || customer_id == 0)
        return domain_fault(c, e);
    e = db_query(c->db, &q, &delivered_since, customer_id, since, (int64_t)HANDOVER_MAX);
    return domain_fault(c, e == OK ? delivered_read(c, &q, out) : e);
}

enum err delivery_ids(struct ctx *c, int64_t package_id, int64_t *ids, size_t *n)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &handed_with, package_id, (int64_t)HANDOVER_MAX);

    *n = 0;
    if (e == OK)
        e = db_ids(&q, ids, HANDOVER_MAX, n);
    if (e == OK && *n == 0)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_PACKAGE_NONE, NULL);
    return e;
}

/* The sum of the payments that stand: an ADMIN may have reversed some. */
static enum err delivery_paid_read(struct ctx *c, struct delivery *out)
{
    struct payments all, theirs;
    enum err e = payments_of_all(c, &out->packages, &all);
    for (size_t i = 0; e == OK && i < out->packages.n; i++) {
        theirs = payments_of_handover(c, &all, &out->packages.v[i]);
        out->paid += payments_sum(&theirs);
    }
    return e;
}

int64_t delivery_receipt(struct ctx *c, const char *operation_id)
{
    return operation_id == NULL ? 0 : db_scalar(c->db, 0, &receipt_of, operation_id);
}

enum err delivery_of(struct ctx *c, int64_t package_id, struct delivery *out)
{
    int64_t ids[HANDOVER_MAX];
    size_t n;
    enum err e = delivery_ids(c, package_id, ids, &n);

    *out = (struct delivery){ 0 };
    if (e == OK)
        e = packages_by_ids(c, ids, n, &out->packages);
    for (size_t i = 0; e == OK && i < out->packages.n; i++) {
        const struct package *p = &out->packages.v[i];

        out->operation_id = p->operation_id;
        out->total += p->total_fee;
        out->discount += p->discount;
    }
    if (e == OK)
        e = delivery_paid_read(c, out);
    if (e == OK)
        out->receipt = delivery_receipt(c, out->operation_id);
    return domain_fault(c, e != OK ? e : signature_of(c, package_id, &out->signature));
}
