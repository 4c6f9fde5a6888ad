#include "local/name.h"
#include "local/normal.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/parcel/guide_reading.h"
#include "domain/parcel/package.h"
#include "domain/parcel/package_columns.h"
#include "domain/parcel/texts.h"

static const struct stmt by_id = STMT("package_by_id", "i", PACKAGE_SELECT "WHERE p.id = $1");
static const struct stmt by_code = STMT("package_by_code", "s", PACKAGE_SELECT "WHERE p.tracking_code = $1");
static const struct stmt seen_by_code = STMT("package_seen_by_code", "s", PACKAGE_SEEN_SELECT "WHERE p.tracking_code = $1");
static const struct stmt by_guide = STMT("package_by_guide", "s",
    PACKAGE_SELECT "WHERE p.guide_key = $1 ORDER BY p.state = 'CANCELADO', p.id DESC LIMIT 1");
static const struct stmt by_ids = STMT("packages_by_ids", "s",
    PACKAGE_COLUMNS " FROM json_each($1) v CROSS JOIN packages p ON p.id = v.value" PACKAGE_JOINS "ORDER BY v.key");
/* Where a text is cut so that one half of it is a package's guide, or both parts, of eight characters at least,
 * are. */
static const struct stmt joined_at = STMT("package_guides_joined", "s",
    "WITH RECURSIVE at(n) AS (SELECT 8 UNION ALL SELECT n + 1 FROM at WHERE n < length($1) - 8)"
    " SELECT n FROM at WHERE length($1) >= 16"
    " AND CASE WHEN EXISTS (SELECT 1 FROM packages WHERE guide_key = substr($1, 1, n) AND state <> 'CANCELADO')"
    " THEN 1 ELSE 0 END"
    " + CASE WHEN EXISTS (SELECT 1 FROM packages WHERE guide_key = substr($1, n + 1) AND state <> 'CANCELADO')"
    " THEN 1 ELSE 0 END >= CASE WHEN 2 * n = length($1) THEN 1 ELSE 2 END LIMIT 1");
#define NAMES_MAX 200            /* the packages of one phone that are compared */

/* Names that people with one phone have, or had their parcels announced in. */
static const struct stmt names_of_phone = STMT("package_names_of_phone", "isi",
    "SELECT full_name FROM customers WHERE phone = $2"
    " UNION SELECT announced_name FROM packages WHERE customer_id = $1 AND announced_name IS NOT NULL LIMIT $3");
DB_REGISTER(&by_id, &by_ids, &by_code, &seen_by_code, &by_guide, &joined_at, &names_of_phone)

