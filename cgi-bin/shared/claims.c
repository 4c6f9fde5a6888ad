#include "claims.h"

#include "domain/parcel/claim.h"
#include "local/name.h"

static void claim_show(struct req *r, const struct claim *k)
{
    struct view_node *row = view_row(r->page, "claims");

    view_fields(row, claim_fields, k);
    view_bool(row, "first", k->id == 0);
    if (k->known_name != NULL && names_alike(r->c->a, k->known_name, k->name))
        view_text(row, "phone_of", k->known_name);
}

enum err claims_show(struct req *r, const struct package *p)
{
    struct claims all;
    struct claim first;
    enum err e = claim_first(r->c, p->id, &first);
    const bool has_first = e == OK;
    bool alike = false;

    if (e == OK || e == E_NOT_FOUND)
        e = claims_of(r->c, p->id, &all);
    if (e != OK)
        return e;
    view_int(r->page, "claimed.package", p->id);
    view_text(r->page, "claimed.guide", p->guide_number);
    view_bool(r->page, "claimed.first", has_first);
    if (has_first)
        claim_show(r, &first);
    for (size_t i = 0; i < all.n && all.v[i].settled_at == 0; i++) {
        claim_show(r, &all.v[i]);
        alike = alike || (has_first && names_look_alike(r->c->a, first.name, all.v[i].name));
        for (size_t j = 0; j < i; j++)
            alike = alike || names_look_alike(r->c->a, all.v[j].name, all.v[i].name);
    }
    view_bool(r->page, "claimed.alike", alike);
    view_options(r->page, "compared", claim_compared);
    return OK;
}
