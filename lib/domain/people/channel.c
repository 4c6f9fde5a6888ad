#include "domain/people/channel.h"

#include "base/texts.h"
#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/ground/tx.h"
#include "domain/people/opt_out.h"
#include "domain/people/texts.h"
#include "json/json.h"

#define NONE "ninguno"

const char whatsapp_consent_version[] = "2026-12";
const char whatsapp_consent_text[] =
    "Autorizo que me escriban por WhatsApp a este celular sobre mis paquetes y mis preguntas. WhatsApp es de Meta, que "
    "recibe mi número y el texto de cada mensaje. Puedo dejar de recibirlos cuando quiera: en la página de mi paquete, "
    "respondiendo BAJA o diciéndolo en el punto.";

const struct word channel_choices[] = {
    { "whatsapp", "Por WhatsApp; si no llega, por SMS, y si no, por correo" },
    { "sms", "Por SMS; si no llega, por WhatsApp, y si no, por correo" },
    { "email", "Por correo; si no llega, por WhatsApp, y si no, por SMS" },
    { NONE, "Sin WhatsApp: por SMS y por correo" }, WORDS_END
};
/* The orders that the choices stand for. */
static const struct word orders[] = {
    { "whatsapp", "whatsapp sms email" }, { "sms", "sms whatsapp email" }, { "email", "email whatsapp sms" }, WORDS_END
};
const struct word channel_proofs[] = {
    { "documento", "Lo pidió en el punto, con su documento" }, { "firma", "Firmó la autorización" },
    { "whatsapp", "Lo escribió desde ese WhatsApp" }, WORDS_END
};

/* The last one of several consents of a person for a phone counts. */
static const struct stmt current = STMT("channel_order", "is",
    "SELECT channels FROM consents WHERE purpose = 'whatsapp' AND customer_id = $1 AND phone = $2 ORDER BY id DESC LIMIT 1");
static const struct stmt insert = STMT("channel_consent", "sssisIisssI",
    "INSERT INTO consents (text_version, text_sha256, channel, at, address, package_id, customer_id, phone, channels, proof,"
    " user_id, purpose) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'whatsapp')");
static const struct stmt stop = STMT("channel_stop", "sis",
    "INSERT INTO consents (text_version, text_sha256, channel, at, address, customer_id, phone, proof, purpose)"
    " SELECT text_version, text_sha256, $3, $2, '', customer_id, phone, 'respuesta', 'whatsapp' FROM consents k"
    " WHERE purpose = 'whatsapp' AND phone = $1 AND channels IS NOT NULL AND customer_id IS NOT NULL AND NOT EXISTS"
    " (SELECT 1 FROM consents n WHERE n.purpose = 'whatsapp' AND n.phone = k.phone AND n.customer_id = k.customer_id"
    " AND n.id > k.id)");
DB_REGISTER(&current, &insert, &stop)

enum err channel_order(struct ctx *c, int64_t customer_id, const char *phone, const char **order)
{
    struct rows q;
    enum err e;

    *order = NULL;
    if (customer_id == 0 || phone == NULL)
        return OK;
    e = db_one(c->db, &q, &current, customer_id, phone);
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    *order = db_dup(&q, 0, c->a);
    return db_end(&q);
}

const char *channel_choice_of(const char *order)
{
    for (const struct word *o = orders; order != NULL && o->value != NULL; o++)
        if (streq(o->words, order))
            return o->value;
    return NONE;
}

struct choosing { struct ctx *c; const struct channel_choosing *in; };

static enum err channel_choose_tx(struct db *db, void *arg)
{
    const struct choosing *x = arg;
    const struct channel_choosing *in = x->in;
    const char *order = words_of(orders, in->choice), *before;
    struct ctx *c = x->c;
    unsigned char sum[HASH_BYTES];
    struct json_object *details;
    bool is_out = false;
    enum err e = channel_order(c, in->customer_id, in->phone, &before);

    if (e == OK)
        e = opt_out_of_address(c, "whatsapp", in->phone, &is_out);
    /* A person who stopped it by another way agrees anew, though their last word was the same. */
    if (e != OK || (text_equal(order, before) && (order == NULL || !is_out)))
        return e;
    sha256(sum, whatsapp_consent_text, sizeof whatsapp_consent_text - 1);
    e = db_exec(db, NULL, &insert, whatsapp_consent_version, hex_text(c->a, sum, sizeof sum), c->channel ? c->channel : "cli",
                c->now, c->address ? c->address : "", in->package_id, in->customer_id, in->phone, order,
                in->package_id != 0 ? "enlace" : in->proof, c->user_id);
    if (e == OK)                 /* a new agreement takes back a stop */
        e = opt_out_address_tx(c, "whatsapp", in->phone, order == NULL);
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_text(details, "choice", in->choice);
    json_add_text(details, "version", whatsapp_consent_version);
    json_add_text(details, "proof", in->package_id != 0 ? "enlace" : in->proof);
    return audit_tx(c, "channel_choose", "customer", in->customer_id, details);
}

enum err channel_choose(struct ctx *c, const struct channel_choosing *in)
{
    struct choosing x = { c, in };

    if (is_blank(in->choice) || words_of(channel_choices, in->choice) == NULL)
        return ctx_fail(c, E_INVALID, "choice", T_REQUIRED, NULL);
    if (in->phone == NULL)
        return ctx_fail(c, E_INVALID, "choice", T_CHANNEL_PHONE, NULL);
    if (in->package_id == 0 && !streq(in->choice, NONE) && words_of(channel_proofs, in->proof) == NULL)
        return ctx_fail(c, E_INVALID, "proof", T_CHANNEL_PROOF, NULL);
    return domain_write(c, channel_choose_tx, &x);
}

enum err channel_stop_tx(struct ctx *c, const char *phone)
{
    struct json_object *details;
    int64_t stopped = 0;
    bool already;
    enum err e = opt_out_of_address(c, "whatsapp", phone, &already);

    if (e == OK)                 /* a flatmate's stop lists the phone and takes back no other person's consent */
        e = db_exec(c->db, &stopped, &stop, phone, c->now, c->channel ? c->channel : "web");
    if (e == OK && !already)
        e = opt_out_address_tx(c, "whatsapp", phone, true);
    if (e != OK || (already && stopped == 0))
        return e;
    details = json_object_new_object();
    json_add_text(details, "channel", "whatsapp");
    json_add_bool(details, "is_out", true);
    return audit_tx(c, "opt_out", "customer", 0, details);
}
