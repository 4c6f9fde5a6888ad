/* Personal data: all that the point knows of one person, as they may ask for it (Ley 1581/2012), and nothing of anybody
 * else: no name of who shares their phone or their home, of who fetched a parcel or was authorised to, of who claimed
 * one, or of who works at the point.  The same tables make the JSON and the PDF; their words are the labels there. */
#ifndef DOMAIN_PERSONAL_DATA_H
#define DOMAIN_PERSONAL_DATA_H

#include "base/ctx.h"
#include "base/field.h"

struct personal_parcel {
    const char *guide, *code, *carrier, *state, *type;
    int64_t announced_at, received_at, ended_at, total;      /* ended: handed over or cancelled */
};
struct personal_payment { int64_t at, amount; const char *method, *reference, *guide; };
struct personal_message { int64_t at; const char *event, *channel, *recipient, *state, *text; };
struct personal_consent { int64_t at; const char *what, *version, *sha256, *channel, *address, *guide; };
struct personal_photo { int64_t at; const char *guide, *kind, *state; int64_t size; };
struct personal_claim { int64_t at; const char *guide, *outcome; int64_t settled_at; };
struct personal_authorization { int64_t at; const char *guide; int64_t expires_at, used_at, revoked_at; };
struct personal_text { int64_t at; const char *by, *text; };
struct personal_contact { int64_t at; const char *guide, *channel, *outcome; };
struct personal_request { int64_t at; const char *kind, *text, *outcome; int64_t closed_at; };

#define PERSONAL_LIST(name) struct name##s { struct name *v; size_t n; }
PERSONAL_LIST(personal_parcel);
PERSONAL_LIST(personal_payment);
PERSONAL_LIST(personal_message);
PERSONAL_LIST(personal_consent);
PERSONAL_LIST(personal_photo);
PERSONAL_LIST(personal_claim);
PERSONAL_LIST(personal_authorization);
PERSONAL_LIST(personal_text);
PERSONAL_LIST(personal_contact);
PERSONAL_LIST(personal_request);

struct personal_person {
    int64_t id;
    const char *full_name, *phone, *other_phones, *email, *document_type, *document_number, *building, *tower, *apartment,
        *floor, *address, *city, *notes;
    int64_t is_vip, sms_opt_out, email_opt_out, created_at, known_at, email_confirmed_at;
};

struct personal_data {
    int64_t made_at;
    struct personal_person person;
    struct personal_parcels parcels;
    struct personal_payments payments;
    struct personal_messages messages;
    struct personal_consents consents;
    struct personal_photos photos;
    struct personal_claims claims;
    struct personal_authorizations authorizations;
    struct personal_texts questions;
    struct personal_contacts contacts;
    struct personal_requests requests;
};
FIELD_TABLE(struct personal_data, personal_data_fields)

/* Reads them; E_NOT_FOUND for nobody, or somebody who was erased. */
enum err personal_data_read(struct ctx *c, int64_t customer_id, struct personal_data *out) MUST_CHECK;
/* A person's data as an ADMIN takes them out, which the audit log notes. */
enum err personal_data_take(struct ctx *c, int64_t customer_id, struct personal_data *out) MUST_CHECK;
/* The customer of that number, phone or document; E_NOT_FOUND for none, E_CONFLICT when several have that phone. */
enum err personal_data_whose(struct ctx *c, const char *key, int64_t *customer_id) MUST_CHECK;

#endif
