#include "domain/law/personal_data.h"

#include "domain/ground/audit.h"
#include "domain/ground/tx.h"
#include "domain/law/texts.h"
#include "domain/people/texts.h"
#include "local/normal.h"
#include "store/db.h"

#define PHONES "(SELECT phone FROM customers WHERE id = $1 AND phone IS NOT NULL" \
    " UNION SELECT phone FROM customer_phones WHERE customer_id = $1)"
#define EMAIL "(SELECT email FROM customers WHERE id = $1 AND email IS NOT NULL)"

static const struct stmt person = STMT("personal_person", "i",
    "SELECT id, full_name, phone, (SELECT group_concat(k.phone, ' ') FROM customer_phones k WHERE k.customer_id = customers.id),"
    " email, document_type, document_number, building, tower, apartment, floor, address, city, notes, is_vip, sms_opt_out,"
    " email_opt_out, created_at, known_at, email_confirmed_at FROM customers WHERE id = $1 AND is_active = 1");
static const struct stmt parcels = STMT("personal_parcels", "i",
    "SELECT guide_number, tracking_code, carrier, state, type, announced_at, received_at, coalesce(delivered_at, cancelled_at),"
    " total_fee FROM packages WHERE customer_id = $1 ORDER BY id");
static const struct stmt payments = STMT("personal_payments", "i",
    "SELECT y.taken_at, y.amount, y.method, y.reference, p.guide_number FROM payments y JOIN packages p ON p.id = y.package_id"
    " WHERE p.customer_id = $1 ORDER BY y.id");
/* A message about whom they authorised says that person's name, and one that went to an address which is not theirs was
 * somebody else's. */
static const struct stmt messages = STMT("personal_messages", "i",
    "SELECT coalesce(n.sent_at, n.created_at), n.event, n.channel, n.recipient, n.state,"
    " iif(n.event = 'authorization_created', NULL, n.said) FROM notifications n WHERE n.customer_id = $1"
    " AND (n.recipient IN " PHONES " OR n.recipient IN " EMAIL ") ORDER BY n.id");
static const struct stmt consents = STMT("personal_consents", "i",
    "SELECT k.at, CASE WHEN k.purpose = 'datos' THEN 'tratamiento de datos' WHEN k.channels IS NULL THEN 'retiró WhatsApp'"
    " ELSE 'WhatsApp' END, k.text_version, k.text_sha256, k.channel, k.address, p.guide_number FROM consents k"
    " LEFT JOIN packages p ON p.id = k.package_id AND p.customer_id = $1 WHERE k.customer_id = $1 ORDER BY k.id");
static const struct stmt photos = STMT("personal_photos", "i",
    "SELECT f.created_at, p.guide_number, f.kind, iif(f.purge_at IS NULL, 'guardada', 'borrada'), f.size FROM package_files f"
    " JOIN packages p ON p.id = f.package_id WHERE p.customer_id = $1 ORDER BY f.id");
/* Claims name no customer: they are of who wrote the phone, unless somebody else of that phone has the name. */
static const struct stmt claims = STMT("personal_claims", "i",
    "SELECT z.at, p.guide_number, z.outcome, z.settled_at FROM claims z JOIN packages p ON p.id = z.package_id"
    " JOIN customers me ON me.id = $1 WHERE (z.phone IN " PHONES " AND (z.name = me.full_name OR NOT EXISTS (SELECT 1"
    " FROM customers o WHERE o.id <> $1 AND o.is_active = 1 AND (o.phone = z.phone OR EXISTS (SELECT 1 FROM customer_phones k"
    " WHERE k.customer_id = o.id AND k.phone = z.phone))))) OR (z.phone IS NULL AND z.email IN " EMAIL ") ORDER BY z.id");
static const struct stmt authorizations = STMT("personal_authorizations", "i",
    "SELECT a.created_at, p.guide_number, a.expires_at, a.used_at, a.revoked_at FROM pickup_authorizations a"
    " JOIN packages p ON p.id = a.package_id WHERE a.customer_id = $1 ORDER BY a.id");
