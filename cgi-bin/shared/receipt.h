/* Receipt: what was paid for a parcel, for narrow paper; by the customer's link and for staff. */
#ifndef CGI_RECEIPT_H
#define CGI_RECEIPT_H

#include "base/words.h"
#include "app/route.h"
#include "domain/money/payment.h"


/* Reads the payments of the package's hand-over.  The page gets paid.amount, the pesos paid and not
 * reversed, and, if some were reversed, paid.reversed, the pesos missing since. */
enum err receipt_paid(struct req *r, const struct package *p, struct payments *out) MUST_CHECK;
/* E_NOT_FOUND unless the package was handed over. name: whose parcel; paper: of setting_papers or NULL. */
enum err receipt_page(struct req *r, const struct package *p, const char *name, const char *paper) MUST_CHECK;

#endif
