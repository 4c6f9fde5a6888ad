/* User change: what an ADMIN does with the people who work here.  Each is audited, and is refused (E_FORBIDDEN) to
 * who is no active ADMIN any more by the time that it is written.  One active ADMIN who has a password always
 * stays: whoever would disable or demote the last one is told so (E_CONFLICT), also when two do it to each other at
 * once.  A token of the API stands for nobody's password: by one, everything here is E_FORBIDDEN towards an ADMIN,
 * its owner too. */
#ifndef DOMAIN_USER_CHANGE_H
#define DOMAIN_USER_CHANGE_H

#include "base/ctx.h"
#include "domain/people/user.h"

/* Members that are NULL stay as they are.  version: as it was seen; 0: any.  E_INVALID and E_CONFLICT name the field;
 * E_PRECONDITION: somebody changed the user since.  Another role ends the user's sessions, another e-mail the links that
 * went to the one before.  Nobody changes their own role. */
struct user_edit { int64_t id, version; const char *full_name, *email, *role; };
enum err user_edit(struct ctx *c, const struct user_edit *in) MUST_CHECK;

/* Disables a user, so that nothing that acts for them serves any more: sessions, links, PIN, tokens of the API; or lets
 * them in again, by their password.  Nobody disables themselves. */
enum err user_set_active(struct ctx *c, int64_t id, bool active) MUST_CHECK;

/* Ends all sessions of a user. */
enum err user_end_sessions(struct ctx *c, int64_t id) MUST_CHECK;

/* Takes the app for codes from somebody else who has lost it, and ends their sessions. */
enum err user_clear_totp(struct ctx *c, int64_t id) MUST_CHECK;

/* Inside a db_write: E_FORBIDDEN when a person acts who is no active ADMIN. */
enum err user_admin_tx(struct ctx *c) MUST_CHECK;
/* Whether a token of the API acts, and no page that has asked for a password. */
bool user_by_token(const struct ctx *c);
/* Inside a db_write: reads the user whom somebody is about to change; E_FORBIDDEN as user_admin_tx, and when a
 * token acts on an ADMIN; E_NOT_FOUND. */
enum err user_changed_tx(struct ctx *c, int64_t id, struct user *out) MUST_CHECK;

#endif
