/* Token: bearer tokens of the API.  A token acts for the user it was made for, with the lesser of both
 * roles, and ends with that user. */
#ifndef DOMAIN_TOKEN_H
#define DOMAIN_TOKEN_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"

struct api_token {
    int64_t id;
    const char *name, *prefix, *role, *scopes;
    int64_t created_by, created_at, last_used_at, expires_at, revoked_at;
    const char *username;
};
FIELD_TABLE(struct api_token, token_fields)
struct api_tokens { struct api_token *v; size_t n; };

/* scopes: words separated by a space; "*" for all.  days: how long it is good; 0: without end.  *token
 * is shown once: only its hash is stored.  reason: why it has no end, kept in the audit log beside the row; NULL: not
 * said. */
struct token_in { const char *name, *username, *role, *scopes, *reason; int64_t days; };
enum err token_add(struct ctx *c, const struct token_in *in, int64_t *id, char **token) MUST_CHECK;
enum err token_revoke(struct ctx *c, int64_t id) MUST_CHECK;
enum err tokens_end_tx(struct ctx *c, int64_t user_id) MUST_CHECK;       /* inside a db_write: revokes all of a user's */
enum err token_list(struct ctx *c, struct api_tokens *out) MUST_CHECK;

/* The scopes that routes of the API ask for (token_scope.def), with what people read; and how many days a token may
 * serve. */
enum token_scope {
#define SCOPE(id, scope, words) SCOPE_##id,
#include "domain/people/token_scope.def"
#undef SCOPE
    SCOPE_COUNT
};
extern const struct word token_scopes[], token_lives[];

/* A token that was just made: its row, and the token itself, which nothing shows again. */
struct token_made { struct api_token row; const char *token; };
FIELD_TABLE(struct token_made, token_made_fields)
/* Makes a token that acts for the caller, with a role of theirs at most (in->username is not read).  E_INVALID names
 * "name", "role" or "scopes". */
enum err token_add_own(struct ctx *c, const struct token_in *in, struct token_made *out) MUST_CHECK;

/* Finds the row of a token; c then acts as its user.  E_AUTH when it is unknown, over or revoked. */
enum err token_open(struct ctx *c, const char *token, struct api_token *out) MUST_CHECK;
bool token_has_scope(const struct api_token *t, const char *scope);
void token_touch(struct ctx *c, const struct api_token *t);   /* notes its use, at most once a minute */

#endif
