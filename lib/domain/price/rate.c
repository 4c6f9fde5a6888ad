#include "base/clock.h"
#include "domain/ground/tx.h"
#include "domain/price/rate.h"


static const struct stmt at_instant = STMT("rates_at", "i",
    "SELECT r.id, r.package_type, r.base_fee, r.storage_per_day, r.free_hours, r.valid_from"
    " FROM rates r WHERE r.valid_from = (SELECT max(o.valid_from) FROM rates o"
    " WHERE o.package_type = r.package_type AND o.valid_from <= $1)"
    " ORDER BY r.base_fee, r.package_type");
static const struct stmt periods = STMT("rate_periods", "i",
    "SELECT id, package_type, base_fee, storage_per_day, free_hours, valid_from, valid_until,"
    " CASE WHEN valid_from > $1 THEN 'PROXIMA'"
    "      WHEN valid_until IS NULL OR valid_until > $1 THEN 'VIGENTE' ELSE 'PASADA' END"
    " FROM (SELECT *, lead(valid_from) OVER (PARTITION BY package_type ORDER BY valid_from)"
    "       AS valid_until FROM rates)"
    " ORDER BY valid_from DESC, base_fee, package_type");
DB_REGISTER(&at_instant, &periods)

static const struct field rows[] = {
    FIELD(struct rate, id, F_INT, "Número de la tarifa"),
    FIELD(struct rate, package_type, F_TEXT, "NORMAL o EXTRA_DIMENSIONADO"),
    FIELD(struct rate, base_fee, F_MONEY, "Tarifa base"),
    FIELD(struct rate, storage_per_day, F_MONEY, "Bodegaje por día"),
    FIELD(struct rate, free_hours, F_INT, "Horas sin bodegaje"),
    FIELD(struct rate, valid_from, F_INSTANT, "Desde cuándo rige"),
};
const struct fields rate_fields = FIELDS(rows);

#define PERIOD(member, type, doc) FIELD_AS(struct rate_period, rate.member, #member, type, doc)
static const struct field period_rows[] = {
    PERIOD(id, F_INT, "Número de la tarifa"),
    PERIOD(package_type, F_TEXT, "NORMAL o EXTRA_DIMENSIONADO"),
    PERIOD(base_fee, F_MONEY, "Tarifa base"),
    PERIOD(storage_per_day, F_MONEY, "Bodegaje por día"),
    PERIOD(free_hours, F_INT, "Horas sin bodegaje"),
    PERIOD(valid_from, F_INSTANT, "Desde cuándo rige"),
    FIELD(struct rate_period, valid_until, F_INSTANT, "Hasta cuándo, si otra la reemplaza"),
    FIELD(struct rate_period, state, F_TEXT, "PROXIMA, VIGENTE o PASADA"),
};
const struct fields rate_period_fields = FIELDS(period_rows);

enum err rate_list(struct ctx *c, struct rate_periods *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &periods, c->now);

    *out = (struct rate_periods){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, rate_period_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

enum err rates_at(struct ctx *c, int64_t at, struct rates *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &at_instant, at);

    *out = (struct rates){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, rate_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

struct fee rate_after(const struct rate *r, int64_t days)
{
    struct fee_rule rule = { r->base_fee, r->storage_per_day, r->free_hours };

    return fee_compute(&rule, 0, days * DAY_SECONDS, NULL, 0);
}
