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
    return fees_at(c, list, c->now, out);
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
