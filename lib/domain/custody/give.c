#include "domain/custody/give.h"

#include "domain/handover/authorization.h"
#include "domain/message/notification.h"
#include "domain/parcel/link.h"
#include "domain/parcel/pickup.h"
#include "domain/people/customer.h"

static const struct stmt set_customer = STMT("package_give", "iiss",
    "UPDATE packages SET customer_id = $2, announced_phone = $3, announced_email = $4, email_proof = NULL,"
    " email_said_at = NULL WHERE id = $1");
static const struct stmt set_link = STMT("package_link_anew", "isi",
    "UPDATE packages SET public_token = $2, link_version = $3, old_link = NULL WHERE id = $1");
DB_REGISTER(&set_customer, &set_link)

enum err package_secrets_renew_tx(struct ctx *c, struct package *p)
{
    enum err e = link_forsake_tx(c, p);

    if (e == OK)
        e = link_next(c, p);
    if (e == OK)
        e = db_exec(c->db, NULL, &set_link, p->id, p->public_token, p->link_version);
    if (e == OK)
        e = notify_withdraw_tx(c, p->id, 0);
    if (e != OK || !streq(p->state, "RECIBIDO"))
        return e;
    p->pickup_version++;
    return pickup_renew_tx(c, p);
}

enum err package_give_tx(struct ctx *c, struct package *p, int64_t customer_id, const char *phone)
{
    enum err e = package_secrets_renew_tx(c, p);

    if (e == OK)
        e = db_exec(c->db, NULL, &set_customer, p->id, customer_id, phone,
                    customer_email_waiting(c, customer_id, p->announced_name));
    return e != OK ? e : authorizations_revoke_tx(c, p->id);
}
