#include "domain/ground/audit.h"
#include "domain/ground/tx.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package.h"
#include "domain/people/customer.h"
#include "domain/people/texts.h"
#include "domain/public/customer_email.h"
#include "json/json.h"
#include "local/normal.h"

struct answering { struct ctx *c; const struct customer_email_in *in; };

static enum err customer_email_answer_tx(struct db *db UNUSED, void *arg)
{
    struct answering *x = arg;
    struct json_object *details;
    struct package p;
    bool changed;
    enum err e = package_by_token(x->c, x->in->token, &p);

    if (e != OK)
        return e;
    if (p.customer_email == NULL || !streq(email_masked(x->c->a, p.customer_email), x->in->email))
        return ctx_fail(x->c, E_CONFLICT, NULL, T_EMAIL_OTHER, NULL);
    e = customer_email_settle_tx(x->c, p.customer_id, p.customer_email, x->in->mine, &changed);
    if (e != OK || !changed)             /* the customer had said so before */
        return e;
    details = json_object_new_object();
    json_add_bool(details, "mine", x->in->mine);
    return audit_tx(x->c, "customer_email", "customer", p.customer_id, details);
}

enum err customer_email_answer(struct ctx *c, const struct customer_email_in *in)
{
    struct answering x = { c, in };

    return package_fault(c, domain_operation(c, "customer_email", customer_email_answer_tx, &x));
}
