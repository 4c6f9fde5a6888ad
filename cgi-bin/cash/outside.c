#include "outside.h"

#include "base/clock.h"
#include "base/log.h"
#include "domain/money/payment.h"

#define SHOWN_DAYS 7             /* on the page of drawers */

#define O struct cash_outside_in
static const struct param outside_rows[] = {
    PARAM(O, day, P_DAY, 0, 0, 0, "De qué día; el último que tenga, si no se dice"),
    PARAM(O, before, P_DAY, 0, 0, 0, "Los días anteriores a este"),
};
const struct params outside_params = PARAMS(O, outside_rows);

static const char *day_link(struct req *r, const char *name, int64_t day)
{
    return link_add(r->c->a, "/cash/outside", name, clock_day_iso(r->c->a, day));
}

static void fill_days(struct req *r, const struct cash_outside *all, size_t most)
{
    for (size_t i = 0; i < all->days.n && i < most; i++) {
        const struct cash_outside_day *d = &all->days.v[i];
        struct view_node *row = view_row(r->page, "outside");

        view_fields(row, cash_outside_day_fields, d);
        view_text(row, "words", clock_day_exact(r->c->a, d->day));
        view_text(row, "href", day_link(r, "day", d->day));
        view_bool(row, "current", d->day == all->chosen.day);
    }
}

enum err outside_days_fill(struct req *r)
{
    struct cash_outside all;
    enum err e = r->c->role < ROLE_ADMIN ? OK : cash_outside(r->c, &(O){ 0 }, &all);

    if (e == OK && r->c->role >= ROLE_ADMIN)
        fill_days(r, &all, SHOWN_DAYS);
    return e;
}

void cash_payment_fill(struct req *r, const struct cash_payment *p)
{
    struct view_node *row = view_row(r->page, "payments");

    view_fields(row, cash_payment_fields, p);
    view_text(row, "words", payment_method_words(p->method));
}

enum err outside(struct req *r)
{
    const O *in = r->in;
    struct cash_outside all;
    enum err e = cash_outside(r->c, in, &all);

    if (e != OK)
        return e;
    fill_days(r, &all, all.days.n);
    for (size_t i = 0; i < all.payments.n; i++)
        cash_payment_fill(r, &all.payments.v[i]);
    view_fields(view_child(r->page, "day"), cash_outside_day_fields, &all.chosen);
    if (all.chosen.day != 0)
        view_text(r->page, "day.words", clock_day_exact(r->c->a, all.chosen.day));
    view_bool(r->page, "drawer.more", all.more);
    view_text(r->page, "previous", in->before ? "/cash/outside" : NULL);
    if (all.days.n == CASH_OUTSIDE_DAYS)
        view_text(r->page, "following", day_link(r, "before", all.days.v[all.days.n - 1].day));
    return req_page(r, "cash/outside.cst");
}

enum err outside_json(struct req *r)
{
    struct cash_outside all;
    struct json_object *o;
    enum err e = cash_outside(r->c, r->in, &all);

    if (e != OK)
        return e;
    o = json_object_new_object();
    json_add(o, "days", JSON_LIST(cash_outside_day_fields, all.days));
    json_add(o, "day", all.chosen.day ? json_of(cash_outside_day_fields, &all.chosen) : NULL);
    json_add(o, "payments", JSON_LIST(cash_payment_fields, all.payments));
    json_add_bool(o, "payments_more", all.more);
    return req_json(r, 200, o);
}
