#include "carriers.h"

#include "domain/parcel/carrier.h"

enum err carriers_show(struct req *r, const char *chosen)
{
    struct carrier_names all;
    enum err e = carrier_names(r->c, &all);
    const bool other = text_is(chosen, CARRIER_OTHER);
    const char *known = is_blank(chosen) || other ? NULL : carrier_known(r->c, chosen);

    for (size_t i = 0; e == OK && i < all.n; i++)
        view_option(r->page, "carriers", all.v[i], all.v[i]);
    if (e == OK)
        view_option(r->page, "carriers", CARRIER_OTHER, "Otra…");
    view_text(r->page, "form.carrier", known != NULL || is_blank(chosen) ? known : CARRIER_OTHER);
    if (known == NULL && !is_blank(chosen) && !other)
        view_text(r->page, "form.carrier_other", chosen);
    return e;
}
