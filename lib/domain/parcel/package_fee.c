#include "domain/parcel/package_fee.h"

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
    return fee_at(c, p, c->now, out);
}

enum err fees_of(struct ctx *c, const struct packages *list, struct fee **out)
{
    struct closed_days closed = { 0 };
    int64_t since = c->now;
    enum err e;

    *out = arena_alloc(c->a, (list->n + 1) * sizeof **out);
    for (size_t i = 0; i < list->n; i++)
        if (fee_grows(&list->v[i]) && list->v[i].received_at < since)
            since = list->v[i].received_at;
    e = closed_days(c, since, c->now, &closed);
    for (size_t i = 0; e == OK && i < list->n; i++)
        (*out)[i] = fee_with(&list->v[i], c->now, &closed);
    return e;
}
