#include "crypto/crypto.h"
#include "domain/ground/tx.h"
#include "domain/parcel/incident.h"
#include "domain/parcel/pickup.h"

#define CODE_TRIES 50
#define VERSIONS_KNOWN 10        /* older codes that are recognised; an even older one is simply wrong */

static const struct stmt set_pickup = STMT("package_set_pickup", "iib",
    "UPDATE packages SET pickup_version = $2, pickup_code_hash = $3 WHERE id = $1");
static const struct stmt pickup_taken = STMT("package_pickup_taken", "ib",
    "SELECT 1 FROM packages WHERE pickup_code_hash = $2 AND state = 'RECIBIDO' AND id <> $1 UNION ALL"
    " SELECT 1 FROM pickup_authorizations WHERE code_hash = $2 AND used_at IS NULL AND revoked_at IS NULL LIMIT 1");
static const struct stmt ready_of = STMT("packages_ready", "iii",
    "SELECT p.id FROM packages p LEFT JOIN positions o ON o.id = p.position_id"
    " WHERE p.id IN (SELECT id FROM packages WHERE customer_id = $1 AND $1 <> 0 AND state = 'RECIBIDO'"
    " UNION ALL SELECT id FROM packages WHERE id = $2 AND state = 'RECIBIDO')"
    " ORDER BY o.walk_order, p.id LIMIT $3");
static const struct stmt has_others = STMT("package_has_others_ready", "ii",
    "SELECT 1 FROM packages WHERE customer_id = $1 AND state = 'RECIBIDO' AND id <> $2 LIMIT 1");
DB_REGISTER(&set_pickup, &pickup_taken, &ready_of, &has_others)

char *pickup_code_of(struct ctx *c, const char *text)
{
    unsigned char sum[HASH_BYTES];
    uint32_t n = 0;
    const char *key = domain_secret(c, "pickup_key");

    if (key == NULL)
        return NULL;
    hmac256(sum, key, text, strlen(text));
    for (int i = 0; i < 4; i++)
        n = n << 8 | sum[i];
    return arena_printf(c->a, "%06u", n % 1000000u);
}

/* The code depends on id and version only, so it is derived when shown and never stored. */
char *package_pickup_code(struct ctx *c, const struct package *p)
{
    return pickup_code_of(c, arena_printf(c->a, "%lld:%lld", (long long)p->id, (long long)p->pickup_version));
}

bool package_code_was(struct ctx *c, const struct package *p, const char *code)
{
    struct package old = *p;

    while (--old.pickup_version > 0 && p->pickup_version - old.pickup_version <= VERSIONS_KNOWN) {
        const char *was = package_pickup_code(c, &old);

        if (was != NULL && streq(was, code))
            return true;
    }
    return false;
}

enum err pickup_code_hash(struct ctx *c, const char *code, unsigned char out[32])
{
    const char *key = domain_secret(c, "pickup_key");

    if (key == NULL)
        return E_INTERNAL;
    hmac256(out, key, code, strlen(code));
    return OK;
}

enum err pickup_renew_tx(struct ctx *c, struct package *p)
{
    unsigned char hash[HASH_BYTES];

    for (int i = 0; i < CODE_TRIES; i++, p->pickup_version++) {
        const char *code = package_pickup_code(c, p);

        if (code == NULL || pickup_code_hash(c, code, hash) != OK)
            return E_INTERNAL;
        if (db_scalar(c->db, 0, &pickup_taken, p->id, hash, sizeof hash) == 0)
            return db_exec(c->db, NULL, &set_pickup, p->id, p->pickup_version, hash, sizeof hash);
    }
    return E_BUSY;
}

/* ---- what a code hands over ---- */

enum err packages_ready(struct ctx *c, int64_t customer_id, int64_t package_id, int64_t limit, struct packages *out)
{
    int64_t *ids;
    size_t n = 0;
    struct rows q;
    enum err e = db_query(c->db, &q, &ready_of, customer_id, package_id, limit);

    *out = (struct packages){ 0 };
    if (e == OK)
        e = db_ids_all(&q, c->a, &ids, &n);
    return e != OK ? e : packages_by_ids(c, ids, n, out);
}

/* Most people wait for one parcel: then *out is that one, and nothing is sorted or read again; else it stays empty. */
static enum err alone_read(struct ctx *c, const struct package *p, struct packages *out)
{
    int64_t others = 0;
    enum err e = db_value(c->db, &others, &has_others, package_code_customer(p), p->id);

    if (e == E_NOT_FOUND) {
        *out = (struct packages){ .v = arena_memdup(c->a, p, sizeof *p), .n = 1 };
        return OK;
    }
    return e;
}

enum err pickup_opens(struct ctx *c, const struct package *p, struct packages *out)
{
    struct package_names names = { 0 };
    struct incidents open;
    size_t kept = 0;
    enum err e;

    *out = (struct packages){ 0 };
    if (!streq(p->state, "RECIBIDO") || p->disputed)
        return OK;
    e = alone_read(c, p, out);
    if (e != OK || out->n > 0)
        return e;
    e = packages_ready(c, package_code_customer(p), p->id, PICKUP_OPENS_MAX, out);
    if (e == OK)
        e = incidents_of(c, out, &open);
    for (size_t i = 0; e == OK && i < out->n; i++) {
        const struct package *other = &out->v[i];

        if (other->id == p->id || (package_code_opens(c, p, other, &names) && !other->disputed
                                   && incident_among(&open, other->id).id == 0))
            out->v[kept++] = *other;
    }
    out->n = kept;
    return e;
}
