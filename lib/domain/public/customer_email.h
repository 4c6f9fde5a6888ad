/* Customer email: whoever announces a parcel writes an e-mail; the owner of the phone says whether it
 * is theirs. */
#ifndef DOMAIN_CUSTOMER_EMAIL_H
#define DOMAIN_CUSTOMER_EMAIL_H

#include "base/ctx.h"

/* The reader of a link that went to the phone says that the e-mail, as email_masked showed it, is
 * theirs; or that it is not, and it is forgotten.  E_CONFLICT when the customer has another e-mail by
 * now; E_NOT_FOUND for an unknown link. */
struct customer_email_in { const char *token, *email; bool mine; };
enum err customer_email_answer(struct ctx *c, const struct customer_email_in *in) MUST_CHECK;

#endif
