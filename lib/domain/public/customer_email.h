/* Customer email: whoever announces a parcel writes an e-mail; the phone's owner says whose it is. */
#ifndef DOMAIN_CUSTOMER_EMAIL_H
#define DOMAIN_CUSTOMER_EMAIL_H

#include "base/ctx.h"

/* By the link that went to the phone: that e-mail (as email_masked showed it) is mine, or it is not
 * and is forgotten.  E_CONFLICT when it is another by now; E_NOT_FOUND for an unknown link. */
struct customer_email_in { const char *token, *email; bool mine; };
enum err customer_email_answer(struct ctx *c, const struct customer_email_in *in) MUST_CHECK;

#endif