#define P struct package
static const struct field rows[] = {
    FIELD(P, id, F_INT, "Número interno"),
    FIELD(P, tracking_code, F_TEXT, "Código de consulta"),
    FIELD_SECRET(P, public_token, F_TEXT, "Huella de la parte secreta del enlace público"),
    FIELD_SECRET(P, link_version, F_INT, "Versión del enlace público"),
    FIELD_SECRET(P, pickup_version, F_INT, "Versión del código de entrega"),
    FIELD(P, guide_number, F_TEXT, "Guía como se escribió"),
    FIELD(P, guide_key, F_TEXT, "Guía sin separadores"),
    FIELD(P, carrier, F_TEXT, "Transportadora"),
    FIELD(P, state, F_TEXT, "ANUNCIADO, RECIBIDO, ENTREGADO o CANCELADO"),
    FIELD(P, type, F_TEXT, "NORMAL o EXTRA_DIMENSIONADO"),
    FIELD(P, condition, F_TEXT, "BUENO, ABIERTO o REGULAR"),
    FIELD(P, customer_id, F_ID, "Cliente"),
    FIELD(P, announced_name, F_TEXT, "Nombre en el anuncio"),
    FIELD(P, announced_phone, F_PHONE, "Celular en el anuncio"),
    FIELD(P, declared_value, F_MONEY, "Valor declarado"),
    FIELD(P, position_id, F_ID, "Posición"),
    FIELD(P, rate_id, F_ID, "Tarifa"),
    FIELD(P, base_fee, F_MONEY, "Tarifa base"),
    FIELD(P, storage_per_day, F_MONEY, "Bodegaje por día"),
    FIELD(P, free_hours, F_INT, "Horas sin bodegaje"),
    FIELD(P, announced_at, F_INSTANT, "Anunciado"),
    FIELD(P, received_at, F_INSTANT, "Recibido"),
    FIELD(P, delivered_at, F_INSTANT, "Entregado"),
    FIELD(P, cancelled_at, F_INSTANT, "Cancelado"),
    FIELD(P, received_by, F_ID, "Quién recibió"),
    FIELD(P, delivered_by, F_ID, "Quién entregó"),
    FIELD(P, cancelled_by, F_ID, "Quién canceló"),
    FIELD(P, operation_id, F_TEXT, "Operación de la entrega"),
    FIELD(P, storage_days, F_INT, "Días de bodegaje cobrados"),
    FIELD(P, storage_fee, F_MONEY, "Bodegaje cobrado"),
    FIELD(P, total_fee, F_MONEY, "Total, ya fijo"),
    FIELD(P, discount, F_MONEY, "Descuento"),
    FIELD(P, proof, F_TEXT, "codigo, autorizacion o excepcion"),
    FIELD(P, receiver_name, F_TEXT, "Quién lo recogió"),
    FIELD(P, receiver_document_type, F_TEXT, "Tipo de documento de quien lo recogió"),
    FIELD(P, receiver_document_last4, F_TEXT, "Últimos cuatro del documento"),
    FIELD(P, cancel_reason, F_TEXT, "Motivo de la cancelación"),
    FIELD(P, cancel_text, F_TEXT, "Detalle de la cancelación"),
    FIELD(P, observations, F_TEXT, "Observaciones"),
    FIELD(P, last_event_id, F_INT, "Último evento"),
    FIELD(P, announced_email, F_TEXT, "Correo en el anuncio"),
    FIELD(P, email_proof, F_TEXT, "Cómo se probó de quién es: enlace, celular o mostrador; nada: no se ha probado"),
    FIELD(P, announced_address, F_TEXT, "Edificio, torre y apartamento en el anuncio"),
    FIELD(P, email_said_at, F_INSTANT, "Cuándo lo escribió completo quien tiene el celular"),
    FIELD(P, position_code, F_TEXT, "Código de la posición"),
    FIELD(P, customer_name, F_TEXT, "Nombre del cliente: el del anuncio, si lo hay"),
    FIELD(P, customer_phone, F_PHONE, "Celular al que van sus avisos: el del anuncio, si no el del cliente; nada si no tiene"),
    FIELD(P, customer_email, F_TEXT, "Correo del cliente, confirmado"),
    FIELD(P, phone_name, F_TEXT, "De quién es ese celular, si es de otra persona a quien se conoce"),
    FIELD(P, person_name, F_TEXT, "Nombre del cliente, como se le conoce"),
    FIELD(P, disputed, F_BOOL, "En disputa: otra persona anunció la misma guía y nadie ha comparado"),
};
const struct fields package_fields = FIELDS(rows);

/* Members that anybody who has the tracking code may read. */
static const struct field public_rows[] = {
    FIELD(P, tracking_code, F_TEXT, "Código de consulta"),
    FIELD(P, guide_number, F_TEXT, "Guía"),
    FIELD(P, carrier, F_TEXT, "Transportadora"),
    FIELD(P, state, F_TEXT, "ANUNCIADO, RECIBIDO, ENTREGADO o CANCELADO"),
    FIELD(P, type, F_TEXT, "NORMAL o EXTRA_DIMENSIONADO"),
    FIELD(P, announced_at, F_INSTANT, "Anunciado"),
    FIELD(P, received_at, F_INSTANT, "Recibido"),
    FIELD(P, delivered_at, F_INSTANT, "Entregado"),
    FIELD(P, cancelled_at, F_INSTANT, "Cancelado"),
};
const struct fields package_public_fields = FIELDS(public_rows);

#define SEEN(member, type) FIELD(P, member, type, "")
static const struct field seen_rows[] = {
    SEEN(id, F_INT), SEEN(tracking_code, F_TEXT), SEEN(pickup_version, F_INT), SEEN(guide_number, F_TEXT),
    SEEN(carrier, F_TEXT), SEEN(state, F_TEXT), SEEN(type, F_TEXT), SEEN(customer_id, F_ID), SEEN(announced_name, F_TEXT),
    SEEN(announced_phone, F_PHONE), SEEN(base_fee, F_MONEY), SEEN(storage_per_day, F_MONEY), SEEN(free_hours, F_INT),
    SEEN(announced_at, F_INSTANT), SEEN(received_at, F_INSTANT), SEEN(delivered_at, F_INSTANT),
    SEEN(cancelled_at, F_INSTANT), SEEN(operation_id, F_TEXT), SEEN(storage_days, F_INT), SEEN(storage_fee, F_MONEY),
    SEEN(total_fee, F_MONEY), SEEN(discount, F_MONEY), SEEN(receiver_name, F_TEXT), SEEN(cancel_reason, F_TEXT),
    SEEN(announced_email, F_TEXT), SEEN(email_proof, F_TEXT), SEEN(email_said_at, F_INSTANT), SEEN(customer_name, F_TEXT),
    SEEN(customer_phone, F_PHONE), SEEN(customer_email, F_TEXT), SEEN(person_name, F_TEXT), SEEN(disputed, F_BOOL),
};
const struct fields package_seen_fields = FIELDS(seen_rows);

