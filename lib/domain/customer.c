#include "base/normal.h"
#include "base/utf8.h"
#include "domain/customer.h"

#define COLUMNS "id, full_name, phone, email, building, tower, apartment, sms_opt_out, email_opt_out, created_at"

static const struct stmt by_id = STMT("customer_by_id", "i",
    "SELECT " COLUMNS " FROM customers WHERE id = $1");
static const struct stmt ensure = STMT("customer_ensure", "sssssssi",
    "INSERT INTO customers (full_name, search_key, phone, email, building, tower, apartment, created_at)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    " ON CONFLICT (phone) DO UPDATE SET email = coalesce(customers.email, excluded.email),"
    " building = coalesce(customers.building, excluded.building),"
    " tower = coalesce(customers.tower, excluded.tower),"
    " apartment = coalesce(customers.apartment, excluded.apartment) RETURNING id");
DB_REGISTER(&by_id, &ensure)

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
                        in->building, in->tower, in->apartment, c->now);

    if (e != OK)
        return e;
    *id = db_int(&q, 0);
    return db_end(&q);
}

enum err customer_by_id(struct ctx *c, int64_t id, struct customer *out)
{
    return db_get(c->db, customer_fields, out, c->a, &by_id, id);
}
