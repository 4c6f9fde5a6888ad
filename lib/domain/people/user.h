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
};
FIELD_TABLE(struct user, user_fields)

struct users { struct user *v; size_t n; };

enum err user_by_id(struct ctx *c, int64_t id, struct user *out) MUST_CHECK;
enum err user_by_name(struct ctx *c, const char *username, struct user *out) MUST_CHECK;
enum err user_list(struct ctx *c, struct users *out) MUST_CHECK;

/* Sign-in with user name or e-mail.  Unknown, disabled and wrong give the same
 * E_INVALID after the same time; too many tries E_THROTTLED.  *token is the new
 * session's; `old`, the token that came with the request, ends. */
enum err user_sign_in(struct ctx *c, const char *login, const char *password, const char *old,
                      char **token) MUST_CHECK;

/* Own password: all sessions of the user end, *token is a new one. */
enum err user_change_password(struct ctx *c, const char *current, const char *password,
                              char **token) MUST_CHECK;

/* Forgotten: always OK and always as long, whether the account exists or not
 * (but E_THROTTLED for an address that asks too often). */
enum err user_reset_ask(struct ctx *c, const char *login) MUST_CHECK;
/* The address for the e-mail, derived when it is rendered: the token is stored
 * nowhere, only its hash.  NULL when the request is used, over or unknown. */
char *user_reset_link(struct ctx *c, int64_t reset_id);
/* Is this token still good? E_NOT_FOUND when not. */
enum err user_reset_check(struct ctx *c, const char *token) MUST_CHECK;
enum err user_reset(struct ctx *c, const char *token, const char *password) MUST_CHECK;

/* Again the own password, before a change that matters. */
enum err user_confirm(struct ctx *c, const char *field, const char *password) MUST_CHECK;

enum err user_set_theme(struct ctx *c, const char *theme) MUST_CHECK;
extern const struct word user_themes[];

/* Administration.  A password NULL is made and given in *made.  Who gets one from
 * somebody else must choose another at the first sign-in, unless it is final. */
struct user_in { const char *username, *email, *full_name, *role, *password; bool final; };
enum err user_add(struct ctx *c, const struct user_in *in, int64_t *id, char **made) MUST_CHECK;
enum err user_set_password(struct ctx *c, const char *username, const char *password,
                           char **made) MUST_CHECK;
/* Ends every session at once; the last active ADMIN stays (E_CONFLICT). */
enum err user_disable(struct ctx *c, const char *username) MUST_CHECK;

/* password.c: the rules; a wrong one is named in the fault under `field`. */
enum err password_check(struct ctx *c, const char *field, const char *password,
                        const char *username, const char *email) MUST_CHECK;
/* Its hash, or a fault: E_THROTTLED when the host computes too many already. */
enum err password_make(struct ctx *c, const char *password, const char **hash) MUST_CHECK;
enum err password_busy(struct ctx *c) MUST_CHECK;        /* that fault */

/* A user name or e-mail as typed: trimmed, in lower case; "" when it is no text. */
char *login_normal(struct arena *a, const char *typed);

#endif
