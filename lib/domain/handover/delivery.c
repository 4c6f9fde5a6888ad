#include "domain/ground/tx.h"
#include "domain/handover/delivery.h"
#include "domain/handover/signature.h"
#include "domain/money/payment.h"
#include "domain/parcel/texts.h"

static const struct stmt handed_with = STMT("packages_handed_with", "ii",
    "SELECT id FROM packages WHERE id = $1 AND state = 'ENTREGADO' UNION"
    " SELECT b.id FROM packages a JOIN packages b ON b.operation_id = a.operation_id WHERE a.id = $1"
    " ORDER BY 1 LIMIT $2");
DB_REGISTER(&handed_with)

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
    return domain_fault(c, e != OK ? e : signature_of(c, package_id, &out->signature));
}
