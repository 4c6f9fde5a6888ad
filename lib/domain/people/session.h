/* Session: a signed-in browser.  Its row decides: deleting it signs the user out.  It ends after 12 h
 * without use, and after 24 h in any case.  Only the hash of the cookie's token is stored. */
#ifndef DOMAIN_SESSION_H
#define DOMAIN_SESSION_H

#include "base/ctx.h"
#include "base/field.h"

struct session {
    int64_t id, user_id;
    const char *csrf;
    int64_t created_at, seen_at, expires_at;
    const char *address, *user_agent;
    int64_t is_current;          /* 1: the request itself came by this session */
    const char *device;          /* "Firefox en Windows": from user_agent */
    int64_t must_change;         /* 1: the user must choose a new password first */
    const char *theme, *home;    /* the user's */
    int64_t page_rows;           /* the user's */
    const char *username;
    const char *lacks;           /* "alta": its user must set up an app for codes first; NULL: nothing */
    int64_t by_pin;              /* 1: it began with a PIN, so its user has at most the role OPERADOR */
};
FIELD_TABLE(struct session, session_fields)
struct sessions { struct session *v; size_t n; };

/* Finds the session of a token, whose user must be active; c then acts as that user.  E_AUTH when
 * there is none (any more). */
enum err session_open(struct ctx *c, const char *token, struct session *s) MUST_CHECK;
/* Lets c act for nobody again, after session_open. */
void session_leave(struct ctx *c);
/* Whether this session of that user, who is active, has not ended.  False after an error, too. */
bool session_lives(struct ctx *c, int64_t id, int64_t user_id);
/* Whether a session that began with a PIN has not been used for so long that the PIN is asked for again, by the setting
 * access.pin_idle. */
bool session_is_idle(struct ctx *c, const struct session *s);
/* Notes that the session was used, at most once a minute. */
void session_touch(struct ctx *c, const struct session *s);

enum err session_list(struct ctx *c, struct sessions *out) MUST_CHECK;   /* the user's own */
enum err session_end(struct ctx *c) MUST_CHECK;                          /* the current session: signs out */
enum err session_end_own(struct ctx *c, int64_t id) MUST_CHECK;          /* a session of the user's own */
enum err session_end_others(struct ctx *c) MUST_CHECK;

/* A session that waits for the code of its user: nobody is signed in by it.  E_AUTH: the token is of none (any more). */
enum err session_waiting(struct ctx *c, const char *token, int64_t *user_id) MUST_CHECK;

/* Inside a db_write.  `old`, the token that came with the request, or NULL, ends; *token is the new
 * session's; session_wait_tx begins one that waits for a code, ten minutes at most. */
enum err session_start_tx(struct ctx *c, int64_t user_id, const char *old, char **token) MUST_CHECK;
enum err session_wait_tx(struct ctx *c, int64_t user_id, const char *old, char **token) MUST_CHECK;
/* Inside a db_write: ends the session of the token `old` and begins one of another person in its place, by a PIN; it
 * expires when `old` would have.  E_AUTH: there is no session `old` (any more). */
enum err session_switch_tx(struct ctx *c, int64_t user_id, const char *old, char **token) MUST_CHECK;
/* Inside a db_write: ends the user's sessions. */
enum err sessions_end_tx(struct ctx *c, int64_t user_id) MUST_CHECK;
/* Inside a db_write: ends all by which somebody may act as the user in a browser: the sessions, the links that are still
 * good, and the PIN, which whoever knew the password may have set.  For a password that changes, and for a user who is
 * disabled. */
enum err session_end_all_tx(struct ctx *c, int64_t user_id) MUST_CHECK;
enum err session_sweep_tx(struct ctx *c) MUST_CHECK;                     /* deletes ended ones */

#endif
