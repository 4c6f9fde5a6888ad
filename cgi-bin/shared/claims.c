#include "claims.h"

#include "domain/parcel/claim.h"

enum err claims_show(struct req *r, const struct package *p)
{
    struct claims all;
    enum err e = claims_of(r->c, p->id, &all);

    if (e != OK)
        return e;
    view_int(r->page, "claimed.package", p->id);
    view_text(r->page, "claimed.guide", p->guide_number);
    if (p->customer_id != 0) {
        view_text(r->page, "claimed.first", p->customer_name);
        view_phone(r->page, "claimed.first_phone", p->customer_phone);
        view_text(r->page, "claimed.first_email", p->announced_email != NULL ? p->announced_email : p->customer_email);
    }
    for (size_t i = 0; i < all.n; i++)
        if (all.v[i].settled_at == 0)
            view_fields(view_row(r->page, "claims"), claim_fields, &all.v[i]);
    view_options(r->page, "compared", claim_compared);
    return OK;
}
