/* Package fee: what a package owes (price/fee.h computes it). */
#ifndef DOMAIN_PACKAGE_FEE_H
#define DOMAIN_PACKAGE_FEE_H

#include "base/clock.h"
#include "domain/parcel/package.h"
#include "domain/price/fee.h"

/* The fee that a package owes now, by a clock that is not in doubt (doubt_fair_now, queue/doubt.h): the frozen figures once it was handed over, zeros before its
 * reception and when it is cancelled.  out->grows_at is 0 where nothing grows. */
enum err fee_of(struct ctx *c, const struct package *p, struct fee *out) MUST_CHECK;
/* fee_of at the instant `at` instead of now. */
enum err fee_at(struct ctx *c, const struct package *p, int64_t at, struct fee *out) MUST_CHECK;
/* fee_of for each package of a list, in the list's order; *out is an array of list->n in the arena. */
enum err fees_of(struct ctx *c, const struct packages *list, struct fee **out) MUST_CHECK;
/* What packages owe together: the sum that a message, the page of a link and the counter say. */
struct fees_sum {
    struct fee *v;               /* the fee of each, in the list's order */
    int64_t total;
    int64_t grows_at;            /* when the first of them costs more; 0: none does */
    int64_t next_total;          /* the sum that they owe together at grows_at */
};
enum err fees_sum(struct ctx *c, const struct packages *list, struct fees_sum *out) MUST_CHECK;
/* The sum that was given up on a customer's parcels since then: discounts of those that were handed over, and the
 * storage that those owed which were cancelled.  0: there is no customer. */
enum err fees_given_up(struct ctx *c, int64_t customer_id, int64_t since, int64_t *sum) MUST_CHECK;
#define GIVEN_UP_S DAY_SECONDS   /* pieces of so long count together, when a discount is weighed */

#endif
