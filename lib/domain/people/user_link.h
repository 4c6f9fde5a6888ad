/* User link: an address with a secret that stands for one user, who has it from a letter or from an ADMIN: to choose
 * another password, to join, to confirm an e-mail.  The secret is stored nowhere: it is a keyed hash of the row, whose id
 * is random, and is derived whenever the link is written; a copy of the database gives none away. */
#ifndef DOMAIN_USER_LINK_H
#define DOMAIN_USER_LINK_H

#include "base/ctx.h"

#define LINK_PASSWORD "clave"    /* good for an hour */
#define LINK_INVITE "invitacion" /* good for 72 hours */
#define LINK_EMAIL "correo"      /* good for a day */

struct user_link {
    int64_t id, user_id, expires_at;
    const char *kind;
    const char *email;           /* the e-mail that it confirms; NULL for the other kinds */
    const char *username, *user_email, *full_name, *role;    /* the user's, now */
};

/* Inside a db_write: makes a link, and ends the earlier ones of its kind and user.  *id is known to the letter's job. */
enum err user_link_new_tx(struct ctx *c, const char *kind, int64_t user_id, const char *email, int64_t *id) MUST_CHECK;
/* Inside a db_write: a letter of that kind (message_kind.def) to `email`, in which the link will stand. */
enum err user_link_letter_tx(struct ctx *c, const char *event, int64_t user_id, const char *email, int64_t id) MUST_CHECK;
/* The address of a link that is still good; E_NOT_FOUND for any other, which is no fault. */
enum err user_link_address(struct ctx *c, int64_t id, const char **address) MUST_CHECK;
/* Finds a link of that kind by its secret; E_NOT_FOUND when it was used, is over or unknown, or its user is disabled. */
enum err user_link_find(struct ctx *c, const char *kind, const char *secret, struct user_link *out) MUST_CHECK;
/* Inside a db_write: uses it up; E_NOT_FOUND when another request was first.  From then on the request acts for the
 * link's user, as the audit log tells it. */
enum err user_link_use_tx(struct ctx *c, const struct user_link *l) MUST_CHECK;
/* Inside a db_write: none of the user's links is good any more. */
enum err user_link_end_all_tx(struct ctx *c, int64_t user_id) MUST_CHECK;

#endif
