/* Customer email: whose the e-mail of an announcement is (parcel/email_proof.h), said by the owner of the phone on
 * their link, or by the reader of the letter that asks. */
#ifndef DOMAIN_CUSTOMER_EMAIL_H
#define DOMAIN_CUSTOMER_EMAIL_H

#include "domain/parcel/package.h"

/* True when the announcement has no e-mail and its customer has one, whose person may be another of that phone: the
 * page of the link asks for it. */
bool customer_email_doubted(struct ctx *c, const struct package *p);

/* The reader of the link that only the phone got types the whole e-mail: it is theirs, for this parcel and later
 * ones, once the link of the letter that asked it is opened too; *waits: that is still to be done.  Or it is not
 * theirs (mine false, email may be empty), and it is forgotten.
 * E_INVALID at "email" when it is not the announced one, E_CONFLICT when the announcement has none (any
 * more) or the link did not go to a phone, E_NOT_FOUND for an unknown link. */
struct customer_email_in { const char *token, *email; bool mine; };
enum err customer_email_answer(struct ctx *c, const struct customer_email_in *in, bool *waits) MUST_CHECK;

/* The e-mail that a token of the letter asks about, masked, and whether it is proved already. */
struct email_question { const char *email; bool proved; };
enum err email_question(struct ctx *c, const char *token, struct email_question *out) MUST_CHECK;
/* The reader of the letter says that it is theirs: from now on it is told of that announcement's parcels, and of all
 * of the person's if the phone's owner has said so. */
enum err email_confirm(struct ctx *c, const char *token) MUST_CHECK;

#endif
