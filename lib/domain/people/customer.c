#include "base/texts.h"
#include "domain/message/texts.h"
#include "domain/people/customer.h"
#include "domain/people/texts.h"
#include "json/json.h"
#include "local/normal.h"
#include "base/utf8.h"

#define COLUMNS "id, full_name, phone, email, building, tower, apartment, sms_opt_out, email_opt_out, created_at," \
    " email_confirmed_at"

static const struct stmt by_id = STMT("customer_by_id", "i",
    "SELECT " COLUMNS " FROM customers WHERE id = $1");
/* A confirmed e-mail replaces one that is not confirmed, and no other. */
static const struct stmt ensure = STMT("customer_ensure", "sssssssiI",
    "INSERT INTO customers (full_name, search_key, phone, email, building, tower, apartment, created_at,"
    " email_confirmed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
    " ON CONFLICT (phone) DO UPDATE SET email = CASE WHEN customers.email_confirmed_at IS NULL"
    " AND excluded.email_confirmed_at IS NOT NULL THEN excluded.email"
    " ELSE coalesce(customers.email, excluded.email) END,"
    " email_confirmed_at = coalesce(customers.email_confirmed_at, excluded.email_confirmed_at),"
    " building = coalesce(customers.building, excluded.building),"
    " tower = coalesce(customers.tower, excluded.tower),"
    " apartment = coalesce(customers.apartment, excluded.apartment) RETURNING id");
static const struct stmt confirm = STMT("customer_email_confirm", "iis",
    "UPDATE customers SET email_confirmed_at = $2 WHERE id = $1 AND email = $3 AND email_confirmed_at IS NULL");
static const struct stmt forget = STMT("customer_email_forget", "is",
    "UPDATE customers SET email = NULL, email_confirmed_at = NULL WHERE id = $1 AND email = $2");
DB_REGISTER(&by_id, &ensure, &confirm, &forget)

static const struct field rows[] = {
    FIELD(struct customer, id, F_INT, "Número del cliente"),
    FIELD(struct customer, full_name, F_TEXT, "Nombre completo"),
    FIELD(struct customer, phone, F_PHONE, "Celular, E.164"),
    FIELD(struct customer, email, F_TEXT, "Correo"),
    FIELD(struct customer, building, F_TEXT, "Edificio o conjunto"),
    FIELD(struct customer, tower, F_TEXT, "Torre"),
    FIELD(struct customer, apartment, F_TEXT, "Apartamento"),
    FIELD(struct customer, sms_opt_out, F_BOOL, "No quiere SMS"),
    FIELD(struct customer, email_opt_out, F_BOOL, "No quiere correos"),
    FIELD(struct customer, created_at, F_INSTANT, "Desde cuándo"),
    FIELD(struct customer, email_confirmed_at, F_INSTANT, "Cuándo dijo que el correo es suyo"),
};
const struct fields customer_fields = FIELDS(rows);

enum err customer_check(struct ctx *c, struct customer_in *in)
{
    const char *name = in->name ? normal_name(c->a, in->name) : NULL;
    const char *phone = in->phone ? normal_phone(c->a, in->phone) : NULL;
    const char *email = is_blank(in->email) ? NULL : normal_email(c->a, in->email);

    if (name == NULL)
        ctx_invalid(c, "name", T_NAME_BAD, NULL);
    if (phone == NULL)
        ctx_invalid(c, "phone", T_PHONE_BAD, NULL);
    if (!is_blank(in->email) && email == NULL)
        ctx_invalid(c, "email", T_EMAIL_BAD, NULL);
    in->name = name;
    in->phone = phone;
    in->email = email;
    return ctx_faults(c);
}

enum err customer_ensure_tx(struct ctx *c, const struct customer_in *in, int64_t *id)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &ensure, in->name, utf8_fold(c->a, in->name), in->phone, in->email,
                        in->building, in->tower, in->apartment, c->now,
                        in->email != NULL && c->actor == ACTOR_USER ? c->now : 0);

    if (e != OK)
        return e;
    *id = db_int(&q, 0);
    return db_end(&q);
}

enum err customer_by_id(struct ctx *c, int64_t id, struct customer *out)
{
    return db_get(c->db, customer_fields, out, c->a, &by_id, id);
}

bool customer_email_trusted(const char *phone, int64_t confirmed_at)
{
    return confirmed_at != 0 || phone == NULL || !phone_takes_sms(phone);
}

enum err customer_email_settle_tx(struct ctx *c, int64_t id, const char *email, bool mine, bool *changed)
{
    int64_t n;
    enum err e = mine ? db_exec(c->db, &n, &confirm, id, c->now, email) : db_exec(c->db, &n, &forget, id, email);

    *changed = e == OK && n != 0;
    return e;
}
