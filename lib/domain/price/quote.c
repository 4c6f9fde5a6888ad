#include "base/clock.h"
#include "base/texts.h"
#include "domain/ground/tx.h"
#include "domain/price/closure.h"
#include "domain/price/quote.h"
#include "domain/price/size.h"
#include "domain/price/texts.h"

static const struct field rows[] = {
    FIELD(struct quote_day, date, F_TEXT, "Fecha"),
    FIELD(struct quote_day, closed, F_TEXT, "Por qué no cuenta, si es un cierre"),
    FIELD(struct quote_day, added, F_MONEY, "Lo que se suma ese día; el primero, también la tarifa base"),
    FIELD(struct quote_day, total, F_MONEY, "Total al terminar el día, o al recoger"),
};
const struct fields quote_day_fields = FIELDS(rows);

static const struct field quote_rows[] = {
    FIELD_PART(struct quote, fee, fee_fields),
    FIELD_OBJECT(struct quote, rate, rate_fields, "La tarifa que rige cuando llega"),
    FIELD(struct quote, received_at, F_INSTANT, "Cuándo llega"),
    FIELD(struct quote, picked_at, F_INSTANT, "Cuándo lo recogen"),
    FIELD(struct quote, storage_from, F_INSTANT, "Desde cuándo se cobra bodegaje"),
    FIELD_LIST_SELF(struct quote, "list", quote_day_fields, "Día por día"),
};
const struct fields quote_fields = FIELDS(quote_rows);

static int64_t quote_instant(struct ctx *c, const char *day_field, const char *day_text,
                             const char *time_field, const char *time_text)
{
    int64_t day = 0, seconds = 0;

    if (day_text == NULL || !clock_parse_day(day_text, &day))
        ctx_invalid(c, day_field, T_NOT_DAY, NULL);
    if (time_text == NULL || !clock_parse_time(time_text, &seconds))
        ctx_invalid(c, time_field, T_NOT_TIME, NULL);
    return clock_day_start(day) + seconds;
}

static enum err quote_read_moments(struct ctx *c, const struct quote_in *in, struct quote *out)
{
    c->fault = (struct fault){ 0 };
    out->received_at = quote_instant(c, "received_day", in->received_day, "received_time", in->received_time);
    out->picked_at = quote_instant(c, "picked_day", in->picked_day, "picked_time", in->picked_time);
    if (ctx_faults(c) != OK)
        return ctx_faults(c);
    if (out->picked_at < out->received_at)
        return ctx_fail(c, E_INVALID, "picked_day", T_QUOTE_ORDER, NULL);
    if (clock_day(out->picked_at) - clock_day(out->received_at) >= QUOTE_DAYS)
        return ctx_fail(c, E_INVALID, "picked_day", T_QUOTE_LONG,
                        arena_printf(c->a, "%d", QUOTE_DAYS), NULL);
    return OK;
}

static enum err quote_read_rate(struct ctx *c, const char *type, int64_t at, struct rate *out)
{
    struct rates all;
    enum err e = rates_at(c, at, &all);

    for (size_t i = 0; e == OK && i < all.n; i++)
        if (streq(all.v[i].package_type, type)) {
            *out = all.v[i];
            return OK;
        }
    return e != OK ? e : ctx_fail(c, E_INVALID, "received_day", T_RATE_NONE, NULL);
}

static void quote_fill_days(struct ctx *c, const struct fee_rule *rule, const struct closed_days *closed,
                            const struct closures *why, struct quote *q)
{
    int64_t first = clock_day(q->received_at), last = clock_day(q->picked_at), before = 0;
    size_t k = 0;

    q->v = arena_alloc(c->a, (size_t)(last - first + 1) * sizeof *q->v);
    for (int64_t day = first; day <= last; day++) {
        int64_t end = day == last ? q->picked_at : clock_day_start(day + 1) - 1;
        struct fee f = fee_compute(rule, q->received_at, end, closed->v, closed->n);

        while (k < why->n && why->v[k].day < day)
            k++;
        q->v[q->n++] = (struct quote_day){ clock_day_iso(c->a, day),
            k < why->n && why->v[k].day == day ? why->v[k].reason : NULL, f.total - before, f.total };
        before = f.total;
    }
}

enum err quote_make(struct ctx *c, const struct quote_in *in, struct quote *out)
{
    struct closed_days closed;
    struct closures why;
    struct fee_rule rule;
    enum err e;

    *out = (struct quote){ 0 };
    if ((e = quote_read_moments(c, in, out)) != OK)
        return e;
    e = quote_read_rate(c, in->package_type ? in->package_type : package_types[0].value, out->received_at,
                        &out->rate);
    if (e == OK)
        e = domain_fault(c, closed_days(c, out->received_at, out->picked_at, &closed));
    if (e == OK)
        e = closure_list(c, clock_day(out->received_at), clock_day(out->picked_at), &why);
    if (e != OK)
        return e;
    rule = (struct fee_rule){ out->rate.base_fee, out->rate.storage_per_day, out->rate.free_hours };
    out->storage_from = fee_compute(&rule, out->received_at, out->received_at, closed.v, closed.n).grows_at;
    out->fee = fee_compute(&rule, out->received_at, out->picked_at, closed.v, closed.n);
    quote_fill_days(c, &rule, &closed, &why, out);
    return OK;
}
