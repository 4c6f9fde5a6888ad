#include <ctype.h>

#include "base/buf.h"
#include "base/texts.h"
#include "domain/ground/operation.h"
#include "domain/message/texts.h"
#include "domain/people/approval.h"
#include "domain/people/customer.h"
#include "domain/people/texts.h"
#include "json/json.h"
#include "local/name.h"
#include "local/normal.h"
#include "base/utf8.h"

#define COLUMNS "id, full_name, phone, email, building, tower, apartment, sms_opt_out, email_opt_out, created_at," \
    " email_confirmed_at, document_type, document_number, floor, address, city, notes, is_vip, is_active, known_at," \
    " (SELECT group_concat(k.phone, ' ' ORDER BY k.id) FROM customer_phones k WHERE k.customer_id = customers.id), version"

static const struct stmt by_id = STMT("customer_by_id", "i",
    "SELECT " COLUMNS " FROM customers WHERE id = $1");
/* The first people of a phone come first: nobody can hide them behind new ones. */
static const struct stmt of_phone = STMT("customers_of_phone", "si",
    "SELECT id, full_name, 1 FROM customers WHERE phone = $1 UNION ALL SELECT c.id, c.full_name, 0 FROM customer_phones k"
    " JOIN customers c ON c.id = k.customer_id WHERE k.phone = $1 ORDER BY 1 LIMIT $2");
static const struct stmt has_phone = STMT("customer_has_phone", "is",
    "SELECT 1 FROM customers WHERE id = $1 AND phone = $2 UNION ALL"
    " SELECT 1 FROM customer_phones WHERE customer_id = $1 AND phone = $2 LIMIT 1");
static const struct stmt email_waits = STMT("customer_email_waits", "i",
    "SELECT email, full_name FROM customers WHERE id = $1 AND email IS NOT NULL AND email_confirmed_at = 0");
static const struct stmt without_phone = STMT("customer_without_phone", "s",
    "SELECT id FROM customers WHERE phone IS NULL AND search_key = $1 ORDER BY id LIMIT 1");
static const struct stmt insert = STMT("customer_insert", "sssssssiI",
    "INSERT INTO customers (full_name, search_key, phone, email, building, tower, apartment, created_at,"
    " email_confirmed_at, known_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, iif($4 IS NULL, NULL, 0), $9) RETURNING id");
/* A person whom nobody of the staff has met has the name that a stranger may have announced: whoever meets them says the
 * name. */
#define NAMED_IF_UNMET(name, key) \
    "full_name = iif(known_at IS NULL, coalesce(" name ", full_name), full_name)," \
    " search_key = iif(known_at IS NULL, coalesce(" key ", search_key), search_key)"
static const struct stmt fill = STMT("customer_fill", "issssiss",
    "UPDATE customers SET email = coalesce(email, $2), email_confirmed_at ="
    " iif(email IS NULL AND $2 IS NOT NULL, 0, email_confirmed_at), building = coalesce(building, $3), tower = coalesce(tower, $4),"
    " apartment = coalesce(apartment, $5), " NAMED_IF_UNMET("$7", "$8") ", known_at = coalesce(known_at, $6)"
    " WHERE id = $1");
static const struct stmt rename_person = STMT("customer_rename", "issi",
    "UPDATE customers SET full_name = $2, search_key = $3, known_at = coalesce(known_at, $4) WHERE id = $1");
static const struct stmt met = STMT("customer_met", "iiss",
    "UPDATE customers SET " NAMED_IF_UNMET("$3", "$4") ", known_at = $2 WHERE id = $1 AND known_at IS NULL");
static const struct stmt set_email = STMT("customer_set_email", "isi",
    "UPDATE customers SET email = $2, email_confirmed_at = $3 WHERE id = $1");
static const struct stmt forget = STMT("customer_email_forget", "is",
    "UPDATE customers SET email = NULL, email_confirmed_at = NULL WHERE id = $1 AND email = $2");
static const struct stmt by_ids = STMT("customers_by_ids", "s",
    "SELECT " COLUMNS " FROM customers WHERE id IN (SELECT value FROM json_each($1))");
DB_REGISTER(&by_id, &by_ids, &of_phone, &has_phone, &email_waits, &without_phone, &insert, &fill, &rename_person, &met, &set_email, &forget)

