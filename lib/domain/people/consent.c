#include "domain/people/consent.h"

#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "json/json.h"

/* A changed text needs a new version: each stored consent names the version that the person saw. */
const char consent_version[] = "2026-11";
const char consent_text[] =
    "Autorizo el tratamiento de mi nombre, celular, correo y datos de ubicación para anunciar, recibir, "
    "guardar y entregar mis paquetes y para avisarme sobre ellos por SMS y correo. Puedo conocer, "
    "actualizar, corregir o pedir que se borren mis datos escribiendo al punto.";

static const struct stmt insert = STMT("consent_insert", "sssisIIII",
    "INSERT INTO consents (text_version, text_sha256, channel, at, address, package_id, customer_id, claim_id, inquiry_id)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
static const struct stmt set_customer = STMT("consent_set_customer", "ii",
    "UPDATE consents SET customer_id = $2 WHERE claim_id = $1");
static const struct stmt pass = STMT("consent_pass", "iiii",
    "INSERT INTO consents (text_version, text_sha256, channel, at, address, package_id, customer_id, claim_id)"
    " SELECT text_version, text_sha256, channel, at, address, $2, customer_id, $4 FROM consents"
    " WHERE package_id = $1 AND customer_id = $3 AND purpose = 'datos' ORDER BY id DESC LIMIT 1");
DB_REGISTER(&insert, &set_customer, &pass)

static enum err consent_insert_tx(struct ctx *c, struct consent_of who, int64_t inquiry_id)
{
    unsigned char sum[HASH_BYTES];

    sha256(sum, consent_text, sizeof consent_text - 1);
    return db_exec(c->db, NULL, &insert, consent_version, hex_text(c->a, sum, sizeof sum),
                   c->channel ? c->channel : "cli", c->now, c->address ? c->address : "", who.package_id,
                   who.customer_id, who.claim_id, inquiry_id);
}

enum err consent_add_tx(struct ctx *c, struct consent_of who)
{
    return consent_insert_tx(c, who, 0);
}

enum err consent_inquiry_tx(struct ctx *c, int64_t inquiry_id)
{
    struct json_object *details = json_object_new_object();
    unsigned char sum[HASH_BYTES];
    enum err e;

    sha256(sum, consent_text, sizeof consent_text - 1);
    json_add_text(details, "version", consent_version);
    json_add_text(details, "sha256", hex_text(c->a, sum, sizeof sum));
    json_add_text(details, "channel", c->channel);
    e = audit_tx(c, "consent", "inquiry", inquiry_id, details);
    return e != OK ? e : consent_insert_tx(c, (struct consent_of){ 0 }, inquiry_id);
}

enum err consent_claim_tx(struct ctx *c, int64_t claim_id, int64_t customer_id)
{
    return db_exec(c->db, NULL, &set_customer, claim_id, customer_id);
}

enum err consent_pass_tx(struct ctx *c, int64_t from, struct consent_of to)
{
    return db_exec(c->db, NULL, &pass, from, to.package_id, to.customer_id, to.claim_id);
}