static const struct stmt questions = STMT("personal_questions", "i",
    "SELECT at, who, content FROM (SELECT i.id AS question, 0 AS text, i.at, 'usted' AS who, i.content FROM inquiries i"
    " WHERE i.customer_id = $1 UNION ALL SELECT t.inquiry_id, t.id, t.at, iif(t.user_id IS NULL, 'usted', 'el punto'), t.content"
    " FROM inquiry_texts t JOIN inquiries i ON i.id = t.inquiry_id WHERE i.customer_id = $1) ORDER BY question, text");
static const struct stmt contacts = STMT("personal_contacts", "i",
    "SELECT e.at, p.guide_number, e.details ->> 'channel', e.details ->> 'outcome' FROM packages p JOIN package_events e"
    " ON e.package_id = p.id WHERE p.customer_id = $1 AND e.kind = 'CONTACTO' AND e.details ->> 'outcome' IS NOT NULL ORDER BY e.id");
static const struct stmt requests = STMT("personal_requests", "i",
    "SELECT at, kind, content, outcome, closed_at FROM privacy_requests WHERE customer_id = $1 ORDER BY id");
static const struct stmt by_phone = STMT("personal_by_phone", "s",
    "SELECT id FROM customers k WHERE k.is_active = 1 AND (k.phone = $1 OR EXISTS (SELECT 1 FROM customer_phones f"
    " WHERE f.customer_id = k.id AND f.phone = $1)) LIMIT 2");
static const struct stmt by_document = STMT("personal_by_document", "s",
    "SELECT id FROM customers WHERE is_active = 1 AND document_number = $1 LIMIT 2");
DB_REGISTER(&person, &parcels, &payments, &messages, &consents, &photos, &claims, &authorizations, &questions, &contacts, &requests,
            &by_phone, &by_document)

/* ---- the tables: their words are the labels of the PDF ---- */

