#include "outside.h"

#include "base/clock.h"
#include "base/log.h"
#include "domain/money/payment.h"

#define SHOWN_DAYS 7             /* latest days that the page of drawers shows */

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
    view_text(row, "words", words_of(payment_methods, p->method));
}

#define A struct outside_answer
A { struct cash_outside all; const struct cash_outside_day *day; const char *next; };
static const struct field answer_rows[] = {
    FIELD_LIST_AS(A, all.days, "days", cash_outside_day_fields,
                  "Los días que tienen alguno, el último primero"),
    FIELD_OBJECT(A, day, cash_outside_day_fields, "El que se muestra"),
    FIELD_LIST_AS(A, all.payments, "payments", cash_payment_fields, "Sus pagos"),
    FIELD_AS(A, all.more, "payments_more", F_BOOL, "Hay más pagos de los que se listan"),
    FIELD(A, next, F_TEXT, "Con cuál before siguen los días"),
};
const struct fields outside_answer_fields = FIELDS(answer_rows);

static enum err outside_give(struct req *r, const struct cash_outside *all)
{
    A answer = { .all = *all, .day = all->chosen.day ? &all->chosen : NULL };

    if (all->days.n == CASH_OUTSIDE_DAYS)
        answer.next = all->days.v[all->days.n - 1].date;
    req_next(r, answer.next);
    return req_one(r, outside_answer_fields, &answer);
}

enum err outside(struct req *r)
{
    const O *in = r->in;
    struct cash_outside all;
    enum err e = cash_outside(r->c, in, &all);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return outside_give(r, &all);
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
