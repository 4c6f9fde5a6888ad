#include "domain/handover/proof.h"

#include "base/log.h"
#include "domain/ground/audit.h"
#include "domain/ground/throttle.h"
#include "domain/handover/texts.h"
#include "domain/parcel/pickup.h"
#include "local/normal.h"
#include "crypto/crypto.h"

#define WRONG_MAX 5              /* wrong codes of an operator … */
#define WRONG_WINDOW_S 600       /* … within this … */
#define WRONG_PAUSE_S 60         /* … pause the field for this */

static const struct stmt by_code_hash = STMT("package_by_pickup_hash", "b",
    "SELECT id FROM packages WHERE pickup_code_hash = $1 AND state = 'RECIBIDO'");
static const struct stmt on_shelf = STMT("proof_on_shelf", "ii",
    "SELECT id, pickup_version FROM packages WHERE state = 'RECIBIDO'"
    " AND ((customer_id = $1 AND $1 <> 0) OR id = $2) ORDER BY id");
DB_REGISTER(&by_code_hash, &on_shelf)

/* ---- finding whose code it is ---- */

static enum err proof_by_own_code(struct ctx *c, const char *code, struct proof *out)
{
    unsigned char hash[HASH_BYTES];
    struct package p = { 0 };
    int64_t id;
    struct rows q;
    enum err e = pickup_code_hash(c, code, hash);

    if (e == OK)
        e = db_one(c->db, &q, &by_code_hash, hash, sizeof hash);
    if (e != OK)
        return e;
    id = db_int(&q, 0);
    if ((e = db_end(&q)) == OK)
        e = package_by_id(c, id, &p);
    *out = (struct proof){ .key = p, .customer_id = package_code_customer(&p) };
    return e;
}

static enum err proof_by_authorization(struct ctx *c, const char *code, struct proof *out)
{
    struct authorization z;
    struct package p;
    enum err e = authorization_by_code(c, code, &z);

    if (e == OK)
        e = package_by_id(c, z.package_id, &p);
    if (e == OK)
        *out = (struct proof){ .key = p, .customer_id = z.customer_id, .by = z };
    return e;
}

enum err proof_by_code(struct ctx *c, const char *typed, struct proof *out)
{
    const char *code = normal_digits(c->a, typed, 6);
    enum err e = code == NULL ? E_NOT_FOUND : proof_by_own_code(c, code, out);

    if (e == E_NOT_FOUND && code != NULL)
        e = proof_by_authorization(c, code, out);
    return e == E_NOT_FOUND ? ctx_fail(c, E_NOT_FOUND, "code", T_CODE_WRONG, NULL) : e;
}

bool proof_opens(struct ctx *c, struct proof *proof, const struct package *p)
{
    return p->id == proof->key.id || (proof->customer_id == p->customer_id && package_code_opens(c, &proof->key, p, &proof->names));
}

bool proof_is_old(struct ctx *c, const char *typed, int64_t customer_id, int64_t package_id)
{
    const char *code = normal_digits(c->a, typed, 6);
    bool found = false;
    struct rows q;

    if (code == NULL || db_query(c->db, &q, &on_shelf, customer_id, package_id) != OK)
        return false;
    while (!found && db_next(&q))
        found = package_code_was(c, &(struct package){ .id = db_int(&q, 0), .pickup_version = db_int(&q, 1) }, code);
    return db_end(&q) == OK && found;
}

char *proof_identity(struct arena *a, const struct authorization *z)
{
    return arena_printf(a, "%s %s", z->document_type, z->document_number);
}

/* ---- wrong codes ---- */

static const char *user_key(const struct ctx *c)
{
    return arena_printf(c->a, "pickup:user:%lld", (long long)c->user_id);
}

enum err proof_paused(struct ctx *c)
{
    return throttle_paused(c, user_key(c));
}

static enum err proof_wrong_tx(struct db *db UNUSED, void *arg)
{
    struct ctx *c = arg;
    enum err e = throttle_wrong_tx(c, &(struct throttle_wrong){ user_key(c), WRONG_MAX, WRONG_WINDOW_S,
                                                                WRONG_PAUSE_S });

    return e != OK ? e : audit_tx(c, "pickup_code_wrong", "user", c->user_id, NULL);
}

void proof_wrong(struct ctx *c)
{
    struct fault kept = c->fault;

    if (db_write(c->db, proof_wrong_tx, c) != OK)
        log_error("deliver.wrong_code", "user", NUM(c->user_id));
    c->fault = kept;
}
