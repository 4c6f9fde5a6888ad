#include "domain/custody/claim_settle.h"

#include "base/texts.h"
#include "domain/custody/give.h"
#include "domain/custody/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/personal.h"
#include "domain/parcel/email_proof.h"
#include "domain/parcel/event.h"
#include "domain/parcel/event_words.h"
#include "domain/parcel/guide_owner.h"
#include "domain/parcel/package_notify.h"
#include "domain/parcel/package_write.h"
#include "domain/people/consent.h"
#include "domain/people/customer.h"
#include "domain/people/user.h"
#include "json/json.h"
#include "local/name.h"
#include "local/normal.h"

static const struct stmt settle = STMT("claims_settle", "iiisi",
    "UPDATE claims SET settled_at = $5, settled_by = $3, compared = $4, outcome = iif(id = $2, 'suyo', 'ajeno')"
    " WHERE package_id = $1 AND settled_at IS NULL");
static const struct stmt set_announced = STMT("claim_set_announced", "iss",
    "UPDATE packages SET announced_name = $2, announced_email = $3 WHERE id = $1");
/* Announcements that a clerk wrote, or that came from the counter's own address. */
static const struct stmt announced_here = STMT("claim_announced_here", "is",
    "SELECT 1 FROM package_events WHERE package_id = $1 AND kind = 'ANUNCIO' AND actor = 'user'"
    " UNION ALL SELECT 1 FROM consents WHERE package_id = $1 AND claim_id IS NULL AND address = $2 LIMIT 1");
DB_REGISTER(&settle, &set_announced, &announced_here)

struct settling {
    struct ctx *c;
    const struct claim_settle_in *in;
    struct claim theirs;         /* the claim of whose it is, or claim_first */
    struct package *p;
    struct approval_asked asked;
};

static enum err claim_read(struct settling *x)
{
    struct ctx *c = x->c;
    const int64_t id = x->in->claim;
    const char *guide = x->p->guide_number;
    enum err e = id != 0 ? claim_by_id(c, id, &x->theirs) : claim_first(c, x->p->id, &x->theirs);

    if (id == 0)
        return e == E_NOT_FOUND ? ctx_fail(c, E_INVALID, "claim", T_CLAIM_NOBODY, NULL) : e;
    return e == E_NOT_FOUND || (e == OK && (x->theirs.package_id != x->p->id || x->theirs.settled_at != 0))
        ? ctx_fail(c, E_CONFLICT, "claim", T_CLAIM_NONE, guide, NULL) : e;
}

/* E_INVALID when a clerk compared the label, and it may name another of those who announced the package as well. */
static enum err claim_alike_check(struct settling *x)
{
    struct ctx *c = x->c;
    struct claims all;
    struct claim first;
    const char *other;
    enum err e;

    if (!streq(x->in->compared, "etiqueta"))
        return OK;
    e = claim_first(c, x->p->id, &first);
    if (e != OK && e != E_NOT_FOUND)
        return e;
    other = e == OK && x->theirs.id != 0 && names_look_alike(c->a, first.name, x->theirs.name) ? first.name : NULL;
    e = claims_of(c, x->p->id, &all);
    for (size_t i = 0; e == OK && other == NULL && i < all.n; i++)
        if (all.v[i].settled_at == 0 && all.v[i].id != x->theirs.id && names_look_alike(c->a, all.v[i].name, x->theirs.name))
            other = all.v[i].name;
    return e != OK || other == NULL ? e
        : ctx_fail(c, E_INVALID, "compared", T_CLAIM_ALIKE, x->theirs.name, other, NULL);
}

static enum err claim_give_tx(struct settling *x)
{
    struct ctx *c = x->c;
    const struct customer_in who = { .name = x->theirs.name, .phone = x->theirs.phone,
                                     .no_phone = x->theirs.phone == NULL };
    int64_t customer;
    enum err e = customer_ensure_tx(c, &who, &customer);

    if (e == OK)
        e = package_give_tx(c, x->p, customer, who.phone);
    if (e == OK)
        e = consent_claim_tx(c, x->theirs.id, customer);
    return e != OK ? e : db_exec(c->db, NULL, &set_announced, x->p->id, who.name, x->theirs.email);
}

static enum err claim_settle_event_tx(struct settling *x)
{
    struct ctx *c = x->c;
    struct json_object *details = json_object_new_object(), *noted = json_object_new_object();
    struct personal personal = { 0 };
    enum err e;

