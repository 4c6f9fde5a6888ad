#include "domain/parcel/package_fee.h"

#include "queue/doubt.h"

static const struct stmt discounts = STMT("fees_discounts", "ii",
    "SELECT coalesce(sum(discount), 0) FROM packages WHERE customer_id = $1 AND state = 'ENTREGADO' AND delivered_at > $2");
static const struct stmt cancelled = STMT("fees_cancelled", "ii",
    "SELECT id FROM packages WHERE customer_id = $1 AND state = 'CANCELADO' AND received_at IS NOT NULL AND cancelled_at > $2");
DB_REGISTER(&discounts, &cancelled)

static bool fee_grows(const struct package *p)
{
    return streq(p->state, "RECIBIDO") && p->received_at != 0;
}

static struct fee fee_with(const struct package *p, int64_t now, const struct closed_days *closed)
{
    const struct fee_rule rule = { p->base_fee, p->storage_per_day, p->free_hours };

    if (fee_grows(p))
        return fee_compute(&rule, p->received_at, now, closed->v, closed->n);
    if (p->delivered_at != 0)
        return (struct fee){ .days = p->storage_days, .base_fee = p->base_fee,
                             .storage_fee = p->storage_fee, .total = p->total_fee };
    return (struct fee){ 0 };
}

enum err fee_at(struct ctx *c, const struct package *p, int64_t at, struct fee *out)
{
    struct closed_days closed = { 0 };
    enum err e = fee_grows(p) ? closed_days(c, p->received_at, at, &closed) : OK;

    *out = e == OK ? fee_with(p, at, &closed) : (struct fee){ 0 };
    return e;
}

enum err fee_of(struct ctx *c, const struct package *p, struct fee *out)
{
    return fee_at(c, p, fee_grows(p) ? doubt_fair_now(c) : c->now, out);
}

static enum err fees_at(struct ctx *c, const struct packages *list, int64_t at, struct fee **out)
{
    struct closed_days closed = { 0 };
    int64_t since = at;
    enum err e;

    *out = arena_alloc(c->a, (list->n + 1) * sizeof **out);
    for (size_t i = 0; i < list->n; i++)
        if (fee_grows(&list->v[i]) && list->v[i].received_at < since)
            since = list->v[i].received_at;
    e = closed_days(c, since, at, &closed);
    for (size_t i = 0; e == OK && i < list->n; i++)
        (*out)[i] = fee_with(&list->v[i], at, &closed);
    return e;
}

enum err fees_of(struct ctx *c, const struct packages *list, struct fee **out)
{
    return fees_at(c, list, doubt_fair_now(c), out);
}

enum err fees_sum(struct ctx *c, const struct packages *list, struct fees_sum *out)
{
    struct fee *later;
    enum err e;

    *out = (struct fees_sum){ 0 };
    e = fees_of(c, list, &out->v);
    for (size_t i = 0; e == OK && i < list->n; i++) {
        const struct fee *f = &out->v[i];

        out->total += f->total;
        if (f->grows_at != 0 && (out->grows_at == 0 || f->grows_at < out->grows_at))
            out->grows_at = f->grows_at;
    }
    if (e == OK && out->grows_at != 0)
        e = fees_at(c, list, out->grows_at, &later);
    for (size_t i = 0; e == OK && out->grows_at != 0 && i < list->n; i++)
        out->next_total += later[i].total;
    return e;
}

enum err fees_given_up(struct ctx *c, int64_t customer_id, int64_t since, int64_t *sum)
{
    struct packages all = { 0 };
    int64_t *ids;
    size_t n = 0;
    struct rows q;
    enum err e;

    *sum = 0;
    if (customer_id == 0)
        return OK;
    e = db_value(c->db, sum, &discounts, customer_id, since);
    if (e == OK)
        e = db_query(c->db, &q, &cancelled, customer_id, since);
    if (e == OK)
        e = db_ids_all(&q, c->a, &ids, &n);
    if (e == OK)
        e = packages_by_ids(c, ids, n, &all);
    for (size_t i = 0; e == OK && i < all.n; i++) {
        struct package *p = &all.v[i];
        struct fee owed;

        p->state = "RECIBIDO";   /* as it was */
        e = fee_at(c, p, p->cancelled_at, &owed);
        *sum += owed.storage_fee;
    }
    return e;
}
