#include "crypto/crypto.h"
#include "domain/ground/tx.h"
#include "domain/parcel/pickup.h"

#define CODE_TRIES 50
#define VERSIONS_KNOWN 10        /* older codes that are recognised; an even older one is simply wrong */

static const struct stmt set_pickup = STMT("package_set_pickup", "iib",
    "UPDATE packages SET pickup_version = $2, pickup_code_hash = $3 WHERE id = $1");
static const struct stmt pickup_taken = STMT("package_pickup_taken", "ib",
    "SELECT 1 FROM packages WHERE pickup_code_hash = $2 AND state = 'RECIBIDO' AND id <> $1 UNION ALL"
    " SELECT 1 FROM pickup_authorizations WHERE code_hash = $2 AND used_at IS NULL AND revoked_at IS NULL LIMIT 1");
DB_REGISTER(&set_pickup, &pickup_taken)

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
