#include "page.h"

#include "domain/ground/setting.h"
#include "domain/handover/override.h"
#include "domain/money/cash.h"
#include "domain/money/payment.h"
#include "domain/people/identity.h"
#include "cgi-bin/shared/approval.h"
#include "cgi-bin/shared/whatsapp.h"

/* ---- the list of what is ready ---- */

void payment_methods_fill(struct req *r)
{
    for (const struct word *m = payment_methods; m->value != NULL; m++)
        if (payment_method_taken(r->c, m->value))
            view_option(r->page, "methods", m->value, m->words);
}

static void fill_options(struct req *r)
{
    payment_methods_fill(r);
    view_options(r->page, "reasons", override_reasons);
    view_options(r->page, "documents", identity_types);
    view_options(r->page, "outcomes", incident_outcomes);
}

static bool is_among(const struct ids *ids, int64_t id)
{
    for (size_t i = 0; i < ids->n; i++)
        if (ids->v[i] == id)
            return true;
    return false;
}

/* A line is ticked if the form says so, or if the form ticked nothing yet.  A line with an incident is
 * ticked only if the form names that incident too. */
static bool is_chosen(const struct deliver_quote_line *line, const struct quote_shown *shown)
{
    if (line->package.disputed)
        return false;
    if (line->incident.id != 0)
        return is_among(shown->incidents, line->incident.id) && is_among(shown->ids, line->package.id);
    return shown->ids->n == 0 || is_among(shown->ids, line->package.id);
}

void quote_line_fill(struct req *r, const struct deliver_quote_line *line, bool chosen, bool scanned)
{
    struct view_node *row = view_row(r->page, "lines");
    const struct incident *i = &line->incident;

    view_fields(row, package_fields, &line->package);
    view_fields(view_child(row, "fee"), fee_fields, &line->fee);
    view_bool(row, "chosen", chosen);
    view_bool(row, "scanned", scanned);
    view_bool(row, "on_shelf", streq(line->package.state, "RECIBIDO"));
    if (i->id == 0)
        return;
    row = view_child(row, "incident");
    view_fields(row, incident_fields, i);
    view_text(row, "words", words_of(incident_outcomes, i->outcome));
    view_bool(row, "can_undo", i->reported_by == r->c->user_id && r->c->now - i->reported_at <= r->c->conf->undo_s);
}

static int64_t fill_lines(struct req *r, const struct deliver_quote *q, const struct quote_shown *shown)
{
    int64_t total = 0;

    for (size_t i = 0; i < q->n; i++) {
        bool chosen = is_chosen(&q->v[i], shown);

        quote_line_fill(r, &q->v[i], chosen, is_among(shown->scanned, q->v[i].package.id));
        total += chosen ? q->v[i].fee.total : 0;
    }
    return total;
}

static bool quote_is_disputed(const struct deliver_quote *q)
{
    for (size_t i = 0; i < q->n; i++)
        if (!q->v[i].package.disputed)
            return false;
    return true;
}

void drawer_ask(struct req *r)
{
    const bool none = !cash_can_take(r->c);
    struct cash_left left;

    view_bool(r->page, "no_drawer", none);
    if (none && cash_left(r->c, &left) == OK && left.counted_at != 0)
        view_money(r->page, "last_count", left.counted);
    req_operation(r);
}

enum err quote_show(struct req *r, const struct deliver_quote *q, const struct quote_shown *shown)
{
    int64_t total = fill_lines(r, q, shown);
    enum err e;

    fill_options(r);
    view_int(r->page, "quote.count", (int64_t)q->n);
    view_money(r->page, "quote.total", total);
    view_int(r->page, "quote.package", q->v[0].package.id);
    if (q->customer_id != 0)
        view_int(r->page, "quote.customer", q->customer_id);
    view_text(r->page, "quote.name", q->customer_name);
    view_phone(r->page, "quote.phone", q->customer_phone);
    view_text(r->page, "quote.phone_of", q->phone_name);
    view_bool(r->page, "quote.by_code", q->by_code);
    view_int(r->page, "quote.at", q->at);
    view_bool(r->page, "quote.held", q->held);
    if (q->authorization != 0)
        view_int(r->page, "quote.authorization", q->authorization);
    view_text(r->page, "quote.authorized", q->authorized);
    view_text(r->page, "quote.document", q->authorized_document);
    view_bool(r->page, "quote.scan_all", setting_int(r->c, S_SCAN_ALL) != 0);
    view_text(r->page, "form.code", shown->code);
    view_text(r->page, "form.quote", shown->quote);
    view_text(r->page, "quote.operation", shown->operation);
    if (!q->by_code)
        view_text(r->page, "form.receiver_name", q->customer_name);
    if (cash_can_take(r->c))
        view_text(r->page, "form.method", payment_methods[0].value);
    view_int(r->page, "form.amount", total);
    drawer_ask(r);
    req_scans(r);
    if ((e = approval_fill(r)) != OK)
        return e;
    return req_page(r, quote_is_disputed(q) ? "deliver/disputed.cst" : "deliver/quote.cst");
}

