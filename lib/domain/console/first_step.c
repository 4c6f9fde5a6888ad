#include "domain/console/first_step.h"
#include "domain/ground/setting.h"
#include "domain/ground/tx.h"
#include "store/db.h"

#define ANY(name, rest) STMT(name, "", "SELECT count(*) FROM (SELECT 1 FROM " rest " LIMIT 1)")
/* A message that a provider accepted since $1, when the account was last changed: whether one works is known by no other
 * way. */
#define ACCEPTED(name, channel) STMT(name, "i",                                                             \
    "SELECT count(*) FROM (SELECT 1 FROM notifications WHERE channel = '" channel "' AND state IN ('sent', 'delivered')" \
    " AND sent_at IS NOT NULL AND sent_at >= $1 LIMIT 1)")

static const struct stmt name_set = ANY("first_step_name", "settings WHERE key = 'site.name'");
static const struct stmt hours_set = ANY("first_step_hours", "settings WHERE key = 'site.hours'");
/* A new database has two rates and 101 positions. */
static const struct stmt rate_set = ANY("first_step_rate", "rates WHERE id > 2");
static const struct stmt shelf_set = ANY("first_step_shelf", "positions WHERE id > 101 OR version > 1");
static const struct stmt sms_works = ACCEPTED("first_step_sms", "sms");
static const struct stmt mail_works = ACCEPTED("first_step_mail", "email");
static const struct stmt operator_made = ANY("first_step_operator", "users WHERE role = 'OPERADOR' AND is_active = 1 AND joined_at IS NOT NULL");
static const struct stmt parcel_came = ANY("first_step_parcel", "packages WHERE received_at IS NOT NULL");
DB_REGISTER(&name_set, &hours_set, &rate_set, &shelf_set, &sms_works, &mail_works, &operator_made, &parcel_came)

/* account: the group of settings whose last change the statement asks since. */
static const struct { const char *words, *doc, *href; const struct stmt *done; const char *account; } table[] = {
    { "Nombre y dirección", "Los ven los residentes en cada página y mensaje.", "/admin/settings/site", &name_set, NULL },
    { "Horario", "Hasta que lo escriba se muestra uno de ejemplo.", "/admin/settings/site", &hours_set, NULL },
    { "Tarifas", "Hasta el primer paquete rigen de una vez, sin aviso.", "/rates/new", &rate_set, NULL },
    { "Estante", "Las posiciones, como son en su punto. Hay cien de ejemplo.", "/shelf/positions", &shelf_set, NULL },
    { "Los SMS salen", "Escriba la cuenta y envíe una prueba.", "/admin/settings/sms", &sms_works, "sms" },
    { "Los correos salen", "Escriba el servidor y envíe una prueba.", "/admin/settings/mail", &mail_works, "mail" },
    { "El primer operador", "Invítelo: él mismo elige su contraseña.", "/admin/users/new", &operator_made, NULL },
    { "El primer paquete", "Recíbalo: desde ahí empieza todo.", "/receive", &parcel_came, NULL },
};

enum err first_steps_read(struct ctx *c, struct first_steps *out)
{
    *out = (struct first_steps){ 0 };
    if (c->role != ROLE_ADMIN || setting_int(c, S_FIRST_STEPS) == 0)
        return OK;
    out->v = arena_alloc(c->a, COUNT(table) * sizeof *out->v);
    for (size_t i = 0; i < COUNT(table); i++) {
        const char *account = table[i].account;
        const int64_t done = account != NULL ? db_scalar(c->db, -1, table[i].done, setting_changed_at(c, account))
                                             : db_scalar(c->db, -1, table[i].done);

        if (done < 0)
            return domain_fault(c, E_INTERNAL);
        out->v[i] = (struct first_step){ table[i].words, table[i].doc, table[i].href, done > 0 };
        out->left += done == 0;
    }
    out->n = out->left > 0 ? COUNT(table) : 0;
    return OK;
}

enum err first_steps_hide(struct ctx *c)
{
    return setting_change(c, NULL, 0, &(struct setting_change){ "start.steps", "0" }, 1);
}
