#include "domain/handover/deliver_quote.h"
#include "domain/handover/delivery.h"
#include "domain/handover/proof.h"
#include "domain/parcel/pickup.h"
#include "domain/parcel/texts.h"
#include "queue/doubt.h"
#include "base/utf8.h"

/* Adds the package's name to those of the person, unless it is among them. */
static void quote_name(struct ctx *c, struct deliver_quote *out, const struct package *p)
{
    const char *all = out->customer_name, *name = p->customer_name;

    out->customer_phone = p->customer_phone;
    if (out->phone_name == NULL)
        out->phone_name = package_phone_name(c, p);
    if (name != NULL && (all == NULL || strstr(utf8_fold(c->a, all), utf8_fold(c->a, name)) == NULL))
        out->customer_name = all == NULL ? name : arena_printf(c->a, "%s, %s", all, name);
}

/* Leaves out what the code does not open. */
static void quote_keep_opened(struct ctx *c, struct proof *proof, struct packages *boxes)
{
    size_t kept = 0;

    for (size_t i = 0; i < boxes->n; i++)
        if (proof_opens(c, proof, &boxes->v[i]))
            boxes->v[kept++] = boxes->v[i];
    boxes->n = kept;
}

static enum err quote_fill(struct ctx *c, struct deliver_quote *out, struct proof *proof)
{
    struct packages boxes;
    struct incidents open;
    struct fee *owes;
    enum err e = packages_ready(c, out->customer_id, proof->key.id, HANDOVER_MAX, &boxes);

    if (e == OK && out->by_code)
        quote_keep_opened(c, proof, &boxes);
    if (e == OK)
        e = fees_of(c, &boxes, &owes);
    if (e == OK)
        e = incidents_of(c, &boxes, &open);
    if (e != OK)
        return e;
    out->v = arena_alloc(c->a, (boxes.n + 1) * sizeof *out->v);
    for (; out->n < boxes.n; out->n++) {
        const struct package *p = &boxes.v[out->n];

        quote_name(c, out, p);
        out->v[out->n] = (struct deliver_quote_line){ *p, owes[out->n], incident_among(&open, p->id) };
        out->total += p->disputed ? 0 : owes[out->n].total;    /* a disputed package is handed over to nobody */
    }
    return OK;
}

/* The person whom the form has shown already may still take the parcels if the authorisation is good
 * and of the same customer or package. */
static enum err quote_shown_before(struct ctx *c, int64_t id, struct proof *proof)
{
    struct authorization z;
    enum err e = authorization_by_id(c, id, &z);

    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    if (z.code != NULL && (z.package_id == proof->key.id
                           || (z.customer_id != 0 && z.customer_id == proof->customer_id)))
        proof->by = z;
    return OK;
}

enum err deliver_quote(struct ctx *c, const struct deliver_quote_in *in, struct deliver_quote *out)
{
    struct proof proof = { .key.id = in->package_id, .customer_id = in->customer_id };
    struct package p;
    enum err e = OK;

    *out = (struct deliver_quote){ 0 };
    c->fault = (struct fault){ 0 };
    if (!is_blank(in->code)) {
        e = proof_paused(c);
        if (e == OK && (e = proof_by_code(c, in->code, &proof)) == E_NOT_FOUND)
            proof_wrong(c);
        if (e != OK)
            return domain_fault(c, e);
        out->by_code = true;
    } else if (in->package_id != 0) {
        e = package_by_id(c, in->package_id, &p);
        if (e == OK && !streq(p.state, "RECIBIDO"))
            e = ctx_fail(c, E_CONFLICT, NULL, T_NOT_ON_SHELF, p.guide_number, p.state, NULL);
        if (e != OK)
            return e;
        proof.customer_id = p.customer_id;
    }
    if (e == OK && in->authorized != 0)
        e = quote_shown_before(c, in->authorized, &proof);
    out->customer_id = proof.customer_id;
    out->at = doubt_fair_now(c);
    out->held = out->at != c->now;
    out->authorization = proof.by.id;
    out->authorized = proof.by.name;
    out->authorized_document = proof.by.id ? proof_identity(c->a, &proof.by) : NULL;
    if (e == OK)
        e = quote_fill(c, out, &proof);
    if (e == OK && out->n == 0)
        e = ctx_fail(c, E_NOT_FOUND, NULL, T_PACKAGE_NONE, NULL);
    return domain_fault(c, e);
}