    json_add_int(details, "claim_settled", x->theirs.id);
    json_add_text(details, "compared", x->in->compared);
    personal_add(c, &personal, details, "name", x->theirs.name);
    e = event_add_tx(c, x->p, (struct event_new){ .kind = "MODIFICACION", .before = x->p->state, .after = x->p->state,
                                                  .details = details });
    if (e == OK)
        e = event_personal_tx(c, x->p->last_event_id, &personal);
    json_add_int(noted, "claim", x->theirs.id);
    json_add_text(noted, "compared", x->in->compared);
    if (e == OK)
        return audit_tx(c, "claim_settle", "package", x->p->id, noted);
    json_object_put(noted);
    return e;
}

/* Tells those whose claim this settlement ended, but not by the phone of whose the package is. */
static enum err claim_losers_tell_tx(struct settling *x)
{
    struct ctx *c = x->c;
    const struct package *p = x->p;
    struct claims all;
    enum err e = claims_of(c, p->id, &all);

    for (size_t i = 0; e == OK && i < all.n; i++) {
        const struct claim *k = &all.v[i];

        if (k->settled_at == c->now && text_is(k->outcome, "ajeno") && !text_is(k->phone, p->customer_phone))
            e = claim_tell_end_tx(c, k, p->last_event_id, (int)c->conf->undo_s, p->received_at != 0);
    }
    return e;
}

/* The open claim of the person whose *p is now; NULL: they made none. */
static const struct claim *claim_of_customer(struct ctx *c, const struct claims *all, const struct package *p)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct claim *k = &all->v[i];

        if (k->settled_at == 0 && text_equal(k->phone, p->customer_phone)
            && names_same(c->a, k->name, p->customer_name))
            return k;
    }
    return NULL;
}

enum err claim_corrected_tx(struct ctx *c, const struct package *before, struct package *p)
{
    struct claim_settle_in in = { .id = p->id, .compared = CLAIM_CORRECTED };
    struct settling x = { .c = c, .in = &in, .p = p };
    const struct claim *theirs;
    struct claims all;
    enum err e = claims_of(c, p->id, &all);

    if (e != OK || p->customer_name == NULL || (theirs = claim_of_customer(c, &all, p)) == NULL)
        return e;
    x.theirs = *theirs;
    in.claim = theirs->id;
    e = db_exec(c->db, NULL, &settle, p->id, in.claim, c->user_id, in.compared, c->now);
    if (e == OK)
        e = claim_lose_tx(c, before, in.compared);
    if (e == OK)
        e = consent_claim_tx(c, in.claim, p->customer_id);
    if (e == OK)
        e = db_exec(c->db, NULL, &set_announced, p->id, p->announced_name, theirs->email);
    if (e == OK)
        e = claim_settle_event_tx(&x);
    if (e == OK)
        e = package_by_id(c, p->id, p);
    return e != OK ? e : claim_losers_tell_tx(&x);
}

static const char *compared_words(const char *compared)
{
    return streq(compared, "documento") ? "el documento" : streq(compared, CLAIM_CORRECTED) ? "una corrección" : "la etiqueta";
}

/* Whether u is the person of the claim, by phone or name. */
static bool claim_is_users(struct ctx *c, const struct claim *k, const struct user *u)
{
    return (u->phone != NULL && text_is(k->phone, u->phone)) || names_same(c->a, u->full_name, k->name);
}

/* Whether the first announcement may be that of who acts: whoever announces a guide before its owner does would otherwise
 * be its first, and settle for the first alone. */
static bool claim_first_is_ours(struct settling *x)
{
    struct ctx *c = x->c;
    const char *here = c->conf->exempt_address;
    struct user u;

    return user_by_id(c, c->user_id, &u) != OK || claim_is_users(c, &x->theirs, &u)
        || db_scalar(c->db, 0, &announced_here, x->p->id, is_blank(here) ? NULL : here) != 0;
}

/* Whether who acts may not settle so alone: the package goes to another than announced it first, or of those who claimed
 * what nobody had announced, or to a first who may be the clerk. */
static bool giving_is_approved(struct settling *x)
{
    struct ctx *c = x->c;

    if (!approval_needed(c, APPROVE_GIVING, 0))
        return false;
    if (x->in->claim == 0)
        return claim_first_is_ours(x);
    return x->p->customer_id != 0 || guide_is_anothers(c, x->p, &(struct guide_owner){ .phone = x->theirs.phone, .claims = true });
}

