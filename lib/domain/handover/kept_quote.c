#include "domain/handover/kept_quote.h"

#include "base/random.h"
#include "domain/ground/operation.h"
#include "domain/handover/proof.h"
#include "domain/handover/texts.h"
#include "domain/parcel/pickup.h"

static const struct stmt insert = STMT("kept_quote_insert", "siiIIIIIsss",
    "INSERT INTO kept_quotes (id, user_id, at, customer_id, package_id, code_of, code_version, authorization_id,"
    " operation_key, typed, faults) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
static const struct stmt update = STMT("kept_quote_update", "siiIIIIIsss",
    "UPDATE kept_quotes SET at = $3, customer_id = $4, package_id = $5, code_of = $6, code_version = $7,"
    " authorization_id = $8, operation_key = $9, typed = $10, faults = $11 WHERE id = $1 AND user_id = $2");
static const struct stmt by_id = STMT("kept_quote_by_id", "sii",
    "SELECT at, customer_id, package_id, code_of, code_version, authorization_id, operation_key, typed, faults"
    " FROM kept_quotes WHERE id = $1 AND user_id = $2 AND at > $3");
static const struct stmt sweep = STMT("kept_quotes_sweep", "i", "DELETE FROM kept_quotes WHERE at <= $1");
DB_REGISTER(&insert, &update, &by_id, &sweep)

/* ---- keeping ---- */

struct keeping { struct ctx *c; const struct quote_keep_in *in; struct proof proof; const char *id, *key; };

static enum err keeping_write(struct keeping *k, const struct stmt *s, const char *id, int64_t *changed)
{
    const struct quote_keep_in *in = k->in;
    const struct proof *proof = &k->proof;
    bool own = proof->key.id != 0 && proof->by.id == 0;

    return db_exec(k->c->db, changed, s, id, k->c->user_id, k->c->now,
                   proof->key.id != 0 ? proof->customer_id : in->customer_id,
                   proof->key.id != 0 ? proof->key.id : in->package_id, own ? proof->key.id : 0,
                   own ? proof->key.pickup_version : 0, proof->by.id, k->key, in->typed, in->faults);
}

static enum err quote_keep_tx(struct db *db UNUSED, void *arg)
{
    struct keeping *k = arg;
    int64_t changed = 0;
    enum err e = is_blank(k->in->id) ? OK : keeping_write(k, &update, k->in->id, &changed);

    k->id = changed == 1 ? k->in->id : random_text(k->c->a, ALPHABET_BASE62, 22);
    return e != OK || changed == 1 ? e : keeping_write(k, &insert, k->id, &changed);
}

enum err quote_keep(struct ctx *c, const struct quote_keep_in *in, const char **id)
{
    struct keeping k = { .c = c, .in = in };
    enum err e = is_blank(in->code) ? OK : proof_by_code(c, in->code, &k.proof);

    if (e != OK && e != E_NOT_FOUND)
        return domain_fault(c, e);
    c->fault = (struct fault){ 0 };
    k.key = is_blank(in->operation_key) ? random_text(c->a, ALPHABET_BASE62, 22) : in->operation_key;
    e = domain_write(c, quote_keep_tx, &k);
    *id = k.id;
    return e;
}

bool pickup_code_known(struct ctx *c, const char *typed)
{
    struct proof proof;
    struct fault before = c->fault;
    bool known = proof_by_code(c, typed, &proof) == OK;

    c->fault = before;
    return known;
}

/* ---- finding again ---- */

struct quote_code { int64_t of, version, authorization, at; };

/* The code that was read, derived again; NULL when it has been replaced, used up, or is of another time. */
static enum err kept_code(struct ctx *c, const struct quote_code *read, const char **code)
{
    struct authorization z = { 0 };
    struct package p = { 0 };
    enum err e = OK;

    *code = NULL;
    if (c->now - read->at >= QUOTE_PROOF_S)
        return OK;
    if (read->authorization != 0 && (e = authorization_by_id(c, read->authorization, &z)) == OK)
        *code = z.code;
    if (read->of != 0 && (e = package_by_id(c, read->of, &p)) == OK && streq(p.state, "RECIBIDO")
        && p.pickup_version == read->version)
        *code = package_pickup_code(c, &p);
    return e;
}

/* A package that a hand-over of this person has answered with, if it is delivered still; else 0. */
static enum err answered_package(struct ctx *c, struct handover_of of, const char *answer, int64_t *package_id)
{
    struct package listed = { 0 }, p;
    int64_t *ids;
    enum err e = OK;

    *package_id = 0;
    if (answer == NULL || operation_ids_read(c->a, answer, &ids) == 0)
        return OK;
    if (of.customer_id == 0 && of.package_id != 0 && (e = package_by_id(c, of.package_id, &listed)) == OK)
        of.customer_id = listed.customer_id;
    if (e == OK)
        e = package_by_id(c, ids[0], &p);
    if (e == OK && streq(p.state, "ENTREGADO")
        && (p.id == of.package_id || (of.customer_id != 0 && p.customer_id == of.customer_id)))
        *package_id = p.id;
    return e == E_NOT_FOUND ? OK : e;
}

enum err handover_by_key(struct ctx *c, struct handover_of of, const char **key, int64_t *package_id)
{
    const char *answer = NULL;
    bool used;
    enum err e = operation_answer(c, "deliver", *key, &used, &answer);

    *package_id = 0;
    if (used)
        *key = NULL;
    return domain_fault(c, e != OK ? e : answered_package(c, of, answer, package_id));
}

static enum err kept_quote_read(struct ctx *c, const char *id, struct kept_quote *out, struct quote_code *read)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &by_id, id, c->user_id, c->now - QUOTE_KEPT_S);

    if (e != OK)
        return e == E_NOT_FOUND ? ctx_fail(c, E_NOT_FOUND, NULL, T_QUOTE_GONE, NULL) : e;
    *out = (struct kept_quote){ .id = id, .operation_key = db_dup(&q, 6, c->a), .typed = db_dup(&q, 7, c->a),
                                .faults = db_dup(&q, 8, c->a),
                                .by = { .customer_id = db_int(&q, 1), .package_id = db_int(&q, 2) } };
    out->package_id = out->by.package_id;
    *read = (struct quote_code){ db_int(&q, 3), db_int(&q, 4), db_int(&q, 5), db_int(&q, 0) };
    return db_end(&q);
}

enum err kept_quote_by_id(struct ctx *c, const char *id, struct kept_quote *out)
{
    struct quote_code read;
    const char *code = NULL;
    enum err e = kept_quote_read(c, id, out, &read);

    if (e == OK)
        e = handover_by_key(c, (struct handover_of){ out->by.customer_id, out->package_id }, &out->operation_key, &out->delivered);
    if (e == OK)
        e = kept_code(c, &read, &code);
    if (e != OK)
        return domain_fault(c, e);
    out->expired = c->now - read.at >= QUOTE_PROOF_S && (read.of != 0 || read.authorization != 0);
    if (code != NULL)
        out->by = (struct deliver_quote_in){ .code = code };
    else if (out->by.customer_id != 0)
        out->by.package_id = 0;
    return OK;
}

enum err kept_quotes_sweep_tx(struct ctx *c)
{
    return db_exec(c->db, NULL, &sweep, c->now - QUOTE_KEPT_S);
}
