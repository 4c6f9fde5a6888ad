#include "crypto/crypto.h"
#include "domain/people/consent.h"

/* A changed text needs a new version: each stored consent names the version that the person saw. */
const char consent_version[] = "2026-11";
const char consent_text[] =
    "Autorizo el tratamiento de mi nombre, celular, correo y datos de ubicación para anunciar, recibir, "
    "guardar y entregar mis paquetes y para avisarme sobre ellos por SMS y correo. Puedo conocer, "
    "actualizar, corregir o pedir que se borren mis datos escribiendo al punto.";

static const struct stmt insert = STMT("consent_insert", "sssisII",
    "INSERT INTO consents (text_version, text_sha256, channel, at, address, package_id, customer_id)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7)");
DB_REGISTER(&insert)

enum err consent_add_tx(struct ctx *c, int64_t package_id, int64_t customer_id)
{
    unsigned char sum[HASH_BYTES];

    sha256(sum, consent_text, sizeof consent_text - 1);
    return db_exec(c->db, NULL, &insert, consent_version, hex_text(c->a, sum, sizeof sum),
                   c->channel ? c->channel : "cli", c->now, c->address ? c->address : "", package_id,
                   customer_id);
}
