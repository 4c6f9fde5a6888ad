/* Deliver in: what a clerk gives for a hand-over. */
#ifndef DOMAIN_DELIVER_IN_H
#define DOMAIN_DELIVER_IN_H

#include "domain/money/payment.h"
#include "domain/parcel/photo.h"

#define PAYMENTS_MAX 5           /* ways to pay one hand-over with */

struct deliver_in {
    const int64_t *ids;          /* packages */
    size_t count;
    int64_t customer;            /* whose list was shown; 0: nobody's */
    const char *code;            /* pickup code, or empty with an override */
    int64_t authorized;          /* of an authorisation's code: whose document was shown to be compared */
    const char *override_reason; /* of override_reasons … */
    const char *override_text;   /* … and in words, if it is "otro" */
    bool identity_checked;
    const char *receiver_name, *receiver_document_type, *receiver_document_last4;
    const char *method, *reference;
    int64_t quoted_at;           /* when the list said its prices, or 0 */
    int64_t amount;              /* what was paid for all of them … */
    const struct payment_in *others;     /* … when these are added, each more than 0 */
    size_t others_count;
    int64_t discount;            /* on the whole, ADMIN only */
    const char *discount_reason;
    const int64_t *incidents;    /* open ones that are known: without them their package stays … */
    size_t incidents_count;      /* … since somebody else has just said so */
    const char *signature;       /* of who receives, for all of them; may be empty */
    const struct photo_in *photos;   /* checked files of spool_dir, taken over: of the first package */
    size_t photo_count;
};

#endif