const struct word package_states[] = {
    { "ANUNCIADO", "Anunciados" }, { "RECIBIDO", "En el punto" },
    { "ENTREGADO", "Entregados" }, { "CANCELADO", "Cancelados" }, WORDS_END
};
const struct word package_conditions[] = {
    { "BUENO", "Bueno" }, { "ABIERTO", "Abierto" }, { "REGULAR", "Golpeado, mojado o roto" }, WORDS_END
};

const char *package_phone_name(struct ctx *c, const struct package *p)
{
    const char *name = p->customer_name ? p->customer_name : p->announced_name;

    if (p->phone_name == NULL || name == NULL || streq(p->phone_name, name))
        return NULL;             /* nearly always: to fold two names costs more than the row */
    return names_alike(c->a, p->phone_name, name) ? NULL : p->phone_name;
}

static bool package_takes_sms(const struct package *p)
{
    return p->customer_phone != NULL && phone_takes_sms(p->customer_phone);
}

bool package_is_persons(struct ctx *c, const struct package *p)
{
    return p->announced_name == NULL || p->person_name == NULL || streq(p->announced_name, p->person_name)
        || names_beyond_doubt(c->a, p->announced_name, p->person_name);
}

const char *package_own_email(struct ctx *c, const struct package *p)
{
    return p->customer_email != NULL && package_is_persons(c, p) ? p->customer_email : NULL;
}

const char *package_email(struct ctx *c, const struct package *p)
{
    const char *own = package_own_email(c, p);

    /* Whoever reads a letter has proved that the address is theirs, not that they are the person. */
    if (own != NULL && text_is(p->email_proof, "enlace"))
        return own;
    return p->announced_email != NULL && p->email_proof != NULL ? p->announced_email : own;
}

bool package_email_waits(struct ctx *c, const struct package *p)
{
    return p->announced_email != NULL && p->email_proof == NULL && !text_is(p->announced_email, package_own_email(c, p));
}

bool package_email_is_told(struct ctx *c, const struct package *p, const char *email)
{
    return text_is(package_email(c, p), email) || text_is(package_own_email(c, p), email);
}

bool package_email_may_know(struct ctx *c, const struct package *p, const char *email)
{
    if (text_is(package_own_email(c, p), email))
        return true;
    return package_email_is_told(c, p, email) && (!streq(p->email_proof, "enlace") || !package_takes_sms(p));
}

int64_t package_code_customer(const struct package *p)
{
    return package_takes_sms(p) ? p->customer_id : 0;
}

static void package_names_read(struct ctx *c, const struct package *p, struct package_names *out)
{
    struct rows q;

    out->read = true;
    out->unknown = db_query(c->db, &q, &names_of_phone, p->customer_id, p->customer_phone, (int64_t)NAMES_MAX) != OK;
    if (out->unknown)
        return;
    while (db_next(&q)) {
        out->v = arena_more(c->a, out->v, out->n, sizeof *out->v);
        out->v[out->n++] = db_dup(&q, 0, c->a);
    }
    out->unknown = db_end(&q) != OK || out->n == NAMES_MAX;
}

/* True when two people with the phone of *p may be called by the name: each has all its words, and they are not the
 * same.  So is every name when nobody can tell. */
static bool package_name_is_shared(struct ctx *c, const struct package *p, const char *name, struct package_names *names)
{
    if (!names->read)
        package_names_read(c, p, names);
    for (size_t i = 0; i < names->n; i++)
        for (size_t j = 0; j < i; j++)
            if (names_same(c->a, name, names->v[i]) && names_same(c->a, name, names->v[j])
                && !names_same(c->a, names->v[i], names->v[j]))
                return true;
    return names->unknown;
}

/* Whether two parcels of one customer are in the same name.  A shorter name is the longer one's only while nobody else
 * with that phone could be meant by it. */
