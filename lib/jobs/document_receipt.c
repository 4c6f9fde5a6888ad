/* A receipt: one hand-over, all its parcels, and the payments that stand. */
#include "base/clock.h"
#include "base/money.h"
#include "domain/deliver.h"
#include "domain/rate.h"
#include "jobs/document.h"

struct receipt {
    struct ctx *c;
    struct delivery all;
    const char *name;
    struct payment *v;           /* one a method and reference */
    size_t n;
    int64_t paid;                /* by those that stand */
};

static void add_payment(struct receipt *r, const struct payment *p)
{
    r->paid += p->amount;
    for (size_t i = 0; i < r->n; i++)
        if (streq(r->v[i].method, p->method)
            && streq(r->v[i].reference ? r->v[i].reference : "", p->reference ? p->reference : "")) {
            r->v[i].amount += p->amount;
            return;
        }
    r->v[r->n++] = *p;
}

static enum err read_payments(struct receipt *r, int64_t package_id)
{
    struct payments list;
    enum err e = payments_of(r->c, package_id, &list);
    struct payment *v;

    if (e != OK)
        return e;
    v = arena_alloc(r->c->a, (r->n + list.n + 1) * sizeof *v);
    if (r->n > 0)
        memcpy(v, r->v, r->n * sizeof *v);
    r->v = v;
    for (size_t i = 0; i < list.n; i++)
        if (payment_stands(&list, &list.v[i]))
            add_payment(r, &list.v[i]);
    return OK;
}

static void draw(struct sheet *s, const void *arg)
{
    static const struct sheet_column columns[] = {
        { "Guía", 34, false }, { "Tamaño", 18, false }, { "Bodegaje", 20, false }, { "Valor", 20, true },
    };
    const struct receipt *r = arg;
    const struct package *first = &r->all.packages.v[0];
    struct arena *a = r->c->a;

    sheet_fact(s, "A nombre de", r->name);
    sheet_fact(s, "Lo recogió", first->receiver_name);
    sheet_fact(s, "Entregado", clock_exact(a, first->delivered_at));
    sheet_heading(s, "Lo que se entregó");
    sheet_table(s, columns, COUNT(columns));
    for (size_t i = 0; i < r->all.packages.n; i++) {
        const struct package *p = &r->all.packages.v[i];
        const char *days = p->storage_days == 1 ? "1 día" : arena_printf(a, "%lld días", (long long)p->storage_days);
        const char *const cells[] = { p->guide_number, package_type_words(p->type), p->storage_days ? days : "—",
                                      money_text(a, p->total_fee) };

        sheet_row(s, cells);
    }
    sheet_table_end(s);
    if (r->all.discount > 0)
        sheet_amount(s, "Descuento", money_text(a, -r->all.discount));
    sheet_total(s, "Total", money_text(a, r->all.paid));
    for (size_t i = 0; i < r->n; i++)
        sheet_amount(s, document_method(a, r->v[i].method, r->v[i].reference), money_text(a, r->v[i].amount));
    if (r->paid < r->all.paid)
        sheet_total(s, "Pendiente: un pago se devolvió", money_text(a, r->all.paid - r->paid));
    sheet_note(s, "Comprobante de pago. No es factura.");
}

enum err receipt_read(struct ctx *c, int64_t subject_id, struct document_page *out)
{
    struct receipt *r = arena_alloc(c->a, sizeof *r);
    enum err e = delivery_of(c, subject_id, &r->all);
    const struct package *first;

    r->c = c;
    for (size_t i = 0; e == OK && i < r->all.packages.n; i++)
        e = read_payments(r, r->all.packages.v[i].id);
    if (e != OK)
        return e;
    first = &r->all.packages.v[0];
    r->name = first->customer_name ? first->customer_name : first->announced_name;
    out->head.paper = SHEET_HALF;
    out->head.title = "Comprobante";
    out->head.subtitle = clock_exact(c->a, first->delivered_at);
    out->head.symbol = document_lookup(c, first->tracking_code);
    out->draw = draw;
    out->arg = r;
    return OK;
}