/* ---- done ---- */

int64_t cash_part(const char *method, int64_t amount)
{
    return method != NULL && streq(method, "efectivo") ? amount : 0;
}

/* Payments of a hand-over that have not been reversed, and how much of them was cash, in pesos. */
struct paid { struct payments all; int64_t cash; };

/* Adds the payments that have not been reversed. */
static void add_paid(struct ctx *c, struct paid *to, const struct payments *list)
{
    struct payments standing = { .v = arena_alloc(c->a, (list->n + 1) * sizeof *standing.v) };

    for (size_t i = 0; i < list->n; i++)
        if (payment_stands(list, &list->v[i])) {
            standing.v[standing.n++] = list->v[i];
            to->cash += cash_part(list->v[i].method, list->v[i].amount);
        }
    payments_join(c->a, &to->all, &standing);
}

static enum err read_paid(struct ctx *c, const struct delivery *d, struct paid *out)
{
    struct payments list;
    enum err e = payments_of_all(c, &d->packages, &list);

    *out = (struct paid){ 0 };
    if (e == OK)
        add_paid(c, out, &list);
    return e;
}

static void fill_paid(struct req *r, const struct paid *paid, int64_t tendered)
{
    for (size_t i = 0; i < paid->all.n; i++) {
        const struct payment *p = &paid->all.v[i];
        struct view_node *row = view_row(r->page, "payments");

        view_text(row, "method", words_of(payment_methods, p->method));
        view_text(row, "reference", p->reference);
        view_money(row, "amount", p->amount);
    }
    view_bool(r->page, "done.split", paid->all.n > 1);
    view_bool(r->page, "done.has_change", tendered > paid->cash && paid->cash > 0);
    view_money(r->page, "done.tendered", tendered);
    view_money(r->page, "done.cash", paid->cash);
    view_money(r->page, "done.change", tendered - paid->cash);
}

static void fill_handover(struct req *r, const struct delivery *d)
{
    for (size_t i = 0; i < d->packages.n; i++)
        view_fields(view_row(r->page, "packages"), package_fields, &d->packages.v[i]);
    view_int(r->page, "done.count", (int64_t)d->packages.n);
    view_int(r->page, "done.package", d->packages.v[0].id);
    if (d->receipt != 0)
        view_int(r->page, "done.receipt", d->receipt);
    view_money(r->page, "done.total", d->total);
    view_money(r->page, "done.paid", d->paid);
    view_bool(r->page, "done.has_discount", d->discount > 0);
    view_money(r->page, "done.discount", d->discount);
    if (d->paid < d->total - d->discount)
        view_money(r->page, "done.reversed", d->total - d->discount - d->paid);
    view_text(r->page, "done.name", d->packages.v[0].customer_name);
    view_text(r->page, "done.receiver", d->packages.v[0].receiver_name);
    view_text(r->page, "done.document_type", d->packages.v[0].receiver_document_type);
    view_text(r->page, "done.document_last4", d->packages.v[0].receiver_document_last4);
}

enum err deliver_done(struct req *r, int64_t id, int64_t tendered)
{
    struct delivery d;
    struct paid paid;
    enum err e = delivery_of(r->c, id, &d);

    if (e == OK)
        e = read_paid(r->c, &d, &paid);
    if (e != OK)
        return e;
    fill_handover(r, &d);
    fill_paid(r, &paid, tendered);
    view_text(r->page, "done.whatsapp", whatsapp_receipt(r, &d));
    drawer_ask(r);
    req_scans(r);
    return req_page(r, "deliver/done.cst");
}
