/* Handover: one hand-over while it is being made, as the files that make it share it (deliver.c,
 * deliver_check.c). */
#ifndef DOMAIN_HANDOVER_H
#define DOMAIN_HANDOVER_H

#include "domain/handover/deliver_in.h"
#include "domain/handover/delivery.h"
#include "domain/handover/proof.h"
#include "domain/parcel/package_fee.h"

#define LAST_OF_IDENTITY 4       /* letters or digits of a receiver's identity document that are kept */

struct handover {
    struct ctx *c;
    const struct deliver_in *in;
    struct delivery *out;
    const char *operation;
    const char *receiver, *document_type, *document_last4, *signature;
    struct proof proof;
    int64_t customer;            /* the customer of all packages */
    int64_t due, discount_left;
    struct payment_in pays[PAYMENTS_MAX];
    size_t pays_count, from;     /* from: the payment that packages are now paid with */
    int64_t used;                /* how much of that payment is used */
    int64_t drawer;              /* the drawer that takes the money; 0: none */
    struct fee fees[HANDOVER_MAX];
    bool wrong_code;
    struct approval_asked asked; /* needs that an ADMIN must approve: a discount, no code */
};

/* Check what was typed, before any of it is looked up: fills receiver, document, signature and pays; what is wrong
 * is in the fault, each at its field. */
enum err handover_check(struct handover *h) MUST_CHECK;
/* Finds what an ADMIN must approve, and that it was. */
enum err handover_approve(struct handover *h) MUST_CHECK;
/* Checks, once the packages are known, that no box goes unread beside one that was read, unless the clerk says why:
 * the unread one may still be on the shelf, or be somebody else's. */
enum err handover_check_scans(struct handover *h) MUST_CHECK;
bool handover_scanned(const struct handover *h, int64_t package_id);

#endif
