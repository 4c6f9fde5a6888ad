#include "domain/people/privacy_link.h"

#include "domain/ground/tx.h"
#include "domain/people/texts.h"

#define SYMBOLS 26               /* symbols of base62: 154 bits */

static const struct stmt by_id = STMT("privacy_link_by_id", "ii",
    "SELECT link_salt FROM privacy_requests WHERE id = $1 AND (link_until IS NULL OR link_until > $2)");
static const struct stmt by_hash = STMT("privacy_link_by_hash", "bi",
    "SELECT id FROM privacy_requests WHERE link_hash = $1 AND (link_until IS NULL OR link_until > $2)");
DB_REGISTER(&by_id, &by_hash)

static const char *link_secret(struct ctx *c, int64_t id, int64_t salt)
{
    const char *key = domain_secret(c, "token_key");

    return key == NULL ? NULL
        : token_derived(c->a, key, arena_printf(c->a, "privacy:%lld:%lld", (long long)id, (long long)salt), SYMBOLS);
}

enum err privacy_link_hash(struct ctx *c, int64_t id, int64_t salt, unsigned char hash[HASH_BYTES])
{
    const char *secret = link_secret(c, id, salt);

    if (secret == NULL)
        return E_INTERNAL;
    token_hash(hash, secret);
    return OK;
}

enum err privacy_link_find(struct ctx *c, const char *secret, int64_t *id)
{
    unsigned char hash[HASH_BYTES];
    enum err e;

    token_hash(hash, secret);
    e = db_value(c->db, id, &by_hash, (const void *)hash, sizeof hash, c->now);
    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_PRIVACY_LINK_OVER, NULL) : domain_fault(c, e);
}

enum err privacy_link_address(struct ctx *c, int64_t id, const char **address)
{
    int64_t salt = 0;
    const char *secret;
    enum err e = db_value(c->db, &salt, &by_id, id, c->now);

    *address = NULL;
    if (e != OK)
        return e;
    secret = link_secret(c, id, salt);
    if (secret == NULL)
        return E_INTERNAL;
    *address = arena_printf(c->a, "%s/privacy/requests/%s", c->conf->public_url, secret);
    return OK;
}
