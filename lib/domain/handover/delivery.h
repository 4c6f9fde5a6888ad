/* Delivery: a hand-over after it happened: its packages, its payments, its signature. */
#ifndef DOMAIN_DELIVERY_H
#define DOMAIN_DELIVERY_H

#include "base/field.h"
#include "domain/parcel/package.h"

#define HANDOVER_MAX 100         /* packages in one */

struct delivery {
    struct packages packages;
    int64_t total, paid, discount;       /* paid: without reversed payments */
    const char *operation_id;
    int64_t receipt;             /* number of its receipt; 0: it has none */
    const char *signature;       /* strokes as a path of SVG; NULL: there is none, or no longer */
    /* If deliver_packages refuses a hand-over, these say what its form should have held; else 0: */
    int64_t authorized;          /* the authorisation to name in deliver_in.authorized */
    int64_t amount;              /* the sum due now, if it has grown since the list was shown */
};
/* A package that somebody has delivered: what another clerk, who meant to, is told. */
struct delivered { int64_t package_id; const char *guide, *by; int64_t at; const char *receiver; };
FIELD_TABLE(struct delivered, delivered_fields)
struct delivered_list { struct delivered *v; size_t n; };
/* Those of the n packages that are delivered; if none of the n is, those of the customer (0: nobody) since then. */
enum err delivered_among(struct ctx *c, const int64_t *ids, size_t n, int64_t customer_id, int64_t since,
                         struct delivered_list *out) MUST_CHECK;

/* The number of the receipt of that hand-over, numbered without gaps (migration receipts); 0: it has none. */
int64_t delivery_receipt(struct ctx *c, const char *operation_id);
/* The hand-over that a package was part of; E_NOT_FOUND when it is not ENTREGADO (any more). */
enum err delivery_of(struct ctx *c, int64_t package_id, struct delivery *out) MUST_CHECK;
/* The ids of the packages of that hand-over alone, into ids, which has room for HANDOVER_MAX. */
enum err delivery_ids(struct ctx *c, int64_t package_id, int64_t *ids, size_t *n) MUST_CHECK;

#endif
