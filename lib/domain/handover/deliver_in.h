/* Deliver in: the form that a clerk fills in for a hand-over. */
#ifndef DOMAIN_DELIVER_IN_H
#define DOMAIN_DELIVER_IN_H

#include "domain/money/payment.h"
#include "domain/parcel/photo.h"
#include "domain/people/approval.h"

#define PAYMENTS_MAX 5           /* ways to pay one hand-over with */

struct deliver_in {
    const int64_t *ids;          /* packages */
    size_t count;
    int64_t customer;            /* the customer whose list was shown; 0: nobody */
    const char *code;            /* pickup code, or empty with an override */
    int64_t authorized;          /* the authorisation whose document the clerk was told to compare, or 0 */
    const char *override_reason; /* from override_reasons, when there is no code */
    const char *override_text;   /* the reason in words, if it is "otro" */
    bool identity_checked;
    const char *receiver_name, *receiver_document_type, *receiver_document_last4;
    const char *method, *reference;
    int64_t quoted_at;           /* when the list said its prices, or 0 */
    int64_t amount;              /* the first payment's; the sum is for all packages */
    const struct payment_in *others;     /* further payments, each more than 0 */
    size_t others_count;
    int64_t discount;            /* pesos off the sum of all packages */
    const char *discount_reason;
    const int64_t *incidents;    /* open incidents that the clerk has seen: a package with */
    size_t incidents_count;      /* another one is not handed over */
    const int64_t *scanned;      /* the packages of ids whose box was read */
    size_t scanned_count;
    const char *unscanned_reason;    /* once one box was read: why the others go unread, in words */
    const char *signature;       /* the receiver's, for all packages; may be empty */
    const struct photo_in *photos;   /* checked files in spool_dir, taken over, for the first package */
    size_t photo_count;
    struct approval *approval;   /* by an ADMIN, of what an OPERADOR may not do alone; NULL: none can be given */
};

#endif