#define TABLE(st, name, ...)                                        \
    static const struct field name##_rows[] = { __VA_ARGS__ };      \
    FIELD_TABLE_HERE(st, personal_##name##_fields, name##_rows)

#define K struct personal_parcel
TABLE(K, parcel, FIELD(K, guide, F_TEXT, "Guía"), FIELD(K, code, F_TEXT, "Código"), FIELD(K, carrier, F_TEXT, "Transportadora"),
      FIELD(K, state, F_TEXT, "Estado"), FIELD(K, type, F_TEXT, "Tamaño"), FIELD(K, announced_at, F_INSTANT, "Anunciado"),
      FIELD(K, received_at, F_INSTANT, "Recibido"), FIELD(K, ended_at, F_INSTANT, "Entregado o cancelado"),
      FIELD(K, total, F_MONEY, "Total"))
#undef K
#define K struct personal_payment
TABLE(K, payment, FIELD(K, at, F_INSTANT, "Cuándo"), FIELD(K, amount, F_MONEY, "Valor"), FIELD(K, method, F_TEXT, "Cómo"),
      FIELD(K, reference, F_TEXT, "Referencia"), FIELD(K, guide, F_TEXT, "Guía"))
#undef K
#define K struct personal_message
TABLE(K, message, FIELD(K, at, F_INSTANT, "Cuándo"), FIELD(K, event, F_TEXT, "Qué"), FIELD(K, channel, F_TEXT, "Por dónde"),
      FIELD(K, recipient, F_ADDRESS, "A dónde"), FIELD(K, state, F_TEXT, "Estado"), FIELD(K, text, F_TEXT, "Lo que decía"))
#undef K
#define K struct personal_consent
TABLE(K, consent, FIELD(K, at, F_INSTANT, "Cuándo"), FIELD(K, what, F_TEXT, "Para qué"), FIELD(K, version, F_TEXT, "Versión"), FIELD(K, sha256, F_TEXT, "Huella del texto"),
      FIELD(K, channel, F_TEXT, "Por dónde"), FIELD(K, address, F_TEXT, "Dirección de red"), FIELD(K, guide, F_TEXT, "Guía"))
#undef K
#define K struct personal_photo
TABLE(K, photo, FIELD(K, at, F_INSTANT, "Cuándo"), FIELD(K, guide, F_TEXT, "Guía"), FIELD(K, kind, F_TEXT, "De qué"),
      FIELD(K, state, F_TEXT, "Estado"), FIELD(K, size, F_INT, "Bytes"))
#undef K
#define K struct personal_claim
TABLE(K, claim, FIELD(K, at, F_INSTANT, "Cuándo"), FIELD(K, guide, F_TEXT, "Guía"), FIELD(K, outcome, F_TEXT, "Cómo terminó"),
      FIELD(K, settled_at, F_INSTANT, "Se aclaró"))
#undef K
#define K struct personal_authorization
TABLE(K, authorization, FIELD(K, at, F_INSTANT, "Cuándo"), FIELD(K, guide, F_TEXT, "Guía"), FIELD(K, expires_at, F_INSTANT, "Sirve hasta"),
      FIELD(K, used_at, F_INSTANT, "Se usó"), FIELD(K, revoked_at, F_INSTANT, "Se anuló"))
#undef K
#define K struct personal_text
TABLE(K, text, FIELD(K, at, F_INSTANT, "Cuándo"), FIELD(K, by, F_TEXT, "Quién"), FIELD(K, text, F_TEXT, "Lo escrito"))
#undef K
#define K struct personal_contact
TABLE(K, contact, FIELD(K, at, F_INSTANT, "Cuándo"), FIELD(K, guide, F_TEXT, "Guía"), FIELD(K, channel, F_TEXT, "Por dónde"),
      FIELD(K, outcome, F_TEXT, "Qué pasó"))
#undef K
#define K struct personal_request
TABLE(K, request, FIELD(K, at, F_INSTANT, "Cuándo"), FIELD(K, kind, F_TEXT, "Qué pidió"), FIELD(K, text, F_TEXT, "Lo que escribió"),
      FIELD(K, outcome, F_TEXT, "Cómo terminó"), FIELD(K, closed_at, F_INSTANT, "Se cerró"))
#undef K
#define K struct personal_person
TABLE(K, person, FIELD(K, id, F_INT, "Número de cliente"), FIELD(K, full_name, F_TEXT, "Nombre"), FIELD(K, phone, F_PHONE, "Celular"),
      FIELD(K, other_phones, F_TEXT, "Otros celulares"), FIELD(K, email, F_TEXT, "Correo"),
      FIELD(K, document_type, F_TEXT, "Tipo de documento"), FIELD(K, document_number, F_TEXT, "Documento"),
      FIELD(K, building, F_TEXT, "Conjunto"), FIELD(K, tower, F_TEXT, "Torre"), FIELD(K, apartment, F_TEXT, "Apartamento"),
      FIELD(K, floor, F_TEXT, "Piso"), FIELD(K, address, F_TEXT, "Dirección"), FIELD(K, city, F_TEXT, "Ciudad"),
      FIELD(K, notes, F_TEXT, "Notas del punto"), FIELD(K, is_vip, F_BOOL, "Cliente VIP"),
      FIELD(K, sms_opt_out, F_BOOL, "Pidió no recibir SMS"), FIELD(K, email_opt_out, F_BOOL, "Pidió no recibir correos"),
      FIELD(K, created_at, F_INSTANT, "Cliente desde"), FIELD(K, known_at, F_INSTANT, "Conocido en el punto desde"),
      FIELD(K, email_confirmed_at, F_INSTANT, "Correo confirmado"))
#undef K
#define D struct personal_data
static const struct field data_rows[] = {
    FIELD(D, made_at, F_INSTANT, "Hecho"),
    FIELD_OBJECT(D, person, personal_person_fields, "Sus datos"),
    FIELD_LIST(D, parcels, personal_parcel_fields, "Paquetes"),
    FIELD_LIST(D, payments, personal_payment_fields, "Pagos"),
    FIELD_LIST(D, messages, personal_message_fields, "Mensajes que se le enviaron"),
    FIELD_LIST(D, consents, personal_consent_fields, "Autorizaciones para tratar sus datos"),
    FIELD_LIST(D, photos, personal_photo_fields, "Fotos de sus paquetes"),
    FIELD_LIST(D, claims, personal_claim_fields, "Guías que también anunció otra persona"),
    FIELD_LIST(D, authorizations, personal_authorization_fields, "Personas que autorizó a recoger"),
    FIELD_LIST(D, questions, personal_text_fields, "Preguntas y respuestas"),
    FIELD_LIST(D, contacts, personal_contact_fields, "Llamadas y visitas"),
    FIELD_LIST(D, requests, personal_request_fields, "Solicitudes sobre sus datos"),
};
const struct fields personal_data_fields = FIELDS(data_rows);

/* ---- reading ---- */

struct personal_reading { struct ctx *c; int64_t id; enum err err; };

/* Reads a list; after an error, which is kept, the others stay empty. */
static void *personal_rows(struct personal_reading *x, const struct stmt *s, struct fields f, size_t size, size_t *n)
{
    struct rows q;
    void *v = NULL;

    *n = 0;
    if (x->err != OK || (x->err = db_query(x->c->db, &q, s, x->id)) != OK)
        return NULL;
    v = db_all(&q, x->c->a, f, size, n);
    x->err = db_end(&q);
    return v;
}
#define READ(member, stmt, fields) out->member.v = personal_rows(&x, &stmt, fields, sizeof *out->member.v, &out->member.n)

static enum err personal_read(struct ctx *c, int64_t customer_id, D *out)
{
    struct personal_reading x = { c, customer_id, OK };

    *out = (D){ .made_at = c->now };
    x.err = db_get(c->db, personal_person_fields, &out->person, c->a, &person, customer_id);
    READ(parcels, parcels, personal_parcel_fields);
    READ(payments, payments, personal_payment_fields);
    READ(messages, messages, personal_message_fields);
    READ(consents, consents, personal_consent_fields);
    READ(photos, photos, personal_photo_fields);
    READ(claims, claims, personal_claim_fields);
    READ(authorizations, authorizations, personal_authorization_fields);
    READ(questions, questions, personal_text_fields);
    READ(contacts, contacts, personal_contact_fields);
    READ(requests, requests, personal_request_fields);
    return x.err == E_NOT_FOUND ? ctx_fail(c, E_NOT_FOUND, NULL, T_PRIVACY_CUSTOMER, NULL) : domain_fault(c, x.err);
}

struct personal_taking { struct ctx *c; int64_t id; D *out; enum err err; };

static enum err personal_read_tx(struct db *db UNUSED, void *arg)
{
    struct personal_taking *x = arg;

    return personal_read(x->c, x->id, x->out);
}

enum err personal_data_read(struct ctx *c, int64_t customer_id, D *out)
{
    return db_read(c->db, personal_read_tx, &(struct personal_taking){ c, customer_id, out, OK });
}

static enum err personal_take_tx(struct db *db UNUSED, void *arg)
{
    struct personal_taking *x = arg;
    const enum err e = personal_read(x->c, x->id, x->out);

    return e != OK ? e : audit_tx(x->c, "privacy_data", "customer", x->id, NULL);
}

enum err personal_data_take(struct ctx *c, int64_t customer_id, D *out)
{
    return domain_write(c, personal_take_tx, &(struct personal_taking){ c, customer_id, out, OK });
}

enum err personal_data_whose(struct ctx *c, const char *key, int64_t *customer_id)
{
    const char *phone = normal_phone(c->a, key);
    int64_t ids[2];
    size_t n = 0;
    struct rows q;
    enum err e;

    e = db_query(c->db, &q, &by_document, key);
    if (e == OK)
        e = db_ids(&q, ids, COUNT(ids), &n);
    if (e == OK && n == 0 && phone != NULL) {
        e = db_query(c->db, &q, &by_phone, phone);
        if (e == OK)
            e = db_ids(&q, ids, COUNT(ids), &n);
    }
    if (e == OK && n == 0 && strlen(key) < 7 && parse_int(key, &ids[0]))     /* a document of few digits comes first */
        n = 1;
    if (e != OK)
        return domain_fault(c, e);
    if (n != 1)
        return n == 0 ? ctx_fail(c, E_NOT_FOUND, NULL, T_PRIVACY_CUSTOMER, NULL)
            : ctx_fail(c, E_CONFLICT, NULL, T_DATA_SEVERAL, NULL);
    *customer_id = ids[0];
    return OK;
}
