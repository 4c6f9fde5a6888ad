/* Session: a signed-in browser; the row is the truth, deleting it logs out.  12 h
 * idle, 24 h in all.  Only the hash of the cookie's token is stored. */
#ifndef DOMAIN_SESSION_H
#define DOMAIN_SESSION_H

#include "base/ctx.h"
#include "base/field.h"

struct session {
    int64_t id, user_id;
    const char *csrf;
    int64_t created_at, seen_at, expires_at;
    const char *address, *user_agent;
    int64_t is_current;          /* of the context that asks */
    const char *device;          /* "Firefox en Windows": from user_agent */
    int64_t must_change;         /* its user must choose a new password first */
    const char *theme;           /* of its user */
    const char *username;
};
FIELD_TABLE(struct session, session_fields)
struct sessions { struct session *v; size_t n; };

/* The session of a token whose user is active; c becomes that user.
 * E_AUTH when there is none (any more). */
enum err session_open(struct ctx *c, const char *token, struct session *s) MUST_CHECK;
/* Last use, at most once a minute. */
void session_touch(struct ctx *c, const struct session *s);

enum err session_list(struct ctx *c, struct sessions *out) MUST_CHECK;   /* own ones */
enum err session_end(struct ctx *c) MUST_CHECK;                          /* log-out */
enum err session_end_own(struct ctx *c, int64_t id) MUST_CHECK;          /* one of the own */
enum err session_end_others(struct ctx *c) MUST_CHECK;

/* Inside a db_write. */
enum err session_start_tx(struct ctx *c, int64_t user_id, const char *old, char **token) MUST_CHECK;
enum err session_end_all_tx(struct ctx *c, int64_t user_id) MUST_CHECK;
enum err session_sweep_tx(struct ctx *c) MUST_CHECK;                     /* those that are over */

#endif
