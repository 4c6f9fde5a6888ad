#include "domain/public/customer_email.h"

#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/parcel/email_proof.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package_notify.h"
#include "domain/people/customer.h"
#include "domain/people/texts.h"
#include "json/json.h"
#include "local/normal.h"

static enum err email_audit_tx(struct ctx *c, const struct package *p, const char *proof)
{
    struct json_object *details = json_object_new_object();

    json_add_int(details, "package", p->id);
    json_add_bool(details, "mine", proof != NULL);
    json_add_text(details, "proof", proof);
    return audit_tx(c, "customer_email", "customer", p->customer_id, details);
}

/* ---- on the phone's own link ---- */

struct answering { struct ctx *c; const struct customer_email_in *in; int64_t waits; };

bool customer_email_doubted(struct ctx *c, const struct package *p)
{
    return p->announced_email == NULL && p->customer_email != NULL && package_own_email(c, p) == NULL;
}

/* A person found by one word of the name has the e-mail for these parcels alone. */
static enum err email_become_own_tx(struct ctx *c, const struct package *p)
{
    enum err e = email_own_tx(c, p);

    return e != OK || !package_is_persons(c, p) ? e
        : customer_email_set_tx(c, p->customer_id, p->announced_email);
}

static enum err email_own_by_phone_tx(struct answering *x, const struct package *p)
{
    struct ctx *c = x->c;
    const char *typed = is_blank(x->in->email) ? NULL : normal_email(c->a, x->in->email);
    bool opened;
    enum err e;

    /* Where no SMS goes the link itself came by that e-mail. */
    if (p->customer_phone == NULL || !phone_takes_sms(p->customer_phone))
        return ctx_fail(c, E_CONFLICT, "email", T_EMAIL_BY_LINK, NULL);
    if (typed == NULL || !streq(typed, p->announced_email != NULL ? p->announced_email : p->customer_email))
        return ctx_fail(c, E_INVALID, "email", T_EMAIL_NOT_THAT, NULL);
    if (text_is(p->email_proof, "celular"))
        return OK;
    if (p->announced_email == NULL) {
        e = email_adopt_tx(c, p);
        return e != OK ? e : email_audit_tx(c, p, "celular");
    }
    e = email_say_tx(c, p, &opened);
    if (e == OK)
        e = opened ? email_become_own_tx(c, p) : email_ask_tx(c, p);
    x->waits = e == OK && !opened;
    return e != OK ? e : email_audit_tx(c, p, "celular");
}

static enum err customer_email_answer_tx(struct db *db UNUSED, void *arg)
{
    struct answering *x = arg;
    struct package p;
    bool changed, theirs;
    enum err e = package_by_token(x->c, x->in->token, &p);

    x->waits = 0;
    if (e != OK)
        return e;
    if (p.announced_email == NULL && !(x->in->mine && customer_email_doubted(x->c, &p)))
        return ctx_fail(x->c, E_CONFLICT, NULL, T_EMAIL_OTHER, NULL);
    if (x->in->mine)
        return email_own_by_phone_tx(x, &p);
    e = email_forget_tx(x->c, &p, &changed);
    if (e == OK)
        e = customer_email_forget_tx(x->c, p.customer_id, p.announced_email, &theirs);
    return e != OK || !(changed || theirs) ? e : email_audit_tx(x->c, &p, NULL);
}

enum err customer_email_answer(struct ctx *c, const struct customer_email_in *in, bool *waits)
{
    struct answering x = { c, in, 0 };
    const enum err e = package_fault(c, operation_once(c, "customer_email", customer_email_answer_tx, &x, &x.waits));

    *waits = x.waits != 0;
    return e;
}

/* ---- by the letter that asks ---- */

enum err email_question(struct ctx *c, const char *token, struct email_question *out)
{
    struct package p;
    enum err e = package_by_email_link(c, token, &p);

    if (e == OK)
        *out = (struct email_question){ email_masked(c->a, p.announced_email), p.email_proof != NULL };
    return e;
}

/* Tells an e-mail that was just proved the news that it missed. */
static enum err email_tell_tx(struct ctx *c, const struct packages *all, const char *state, const char *event)
{
    struct packages told = { .v = arena_alloc(c->a, (all->n + 1) * sizeof *told.v) };

    for (size_t i = 0; i < all->n; i++)
        if (streq(all->v[i].state, state))
            told.v[told.n++] = all->v[i];
    return told.n == 0 ? OK : notify_email_tx(c, event, &told);
}

struct confirming { struct ctx *c; const char *token; };

static enum err email_confirm_tx(struct db *db UNUSED, void *arg)
{
    struct confirming *x = arg;
    struct ctx *c = x->c;
    int64_t ids[EMAIL_PACKAGES];
    size_t n = 0;
    struct packages all;
    struct package p;
    bool told_before;
    enum err e = package_by_email_link(c, x->token, &p);

    if (e == OK)
        e = email_prove_tx(c, &p, ids, &n);
    if (e == OK && n > 0 && text_is(customer_email_waiting(c, p.customer_id, p.customer_name), p.announced_email))
        e = customer_email_set_tx(c, p.customer_id, p.announced_email);
    if (e == OK && n > 0 && p.email_said_at != 0)
        e = email_become_own_tx(c, &p);
    if (e == OK)
        e = packages_by_ids(c, ids, n, &all);
    told_before = e == OK && package_own_email(c, &p) != NULL;
    if (e == OK && !told_before)     /* a customer with an e-mail of their own had the news there */
        e = email_tell_tx(c, &all, "ANUNCIADO", "package_announced");
    if (e == OK && !told_before)
        e = email_tell_tx(c, &all, "RECIBIDO", "package_received");
    return e != OK || n == 0 ? e : email_audit_tx(c, &p, "enlace");
}

enum err email_confirm(struct ctx *c, const char *token)
{
    struct confirming x = { c, token };

    return domain_operation(c, "email_confirm", email_confirm_tx, &x);
}
