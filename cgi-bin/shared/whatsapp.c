#include "whatsapp.h"

#include "base/clock.h"
#include "local/money.h"
#include "local/name_told.h"
#include "local/normal.h"
#include "domain/ground/setting.h"
#include "domain/handover/receipt.h"
#include "domain/parcel/guide_told.h"
#include "domain/parcel/own_guide.h"

#define GUIDES_NAMED 3           /* with more packages only their number is said */

const char *whatsapp_link(struct req *r, const char *phone, const char *text)
{
    if (is_blank(phone) || (!phone_takes_sms(phone) && has_prefix(phone, "+57")))
        return NULL;
    return link_add(r->c->a, arena_printf(r->c->a, "https://wa.me/%s", phone + strspn(phone, "+")), "text", text);
}

const char *whatsapp_name(struct req *r, const char *full_name)
{
    const char *name = name_of_stranger(r->c->a, full_name, "cliente");

    return arena_strndup(r->c->a, name, strcspn(name, " "));
}

/* "la guía A1", "las guías A1, B2", "12 paquetes" */
static const char *parcels_words(struct arena *a, const struct packages *all)
{
    const char *words;

    if (all->n > GUIDES_NAMED)
        return arena_printf(a, "%zu paquetes", all->n);
    if (all->n == 1 && own_guide_is(all->v[0].guide_key))
        return OWN_GUIDE_TOLD;
    words = arena_printf(a, all->n == 1 ? "la guía %s" : "las guías %s", guide_told(a, &all->v[0]));
    for (size_t i = 1; i < all->n; i++)
        words = arena_printf(a, "%s, %s", words, guide_told(a, &all->v[i]));
    return words;
}

const char *whatsapp_receipt(struct req *r, const struct delivery *d)
{
    const struct package *p = &d->packages.v[0];
    struct arena *a = r->c->a;
    const char *paid = d->paid > 0 ? arena_printf(a, " Pagó %s.", money_text(a, d->paid)) : "";
    const char *address = receipt_address(r->c, d);

    if (is_blank(p->customer_name))
        return NULL;
    return whatsapp_link(r, p->customer_phone,
                         arena_printf(a, "Hola, %s. Recibo de %s: el %s entregamos %s.%s %s%s", whatsapp_name(r, p->customer_name),
                                      setting_text(r->c, S_SITE_NAME), clock_exact(a, p->delivered_at),
                                      parcels_words(a, &d->packages), paid, address ? "Comprobante: "
                                      : "El comprobante completo está en el enlace que le enviamos.",
                                      address ? address : ""));
}