static bool package_names_same(struct ctx *c, const struct package *x, const struct package *y, struct package_names *names)
{
    const char *mine = x->customer_name, *theirs = y->customer_name;

    if (text_is(mine, theirs))
        return true;
    if (mine == NULL || theirs == NULL || !names_same(c->a, mine, theirs))
        return false;
    return names_equal(c->a, mine, theirs)
        || (!package_name_is_shared(c, x, mine, names) && !package_name_is_shared(c, x, theirs, names));
}

bool package_code_opens(struct ctx *c, const struct package *key, const struct package *p, struct package_names *names)
{
    const int64_t customer = package_code_customer(key);

    if (p->id == key->id)
        return true;
    return customer != 0 && customer == p->customer_id && text_is(key->customer_phone, p->customer_phone)
        && package_names_same(c, key, p, names);
}

enum err package_fault(struct ctx *c, enum err e)
{
    return e == E_NOT_FOUND && c->fault.err != e ? ctx_fail(c, e, NULL, T_PACKAGE_NONE, NULL) : domain_fault(c, e);
}

static enum err package_by_text(struct ctx *c, const struct stmt *s, struct fields f, const char *key, struct package *out)
{
    if (key == NULL)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_PACKAGE_NONE, NULL);
    *out = (struct package){ 0 };
    return package_fault(c, db_get(c->db, f, out, c->a, s, key));
}

enum err package_by_id(struct ctx *c, int64_t id, struct package *out)
{
    return package_fault(c, db_get(c->db, package_fields, out, c->a, &by_id, id));
}

enum err packages_by_ids(struct ctx *c, const int64_t *ids, size_t n, struct packages *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &by_ids, arena_printf(c->a, "[%s]", operation_ids(c->a, ids, n)));

    *out = (struct packages){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, package_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

enum err package_by_code(struct ctx *c, const char *code, struct package *out)
{
    return package_by_text(c, &by_code, package_fields, normal_code(c->a, code), out);
}

enum err package_seen_by_code(struct ctx *c, const char *code, struct package *out)
{
    return package_by_text(c, &seen_by_code, package_seen_fields, normal_code(c->a, code), out);
}

static enum err package_by_keys(struct ctx *c, const struct guide_reading *read, struct package *out)
{
    struct package p;
    enum err e = E_NOT_FOUND;
    bool cancelled = false;

    for (size_t i = 0; i < read->n; i++) {
        e = db_get(c->db, package_fields, &p, c->a, &by_guide, read->keys[i]);
        if (e != OK && e != E_NOT_FOUND)
            break;
        if (e == OK && (!cancelled || !streq(p.state, "CANCELADO")))
            *out = p;
        if (e == OK && !streq(p.state, "CANCELADO"))
            break;
        cancelled = cancelled || e == OK;
    }
    return package_fault(c, cancelled && e == E_NOT_FOUND ? OK : e);
}

enum err package_by_guide(struct ctx *c, const char *guide, struct package *out)
{
    struct guide_reading read;

    guide_read(c->a, guide, &read);
    return package_by_keys(c, &read, out);
}

enum err package_by_scan(struct ctx *c, const char *text, struct package *out)
{
    struct guide_reading read;
    enum err e;

    guide_read(c->a, text, &read);
    e = package_by_code(c, read.number != NULL ? read.number : text, out);
    if (e != E_NOT_FOUND)
        return e;
    c->fault = (struct fault){ 0 };
    return package_by_keys(c, &read, out);
}

enum err guide_refuse(struct ctx *c, const struct guide_reading *read, const char *field)
{
    if (read->first != NULL)
        ctx_invalid(c, field, T_READ_TWO, read->first, read->second, NULL);
    else
        ctx_invalid(c, field, read->says_none ? T_GUIDE_SAID_NONE : read->other_layout ? T_GUIDE_LAYOUT : T_GUIDE_BAD, NULL);
    return E_INVALID;
}

enum err package_reading_check(struct ctx *c, const struct guide_reading *read, const char *field)
{
    const char *first = read->first, *second = read->second;
    int64_t cut = 0;
    enum err e = first == NULL && read->n == 1 ? db_value(c->db, &cut, &joined_at, read->key) : OK;

    if (e != OK && e != E_NOT_FOUND)
        return domain_fault(c, e);
    if (cut > 0) {
        first = arena_strndup(c->a, read->key, (size_t)cut);
        second = read->key + cut;
    }
    return first == NULL ? OK : ctx_fail(c, E_INVALID, field, T_READ_TWO, first, second, NULL);
}