static const struct field rows[] = {
    FIELD(struct customer, id, F_INT, "Número del cliente"),
    FIELD(struct customer, full_name, F_TEXT, "Nombre completo"),
    FIELD(struct customer, phone, F_PHONE, "Celular, E.164; nada si no tiene"),
    FIELD(struct customer, email, F_TEXT, "Correo; con códigos solo cuando está confirmado"),
    FIELD(struct customer, building, F_TEXT, "Edificio o conjunto"),
    FIELD(struct customer, tower, F_TEXT, "Torre"),
    FIELD(struct customer, apartment, F_TEXT, "Apartamento"),
    FIELD(struct customer, sms_opt_out, F_BOOL, "No quiere SMS"),
    FIELD(struct customer, email_opt_out, F_BOOL, "No quiere correos"),
    FIELD(struct customer, created_at, F_INSTANT, "Desde cuándo"),
    FIELD(struct customer, email_confirmed_at, F_INSTANT, "Cuándo se confirmó su correo; nada si solo lo escribió alguien del punto"),
    FIELD(struct customer, document_type, F_TEXT, "Tipo de documento"),
    FIELD(struct customer, document_number, F_TEXT, "Número de documento"),
    FIELD(struct customer, floor, F_TEXT, "Piso"),
    FIELD(struct customer, address, F_TEXT, "Dirección"),
    FIELD(struct customer, city, F_TEXT, "Ciudad"),
    FIELD(struct customer, notes, F_TEXT, "Notas del punto"),
    FIELD(struct customer, is_vip, F_BOOL, "Cliente VIP"),
    FIELD(struct customer, is_active, F_BOOL, "Sigue siendo cliente"),
    FIELD(struct customer, known_at, F_INSTANT, "Desde cuándo lo conoce el punto; nada si solo lo nombra un anuncio"),
    FIELD(struct customer, other_phones, F_TEXT, "Otros celulares suyos, E.164, separados por un espacio; los avisos de cada paquete van al que lo anunció"),
    FIELD(struct customer, version, F_INT, "Versión, para If-Match"),
};
const struct fields customer_fields = FIELDS(rows);

static void home_add(struct buf *home, const char *label, const char *text)
{
    if (is_blank(text))
        return;
    buf_printf(home, "%s%s%s", home->len > 0 ? " · " : "", isdigit((unsigned char)*text) ? label : "", text);
}

const char *customer_home(struct arena *a, const char *building, const char *tower, const char *apartment)
{
    struct buf home = { 0 };
    const char *text;

    home_add(&home, "", building);
    home_add(&home, "torre ", tower);
    home_add(&home, "apto ", apartment);
    text = home.len > 0 ? arena_strdup(a, home.data) : NULL;
    buf_free(&home);
    return text;
}

static void phone_refuse(struct ctx *c, const char *typed)
{
    const char *digits = typed != NULL ? phone_without_plus(c->a, typed) : NULL;

    if (digits != NULL)
        ctx_invalid(c, "phone", T_PHONE_PLUS, digits, NULL);
    else
        ctx_invalid(c, "phone", T_PHONE_BAD, NULL);
}

void answer_address_check(struct ctx *c, const char **phone, const char **email, const struct text *neither)
{
    const char *to = is_blank(*phone) ? NULL : normal_phone(c->a, *phone);
    const char *address = is_blank(*email) ? NULL : normal_email(c->a, *email);

    if (!is_blank(*phone) && to == NULL)
        ctx_invalid(c, "phone", T_PHONE_BAD, NULL);
    else if (!is_blank(*email) && address == NULL)
        ctx_invalid(c, "email", T_EMAIL_BAD, NULL);
    else if (address == NULL && (to == NULL || !phone_takes_sms(to)))
        ctx_invalid(c, "phone", neither, NULL);
    *phone = to;
    *email = address;
}

enum err customer_check(struct ctx *c, struct customer_in *in)
{
    const char *name = in->name ? normal_name(c->a, in->name) : NULL;
    const char *phone = in->phone ? normal_phone(c->a, in->phone) : NULL;
    const char *email = is_blank(in->email) ? NULL : normal_email(c->a, in->email);
    const bool none = in->no_phone && c->actor == ACTOR_USER;

    if (name == NULL)
        ctx_invalid(c, "name", T_NAME_BAD, NULL);
    if (none && !is_blank(in->phone))
        ctx_invalid(c, "phone", T_PHONE_BOTH, NULL);
    else if (!none && phone == NULL)
        phone_refuse(c, in->phone);
    if (!is_blank(in->email) && email == NULL)
        ctx_invalid(c, "email", T_EMAIL_BAD, NULL);
    in->name = name;
    in->phone = phone;
    in->email = email;
    return ctx_faults(c);
}

