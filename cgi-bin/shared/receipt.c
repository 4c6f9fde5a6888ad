#include "receipt.h"

#include "domain/ground/setting.h"
#include "domain/handover/delivery.h"
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

/* Leaves one package in the hand-over. */
static void receipt_narrow(struct delivery *d, const struct package *p)
{
    d->packages.n = 0;
    d->packages.v[d->packages.n++] = *p;
}

static bool receipt_is_whole(struct req *r, const struct package *p, const struct delivery *d,
                             const struct receipt_shown *shown)
{
    struct package_names names = { 0 };

    if (shown->only)
        return false;
    for (size_t i = 0; shown->by_link && i < d->packages.n; i++)
        if (d->packages.v[i].id != p->id && !package_code_opens(r->c, p, &d->packages.v[i], &names))
            return false;
    return true;
}

/* Joins the payments of all packages that are shown: those alike in method and reference are one row. */
static enum err receipt_payments(struct ctx *c, const struct delivery *d, struct payments *out)
{
    struct payments all, theirs;
    enum err e = payments_of_all(c, &d->packages, &all);

    *out = (struct payments){ 0 };
    for (size_t i = 0; e == OK && i < d->packages.n; i++) {
        theirs = payments_of_handover(c, &all, &d->packages.v[i]);
        payments_join(c->a, out, &theirs);
    }
    return e;
}

static void fill_packages(struct req *r, const struct delivery *d, int64_t paid)
{
    int64_t total = 0, discount = 0;

    for (size_t i = 0; i < d->packages.n; i++) {
        const struct package *p = &d->packages.v[i];
        struct view_node *row = view_row(r->page, "packages");

        view_fields(row, package_fields, p);
        view_text(row, "type_words", words_or_value(package_types, p->type));
        total += p->total_fee;
        discount += p->discount;
    }
    if (discount > 0)
        view_money(r->page, "sum.discount", discount);
    view_money(r->page, "paid.amount", paid);
    if (paid < total - discount)
        view_money(r->page, "paid.reversed", total - discount - paid);
}

/* Addresses of the same receipt on other paper, and of all of it or one package. */
static void fill_papers(struct req *r, const char *paper, bool only)
{
    struct arena *a = r->c->a;

    view_text(r->page, "print.paper", paper);
    for (const struct word *w = setting_papers; w->value != NULL; w++) {
        struct view_node *row = view_row(r->page, "papers");
        const char *href = link_add(a, r->http->path, "paper", w->value);

        view_text(row, "words", w->value);
        view_text(row, "href", only ? link_add(a, href, "only", "1") : href);
        view_bool(row, "current", streq(w->value, paper));
    }
    view_text(r->page, "print.whole", link_add(a, r->http->path, "paper", paper));
    view_text(r->page, "print.one", link_add(a, link_add(a, r->http->path, "paper", paper), "only", "1"));
}

enum err receipt_page(struct req *r, const struct package *p, const struct receipt_shown *shown)
{
    struct payments payments;
    struct delivery d;
    size_t count;
    bool whole;
    enum err e;

    if (!streq(p->state, "ENTREGADO"))
        return req_fail(r, E_NOT_FOUND, T_PACKAGE_NONE);
    e = delivery_of(r->c, p->id, &d);
    if (e != OK)
        return e;
    count = d.packages.n;
    whole = receipt_is_whole(r, p, &d, shown);
    if (!whole)
        receipt_narrow(&d, p);
    if ((e = receipt_payments(r->c, &d, &payments)) != OK)
        return e;
    view_fields(view_child(r->page, "package"), package_fields, &d.packages.v[0]);
    view_text(r->page, "person.name", shown->name);
    if (d.receipt != 0)
        view_int(r->page, "receipt.number", d.receipt);
    view_int(r->page, "receipt.count", (int64_t)count);
    view_bool(r->page, "receipt.many", d.packages.n > 1);
    view_bool(r->page, "receipt.part", !whole && count > 1 && !shown->by_link);
    view_bool(r->page, "receipt.divides", count > 1 && (shown->only || whole));
    fill_packages(r, &d, payments_sum(&payments));
    fill_payments(r, &payments);
    fill_papers(r, shown->paper ? shown->paper : setting_text(r->c, S_RECEIPT_PAPER), shown->only);
    return req_bare(r, "print/receipt.cst");
}
