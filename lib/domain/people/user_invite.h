/* Invitation: how somebody comes to work here.  An ADMIN says who and with which role; that person gets a link, good for
 * 72 hours and once, and chooses name, password and PIN.  Until then nobody can sign in by that account. */
#ifndef DOMAIN_USER_INVITE_H
#define DOMAIN_USER_INVITE_H

#include "base/ctx.h"
#include "domain/people/user.h"

/* A link for the ADMIN to pass on: `link` is NULL when it went by e-mail. */
struct user_linked { struct user user; const char *link; };

/* Makes the account and its link, which goes by e-mail; with `shown`, or where no mail leaves this point, it is given to
 * the caller instead, and nothing shows it again.  E_INVALID and E_CONFLICT name the field.  A token of the API gets no
 * link, E_CONFLICT where no mail leaves, and invites no ADMIN: E_FORBIDDEN. */
struct user_invite_in { const char *username, *email, *full_name, *role; bool shown; };
enum err user_invite(struct ctx *c, const struct user_invite_in *in, struct user_linked *out) MUST_CHECK;

/* Makes another link for somebody: an invitation while they have not joined, else one to choose another password.
 * By a token of the API only by e-mail, and to no ADMIN. */
enum err user_link_again(struct ctx *c, int64_t id, bool shown, struct user_linked *out) MUST_CHECK;

/* Whom an invitation is for, by its secret; E_NOT_FOUND when it was used, is over or unknown. */
enum err user_invited(struct ctx *c, const char *secret, struct user *out) MUST_CHECK;
/* Takes an invitation: E_INVALID names "full_name", "password", "pin" or "pin_again".  pin: blank for none. */
struct user_join_in { const char *token, *full_name, *password, *pin, *pin_again; };
enum err user_join(struct ctx *c, const struct user_join_in *in) MUST_CHECK;

#endif
