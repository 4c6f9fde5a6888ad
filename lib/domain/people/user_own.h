/* User own: what those who work here change of themselves: name, e-mail, phone, and how they like the pages. */
#ifndef DOMAIN_USER_OWN_H
#define DOMAIN_USER_OWN_H

#include "base/ctx.h"
#include "base/words.h"

extern const struct word user_themes[], user_page_rows[], user_homes[];

/* Changes the caller's own data.  Another e-mail is theirs once they open the link that is sent to it, *letter: until
 * then the one before stays.  phone: blank for none.  E_INVALID and E_CONFLICT name the field; E_THROTTLED after three
 * such letters within an hour. */
struct user_own_edit { const char *full_name, *email, *phone; };
enum err user_edit_own(struct ctx *c, const struct user_own_edit *in, bool *letter) MUST_CHECK;
/* The e-mail that waits to be confirmed by the caller; NULL: none does. */
const char *user_email_waiting(struct ctx *c);
/* The e-mail that such a link confirms, and confirming it.  E_NOT_FOUND when it was used, is over or unknown; E_CONFLICT
 * when it is somebody else's by now. */
enum err user_email_check(struct ctx *c, const char *secret, const char **email) MUST_CHECK;
enum err user_email_confirm(struct ctx *c, const char *secret) MUST_CHECK;

/* Preferences are values of the tables above; one that is NULL stays. */
struct user_preferences { const char *theme, *page_rows, *home; };
enum err user_set_preferences(struct ctx *c, const struct user_preferences *in) MUST_CHECK;
/* The path where a person of that role begins, "/receive": it is one that the role may see. */
const char *user_home_path(struct arena *a, enum role role, const char *home);

#endif
