/* A hand-over after it happened: what it held. */
#include "domain/ground/texts.h"
#include "domain/handover/delivery.h"
#include "domain/handover/signature.h"
#include "domain/ground/tx.h"
#include "domain/money/payment.h"
#include "domain/parcel/texts.h"

/* Handed over by one person to one customer at one instant; two operations within
 * that second are told apart by their payments. */
static const struct stmt handed_with = STMT("packages_handed_with", "i",
    "SELECT b.id FROM packages a JOIN packages b ON b.delivered_at = a.delivered_at"
    " AND b.delivered_by = a.delivered_by AND b.state = 'ENTREGADO'"
    " AND (b.id = a.id OR b.customer_id = a.customer_id)"
    " WHERE a.id = $1 AND a.state = 'ENTREGADO' AND (b.id = a.id OR NOT EXISTS (SELECT 1 FROM payments x, payments y"
    " WHERE x.package_id = a.id AND y.package_id = b.id AND x.taken_at = a.delivered_at"
    " AND y.taken_at = a.delivered_at AND x.reverses IS NULL AND y.reverses IS NULL"
    " AND x.reason IS NULL AND y.reason IS NULL"
    " AND x.operation_id <> y.operation_id)) ORDER BY b.id LIMIT 100");
static const struct stmt operation_of = STMT("payment_operation", "i",
    "SELECT operation_id FROM payments WHERE package_id = $1 AND reverses IS NULL"
    " AND reason IS NULL ORDER BY id DESC LIMIT 1");
DB_REGISTER(&handed_with, &operation_of)

enum err delivery_ids(struct ctx *c, int64_t package_id, int64_t *ids, size_t *n)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &handed_with, package_id);

    *n = 0;
    if (e == OK)
        e = db_ids(&q, ids, HANDOVER_MAX, n);
    if (e == OK && *n == 0)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_PACKAGE_NONE, NULL);
    return e;
}

static enum err operation_read(struct ctx *c, struct delivery *out)
{
    struct rows q;
    enum err e = E_NOT_FOUND;

    for (size_t i = 0; i < out->packages.n && e == E_NOT_FOUND; i++)
        e = db_one(c->db, &q, &operation_of, out->packages.v[i].id);
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;    /* a discount of all: nothing was paid */
    out->operation_id = db_dup(&q, 0, c->a);
    return db_end(&q);
}

/* What stands of it: an ADMIN may have reversed some. */
static enum err paid_read(struct ctx *c, struct delivery *out)
{
    struct payments all, theirs;
    enum err e = OK;

    for (size_t i = 0; e == OK && i < out->packages.n; i++) {
        e = payments_of(c, out->packages.v[i].id, &all);
        if (e != OK)
            return e;
        theirs = payments_of_handover(c, &all, &out->packages.v[i]);
        out->paid += payments_sum(&theirs);
    }
    return e;
}

enum err delivery_of(struct ctx *c, int64_t package_id, struct delivery *out)
{
    int64_t ids[HANDOVER_MAX];
    size_t n;
    enum err e = delivery_ids(c, package_id, ids, &n);

    *out = (struct delivery){ 0 };
    out->packages.v = arena_alloc(c->a, (n + 1) * sizeof *out->packages.v);
    for (size_t i = 0; e == OK && i < n; i++) {
        struct package *p = &out->packages.v[i];

        e = package_by_id(c, ids[i], p);
        out->packages.n = i + 1;
        out->total += p->total_fee;
        out->discount += p->discount;
    }
    if (e == OK)
        e = operation_read(c, out);
    if (e == OK)
        e = paid_read(c, out);
    return domain_fault(c, e != OK ? e : signature_of(c, package_id, &out->signature));
}
