#include "receipt.h"

#include "domain/ground/setting.h"
#include "domain/parcel/texts.h"
#include "domain/price/size.h"

enum err receipt_paid(struct req *r, const struct package *p, struct payments *out)
{
    const int64_t owed = p->total_fee - p->discount;
    struct payments all;
    int64_t paid;
    enum err e = payments_of(r->c, p->id, &all);

    if (e != OK)
        return e;
    *out = payments_of_handover(r->c, &all, p);
    paid = payments_sum(out);
    view_money(r->page, "paid.amount", paid);
    if (paid < owed)
        view_money(r->page, "paid.reversed", owed - paid);
    return OK;
}

static void fill_payments(struct req *r, const struct payments *all)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct payment *p = &all->v[i];
        struct view_node *row = view_row(r->page, "payments");

        view_text(row, "words", words_of(payment_methods, p->method));
        view_text(row, "reference", p->reference);
        view_money(row, "amount", p->amount);
        view_instant(row, "at", p->taken_at);
        view_bool(row, "reversal", p->reverses != 0);
    }
}

enum err receipt_page(struct req *r, const struct package *p, const char *name, const char *paper)
{
    struct payments payments;
    enum err e;

    if (!streq(p->state, "ENTREGADO"))
        return req_fail(r, E_NOT_FOUND, T_PACKAGE_NONE);
    e = receipt_paid(r, p, &payments);
    if (e != OK)
        return e;
    view_text(r->page, "print.paper", paper ? paper : setting_text(r->c, S_RECEIPT_PAPER));
    view_fields(view_child(r->page, "package"), package_fields, p);
    view_text(r->page, "package.type_words", words_or_value(package_types, p->type));
    view_bool(r->page, "package.has_discount", p->discount > 0);
    view_text(r->page, "person.name", name);
    fill_payments(r, &payments);
    return req_bare(r, "print/receipt.cst");
}
