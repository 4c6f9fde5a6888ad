/* Delivery: a hand-over after it happened: its packages, what was paid, the signature. */
#ifndef DOMAIN_DELIVERY_H
#define DOMAIN_DELIVERY_H

#include "domain/parcel/package.h"

#define HANDOVER_MAX 100         /* packages in one */

struct delivery {
    struct packages packages;
    int64_t total, paid, discount;       /* paid: what stands */
    const char *operation_id;
    const char *signature;       /* strokes as a path of SVG, NULL: none (any more) */
    /* A refused hand-over says what its form has to hold instead, or 0: */
    int64_t authorized;          /* the authorisation, at the field of that name, … */
    int64_t amount;              /* … and what is due now, since it grew */
};
/* The hand-over that a package was part of; E_NOT_FOUND when it is not ENTREGADO (any more). */
enum err delivery_of(struct ctx *c, int64_t package_id, struct delivery *out) MUST_CHECK;
/* The ids of the packages of that hand-over alone, into ids, which has room for HANDOVER_MAX. */
enum err delivery_ids(struct ctx *c, int64_t package_id, int64_t *ids, size_t *n) MUST_CHECK;

#endif
