#include "domain/parcel/link.h"

#include "crypto/crypto.h"
#include "domain/ground/tx.h"
#include "domain/parcel/package_columns.h"
#include "domain/parcel/texts.h"

#define SYMBOLS 22               /* 62^22 > 2^128 */
#define UPGRADE_S 600            /* seconds of an upgrade, from its migration to its last new program */

static const struct stmt by_token = STMT("package_by_token", "s", PACKAGE_SELECT "WHERE p.public_token = $1");
static const struct stmt seen_by_token = STMT("package_seen_by_token", "s",
    PACKAGE_SEEN_SELECT "WHERE p.public_token = $1");
/* Links of before they were sealed: $1 is the token's hash, $2 the token. */
static const struct stmt by_old_token = STMT("package_by_old_token", "ss",
    PACKAGE_SELECT "WHERE p.old_link = $1 OR (p.public_token = $2 AND p.link_version = 0)");
static const struct stmt unsealed = STMT("link_unsealed", "ii",
    "SELECT id, tracking_code, public_token FROM packages WHERE link_version = 0 AND (SELECT max(applied_at)"
    " FROM schema_migrations WHERE name LIKE '%link_sealed.sql') <= $1 ORDER BY id LIMIT $2");
static const struct stmt seal = STMT("link_seal", "iiss",
    "UPDATE packages SET link_version = $2, public_token = $3, old_link = $4 WHERE id = $1 AND link_version = 0");
static const struct stmt forsake = STMT("link_forsake", "sii",
    "INSERT INTO former_links (hash, package_id, at) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING");
static const struct stmt forsake_old = STMT("link_forsake_old", "ii",
    "INSERT INTO former_links (hash, package_id, at) SELECT old_link, id, $2 FROM packages"
    " WHERE id = $1 AND old_link IS NOT NULL ON CONFLICT (hash) DO NOTHING");
static const struct stmt former = STMT("link_former", "s", "SELECT package_id FROM former_links WHERE hash = $1");
DB_REGISTER(&by_token, &seen_by_token, &by_old_token, &unsealed, &seal, &forsake, &forsake_old, &former)

/* The tracking code and not the id: a database that was restored gives ids again, and then the link of a parcel
 * that was lost would open another's. */
static const char *link_derive(struct ctx *c, const char *tracking_code, int64_t version)
{
    const char *key = domain_secret(c, "pickup_key");

    return key == NULL ? NULL : token_derived(c->a, key, arena_printf(c->a, "link:%s:%lld", tracking_code,
                                                                      (long long)version), SYMBOLS);
}

const char *link_token(struct ctx *c, const struct package *p)
{
    return p->link_version == 0 ? p->public_token : link_derive(c, p->tracking_code, p->link_version);
}

const char *link_address(struct ctx *c, const struct package *p)
{
    const char *token = link_token(c, p);

    return token == NULL ? NULL : arena_printf(c->a, "%s/t/%s", c->conf->public_url, token);
}

char *link_hash(struct arena *a, const char *token)
{
    unsigned char hash[HASH_BYTES];

    token_hash(hash, token);
    return hex_text(a, hash, sizeof hash);
}

static enum err package_of_token(struct ctx *c, const struct stmt *s, struct fields f, const char *token,
                                 struct package *out)
{
    const char *hash;
    int64_t id;
    enum err e;

    if (token == NULL)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_PACKAGE_NONE, NULL);
    hash = link_hash(c->a, token);
    *out = (struct package){ 0 };
    e = db_get(c->db, f, out, c->a, s, hash);
    if (e == E_NOT_FOUND)
        e = db_get(c->db, package_fields, out, c->a, &by_old_token, hash, token);
    if (e == E_NOT_FOUND && (e = db_value(c->db, &id, &former, hash)) == OK)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_LINK_FORMER, NULL);
    return package_fault(c, e);
}

enum err package_by_token(struct ctx *c, const char *token, struct package *out)
{
    return package_of_token(c, &by_token, package_fields, token, out);
}

enum err package_seen_by_token(struct ctx *c, const char *token, struct package *out)
{
    return package_of_token(c, &seen_by_token, package_seen_fields, token, out);
}

enum err link_forsake_tx(struct ctx *c, const struct package *p)
{
    const char *hash = p->link_version == 0 ? link_hash(c->a, p->public_token) : p->public_token;
    enum err e = db_exec(c->db, NULL, &forsake, hash, p->id, c->now);

    return e != OK ? e : db_exec(c->db, NULL, &forsake_old, p->id, c->now);
}

enum err link_next(struct ctx *c, struct package *p)
{
    const char *token = link_derive(c, p->tracking_code, p->link_version + 1);

    if (token == NULL)
        return E_INTERNAL;
    p->link_version++;
    p->public_token = link_hash(c->a, token);
    return OK;
}

struct sealing { struct ctx *c; int limit, count; };

static enum err link_seal_tx(struct db *db, void *arg)
{
    struct sealing *x = arg;
    struct ctx *c = x->c;
    struct package *list = arena_alloc(c->a, (size_t)x->limit * sizeof *list);
    struct rows q;
    int n = 0;
    enum err e = db_query(db, &q, &unsealed, c->now - UPGRADE_S, (int64_t)x->limit);

    if (e != OK)
        return e;
    for (; n < x->limit && db_next(&q); n++)
        list[n] = (struct package){ .id = db_int(&q, 0), .tracking_code = arena_strdup(c->a, db_text(&q, 1)),
                                    .public_token = arena_strdup(c->a, db_text(&q, 2)) };
    e = db_end(&q);
    for (int i = 0; i < n && e == OK; i++) {
        const char *old = link_hash(c->a, list[i].public_token);

        e = link_next(c, &list[i]);
        if (e == OK)
            e = db_exec(db, NULL, &seal, list[i].id, list[i].link_version, list[i].public_token, old);
    }
    x->count = n;
    return e;
}

enum err link_seal_old(struct ctx *c, int limit, int *sealed)
{
    struct sealing x = { c, limit, 0 };
    enum err e = domain_write(c, link_seal_tx, &x);

    *sealed = e == OK ? x.count : 0;
    return e;
}
