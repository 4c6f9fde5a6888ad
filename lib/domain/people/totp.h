/* Totp: the second step of a sign-in: six digits of an app on the person's phone, which are taken once, or one of the
 * recovery codes, for whoever has lost it.  Its owner sets it up; for an ADMIN the setting access.totp_admin makes it a
 * must.  The secret is stored sealed, the recovery codes as keyed hashes. */
#ifndef DOMAIN_TOTP_H
#define DOMAIN_TOTP_H

#include "base/ctx.h"

struct totp {
    int64_t confirmed_at;        /* 0: none is asked for */
    int64_t codes_left;          /* recovery codes that nobody has used */
    const char *secret, *uri;    /* while it is not confirmed: the key, and what its QR code says; NULL: nothing begun */
};
/* The caller's own. */
enum err totp_read(struct ctx *c, struct totp *out) MUST_CHECK;

/* Whether a user has an app, so that a sign-in asks for its code; true also when that cannot be read. */
bool totp_is_on(struct ctx *c, int64_t user_id);
/* Whether a user must set one up first: an ADMIN without, where the setting says so or cannot be read. */
bool totp_is_owed(struct ctx *c, int64_t user_id);

#define RECOVERY_CODES 10
struct recovery_codes { const char *v[RECOVERY_CODES]; };

/* Setting one up: a new secret that its owner puts into the app; then a code of it, at the field "code", by which
 * it holds from now on and the recovery codes are made, which nothing shows again.  E_CONFLICT: there is one
 * already. */
enum err totp_begin(struct ctx *c) MUST_CHECK;
enum err totp_confirm(struct ctx *c, const char *code, struct recovery_codes *out) MUST_CHECK;
/* Makes other recovery codes, in place of all before, once a code is right: E_INVALID and E_THROTTLED are at the
 * field "renew_code". E_FORBIDDEN in a session that began with a PIN. */
enum err totp_renew(struct ctx *c, const char *code, struct recovery_codes *out) MUST_CHECK;
/* Ends it, once a code is right; E_CONFLICT for an ADMIN where it is a must. */
enum err totp_end(struct ctx *c, const char *code) MUST_CHECK;

/* Takes a code, or a recovery code, of a user: each is taken once.  E_INVALID at the field "code"; after five wrong
 * ones E_THROTTLED, in that session for all codes, and in whatever session for those of the app.  Whoever has the
 * password alone so guesses five, and yet keeps nobody out: wrong codes from a network that is known, since its
 * owner has signed in from there, are counted apart from those of all other networks, and a recovery code is too
 * long to be guessed and is asked of its session alone. */
struct totp_try {
    int64_t user_id;
    const char *code;
    const char *session;         /* a text that no other session has: its token */
    bool known;                  /* the network of the context's address is known */
};
enum err totp_check(struct ctx *c, const struct totp_try *t) MUST_CHECK;

/* Inside a db_write: takes it away from somebody who has lost phone and recovery codes; E_NOT_FOUND: there is none. */
enum err totp_clear_tx(struct ctx *c, int64_t user_id) MUST_CHECK;

#endif
