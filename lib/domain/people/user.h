/* User: staff, their sign-in and their passwords (domain.md §7, §8). */
#ifndef DOMAIN_USER_H
#define DOMAIN_USER_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"

struct user {
    int64_t id;
    const char *username, *email, *full_name, *phone, *role, *password_hash;
    int64_t is_active, must_change_password;
    const char *theme;
    int64_t last_login_at, created_at;
    int64_t joined_at;           /* 0: invited, and not here yet */
    int64_t invited_until;       /* 0: no invitation that is still good */
    int64_t has_pin, has_totp, version;
    int64_t page_rows;
    const char *home;
};
FIELD_TABLE(struct user, user_fields)

struct users { struct user *v; size_t n; };

enum err user_by_id(struct ctx *c, int64_t id, struct user *out) MUST_CHECK;
enum err user_by_name(struct ctx *c, const char *username, struct user *out) MUST_CHECK;
enum err user_list(struct ctx *c, struct users *out) MUST_CHECK;

/* Sign-in with user name or e-mail.  An unknown name, a disabled account and a wrong password give the
 * same E_INVALID after the same time; too many tries give E_THROTTLED.  *token is the new session's;
 * `old`, the token that came with the request, ends. */
enum err user_sign_in(struct ctx *c, const char *login, const char *password, const char *old,
                      char **token) MUST_CHECK;
/* The second step, of a user with an app for codes (totp.h): user_sign_in's token then is of a session that waits
 * (session_waiting), and nobody is signed in until this has taken the code.  *token is the new session's in place of
 * `old`.  E_AUTH: `old` waits no longer; E_INVALID and E_THROTTLED name "code". */
enum err user_sign_in_code(struct ctx *c, const char *code, const char *old, char **token) MUST_CHECK;

/* Whether anybody has signed in from the context's network lately. */
bool user_network_known(struct ctx *c);

/* Changes the user's own password: all their sessions end, *token is a new one. */
enum err user_change_password(struct ctx *c, const char *current, const char *password,
                              char **token) MUST_CHECK;

/* A forgotten password: OK after the same time whether the account exists or not, but E_THROTTLED for
 * a network that asks too often. */
enum err user_reset_ask(struct ctx *c, const char *login) MUST_CHECK;
/* OK when the token of such a link is still good, else E_NOT_FOUND. */
enum err user_reset_check(struct ctx *c, const char *token) MUST_CHECK;
enum err user_reset(struct ctx *c, const char *token, const char *password) MUST_CHECK;

/* Asks for the user's own password again, before a change that matters; E_INVALID names `field`. */
enum err user_confirm(struct ctx *c, const char *field, const char *password) MUST_CHECK;

extern const struct word user_roles[], user_roles_by_token[];   /* by_token: those that a token of the API may give */

/* Adds a user, or sets a password, for the command line.  A password that is NULL is made, and given in *made.  A
 * person whose password somebody else set must choose another at the first sign-in, unless `final`. */
struct user_in { const char *username, *email, *full_name, *role, *password; bool final; };
enum err user_add(struct ctx *c, const struct user_in *in, int64_t *id, char **made) MUST_CHECK;
enum err user_set_password(struct ctx *c, const char *username, const char *password,
                           char **made) MUST_CHECK;
/* The rules for passwords (password.c); one that breaks them is E_INVALID, with `field` named. */
enum err password_check(struct ctx *c, const char *field, const char *password,
                        const char *username, const char *email) MUST_CHECK;
/* Makes the hash of a password; E_THROTTLED when the host computes too many already. */
enum err password_make(struct ctx *c, const char *password, const char **hash) MUST_CHECK;
enum err password_busy(struct ctx *c) MUST_CHECK;        /* E_THROTTLED for that reason */

/* A user name or e-mail as typed: trimmed, in lower case; "" when it is not text. */
char *login_normal(struct arena *a, const char *typed);
/* The data of an account to be made, with e-mail and name as normalised: NULL when that could not be done. */
struct user_account { const char *username, *email, *full_name, *role; };
/* Adds to c->fault what is wrong with these, at the field of each.  A user name is 3 to 40 small letters, digits,
 * dots and dashes. */
void user_account_faults(struct ctx *c, const struct user_account *a);

#endif