#define PEOPLE_MAX 200           /* people of one phone who are compared */

/* *id is 0 when nobody is found; *same: the name is the person's beyond doubt. Another phone of somebody may be a
 * relative's, or somebody else's by now: by it a person is found whose name leaves no doubt. */
static enum err customer_find(struct ctx *c, const struct customer_in *in, int64_t *id, bool *same)
{
    size_t best = 0;
    struct rows q;
    enum err e;

    *id = 0;
    *same = in->phone == NULL;
    if (in->phone == NULL) {
        *id = db_scalar(c->db, 0, &without_phone, utf8_fold(c->a, in->name));
        return OK;
    }
    e = db_query(c->db, &q, &of_phone, in->phone, (int64_t)PEOPLE_MAX);
    if (e != OK)
        return e;
    while (db_next(&q)) {
        const char *name = db_text(&q, 1);
        size_t n = streq(utf8_fold(c->a, name), utf8_fold(c->a, in->name)) ? SIZE_MAX
            : names_shared(c->a, name, in->name);

        const bool doubtless = names_beyond_doubt(c->a, name, in->name);

        if (n > best && (db_int(&q, 2) || doubtless)) {
            best = n;
            *id = db_int(&q, 0);
            *same = doubtless;
        }
    }
    return db_end(&q);
}

enum err customer_ensure_tx(struct ctx *c, const struct customer_in *in, int64_t *id)
{
    static const struct customer_in nothing;
    const bool staff = c->actor == ACTOR_USER && !in->unmet;
    const struct customer_in *say = staff ? in : &nothing;
    /* Whoever may not give a parcel alone gives nobody an e-mail either, to which codes go once its reader confirms it. */
    const char *email = staff && !approval_needed(c, APPROVE_GIVING, 0) ? in->email : NULL;
    bool same;
    enum err e = customer_find(c, in, id, &same);

    if (e == OK && *id == 0)
        return db_insert(c->db, id, &insert, in->name, utf8_fold(c->a, in->name), in->phone, email,
                         say->building, say->tower, say->apartment, c->now,
                         staff ? c->now : 0);
    if (e != OK || !staff)
        return e;
    return db_exec(c->db, NULL, &fill, *id, same ? email : NULL, in->building, in->tower, in->apartment, c->now,
                   in->name, utf8_fold(c->a, in->name));
}

enum err customer_by_id(struct ctx *c, int64_t id, struct customer *out)
{
    return db_get(c->db, customer_fields, out, c->a, &by_id, id);
}

enum err customers_by_ids(struct ctx *c, const int64_t *ids, size_t n, struct customers *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &by_ids, arena_printf(c->a, "[%s]", operation_ids(c->a, ids, n)));

    *out = (struct customers){ 0 };
    if (e != OK)
        return e;
    out->v = db_all(&q, c->a, customer_fields, sizeof *out->v, &out->n);
    return db_end(&q);
}

bool customer_has_phone(struct ctx *c, int64_t id, const char *phone)
{
    return phone != NULL && db_scalar(c->db, 0, &has_phone, id, phone) != 0;
}

const char *customer_email_waiting(struct ctx *c, int64_t id, const char *name)
{
    const char *email = NULL;
    struct rows q;

    if (id == 0 || db_one(c->db, &q, &email_waits, id) != OK)
        return NULL;
    if (name == NULL || streq(name, db_text(&q, 1)) || names_beyond_doubt(c->a, name, db_text(&q, 1)))
        email = db_dup(&q, 0, c->a);
    return db_end(&q) == OK ? email : NULL;
}

enum err customer_rename_tx(struct ctx *c, int64_t id, const char *name)
{
    return db_exec(c->db, NULL, &rename_person, id, name, utf8_fold(c->a, name), c->now);
}

enum err customer_met_tx(struct ctx *c, int64_t id, const char *name)
{
    return db_exec(c->db, NULL, &met, id, c->now, name, name != NULL ? utf8_fold(c->a, name) : NULL);
}

enum err customer_email_set_tx(struct ctx *c, int64_t id, const char *email)
{
    return db_exec(c->db, NULL, &set_email, id, email, c->now);
}

enum err customer_email_forget_tx(struct ctx *c, int64_t id, const char *email, bool *changed)
{
    int64_t n;
    enum err e = db_exec(c->db, &n, &forget, id, email);

    *changed = e == OK && n != 0;
    return e;
}
