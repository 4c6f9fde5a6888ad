/* Fee: the price of a parcel (domain.md §5).  One function, in integers, computes it for the page, the
 * message, the counter and the report. */
#ifndef DOMAIN_FEE_H
#define DOMAIN_FEE_H

#include <stddef.h>
#include <stdint.h>

#include "base/field.h"
#include "base/ctx.h"
#include "store/db.h"

struct fee_rule { int64_t base_fee, storage_per_day, free_hours; };

struct fee {
    int64_t days;                /* storage days charged */
    int64_t base_fee, storage_fee, total;
    int64_t grows_at;            /* the instant at which the next storage day begins */
    int64_t next_total;          /* the total from then on */
};
FIELD_TABLE(struct fee, fee_fields)

/* The fee at the instant `end`.  closures: sorted day numbers on which the point was closed. */
struct fee fee_compute(const struct fee_rule *r, int64_t received_at, int64_t end,
                       const int64_t *closures, size_t n);

/* The closed days from the instant `since` to `until` and of a year after it: the instant at which a
 * fee grows next depends on closures to come. */
#define CLOSED_AHEAD 366
struct closed_days { int64_t *v; size_t n; };
enum err closed_days(struct ctx *c, int64_t since, int64_t until, struct closed_days *out) MUST_CHECK;

#endif
