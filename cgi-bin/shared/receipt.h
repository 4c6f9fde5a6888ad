/* Receipt: what was paid for the parcels of a hand-over, or for one of them, on paper as long as its text; by the
 * customer's link, by the secret address of the receipt itself, and for staff. */
#ifndef CGI_RECEIPT_H
#define CGI_RECEIPT_H

#include "base/words.h"
#include "app/route.h"
#include "domain/money/payment.h"

/* Reads the payments of the package's hand-over.  The page gets paid.amount, the pesos paid and not
 * reversed, and, if some were reversed, paid.reversed, the pesos missing since. */
enum err receipt_paid(struct req *r, const struct package *p, struct payments *out) MUST_CHECK;
struct receipt_shown {
    const char *name;            /* the parcels' owner */
    const char *paper;           /* a value of setting_papers, or NULL */
    bool only;                   /* the receipt is of this package alone */
    bool by_link;                /* for who has the link of this package, which opens only parcels in the same name */
};
/* Shows the receipt of the hand-over that *p was part of; E_NOT_FOUND unless it was handed over. */
enum err receipt_page(struct req *r, const struct package *p, const struct receipt_shown *shown) MUST_CHECK;

#endif