/* E_FORBIDDEN when the ADMIN who approved is the person that it goes to. */
static enum err giving_check_approver(struct settling *x)
{
    struct ctx *c = x->c;
    struct user u;
    enum err e = user_by_id(c, x->in->approval->by, &u);

    return e != OK ? e : claim_is_users(c, &x->theirs, &u) ? ctx_fail(c, E_FORBIDDEN, "pin", T_CLAIM_APPROVER, NULL) : OK;
}

/* Before the write, as a PIN is slow.  What cannot be settled is refused by the write. */
static enum err giving_approve(struct settling *x)
{
    struct ctx *c = x->c;
    const char *phone;
    enum err e = package_by_id(c, x->in->id, x->p);

    x->asked = (struct approval_asked){ .field = "claim", .role = T_CLAIM_ROLE };
    if (e != OK || !x->p->disputed)
        return package_fault(c, e);
    if ((e = claim_read(x)) != OK)
        return package_fault(c, e);
    if (!giving_is_approved(x))
        return OK;
    phone = x->theirs.phone == NULL ? "" : arena_printf(c->a, ", %s", phone_words(c->a, x->theirs.phone));
    x->asked.v[x->asked.n++] = (struct approval_need){ APPROVE_GIVING, 0, arena_printf(c->a, "%s%s, con %s", x->theirs.name,
                                                                                      phone, compared_words(x->in->compared)) };
    x->asked.about = arena_printf(c->a, "guía %s", x->p->guide_number);
    x->asked.exactly = arena_printf(c->a, "%lld", (long long)x->in->claim);
    e = approval_check(c, x->in->approval, &x->asked);
    return e != OK ? e : giving_check_approver(x);
}

static enum err claim_settle_step(void *arg)
{
    struct settling *x = arg;
    struct ctx *c = x->c;
    struct package *p = x->p;
    const int64_t id = x->in->id;
    enum err e = package_by_id(c, id, p);

    x->theirs = (struct claim){ 0 };
    if (e == OK && !p->disputed)
        return ctx_fail(c, E_CONFLICT, NULL, T_CLAIM_NONE, p->guide_number, NULL);
    if (e == OK)
        e = claim_read(x);
    if (e == OK)
        e = claim_alike_check(x);
    if (e == OK)
        e = approval_tx(c, x->in->approval, &x->asked, giving_is_approved(x), id);
    if (e == OK)
        e = db_exec(c->db, NULL, &settle, id, x->in->claim, c->user_id, x->in->compared, c->now);
    if (e == OK && x->in->claim != 0)
        e = claim_lose_tx(c, p, x->in->compared);
    if (e == OK && x->in->claim != 0)
        e = claim_give_tx(x);
    if (e == OK)
        e = claim_settle_event_tx(x);
    if (e == OK)
        e = package_by_id(c, id, p);
    if (e == OK)
        e = claim_losers_tell_tx(x);
    if (e != OK || (streq(p->state, "ANUNCIADO") && x->in->claim == 0))
        return e;
    e = notify_package_tx(c, streq(p->state, "RECIBIDO") ? "package_received" : "package_announced", p,
                          p->last_event_id, (int)c->conf->undo_s);
    return e != OK ? e : email_ask_tx(c, p);     /* once, wherever the package is */
}

enum err claim_settle(struct ctx *c, const struct claim_settle_in *in, struct package *out)
{
    struct settling x = { .c = c, .in = in, .p = out };
    enum err e;

    c->fault = (struct fault){ 0 };
    if (words_of(claim_compared, in->compared) == NULL)
        return ctx_fail(c, E_INVALID, "compared", T_CLAIM_COMPARE, NULL);
    if ((e = giving_approve(&x)) != OK)
        return e;
    return package_write(c, "claim_settle", in->id, out, claim_settle_step, &x);
}

/* ---- the words of the events ---- */

const char *claim_settled_words(struct ctx *c, struct json_object *details, const char *values)
{
    const char *name = event_value(c, values, "name"), *compared = "";

    json_get_text(details, "compared", &compared);
    return arena_printf(c->a, "%s · con %s", name != NULL ? name : "(borrado)", compared_words(compared));
}

const char *claim_words(struct ctx *c, struct json_object *details UNUSED, const char *values)
{
    const char *name = event_value(c, values, "name"), *phone = event_value(c, values, "phone");
    const char *email = event_value(c, values, "email");

    if (name == NULL)
        return "(borrado)";
    if (phone != NULL)
        name = arena_printf(c->a, "%s, %s", name, phone_words(c->a, phone));
    return email == NULL ? name : arena_printf(c->a, "%s, %s", name, email);
}
