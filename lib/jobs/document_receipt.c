/* The receipt of one hand-over shows all its parcels and payments. */
#include "base/clock.h"
#include "local/money.h"
#include "domain/ground/setting.h"
#include "domain/handover/delivery.h"
#include "domain/money/payment.h"
#include "domain/price/size.h"
#include "jobs/document.h"

struct receipt {
    struct ctx *c;
    struct delivery all;
    const char *name;
    struct payments rows;        /* payments of the same method and reference are one row; refunds are apart */
};

static enum err read_payments(struct receipt *r, const struct package *p)
{
    struct payments all;
    enum err e = payments_of(r->c, p->id, &all);

    if (e != OK)
        return e;
    all = payments_of_handover(r->c, &all, p);
    payments_join(r->c->a, &r->rows, &all);
    return OK;
}

/* Draws the payments.  A refund by an ADMIN has a line, and then the sum that stays paid is shown too. */
static void draw_paid(struct sheet *s, const struct receipt *r)
{
    const int64_t owed = r->all.total - r->all.discount;
    struct arena *a = r->c->a;

    sheet_total(s, "Total", money_text(a, owed));
    for (size_t i = 0; i < r->rows.n; i++) {
        const struct payment *p = &r->rows.v[i];
        const char *how = document_method(a, p->method, p->reference);

        sheet_amount(s, p->reverses ? arena_printf(a, "Devuelto %s, %s", clock_exact(a, p->taken_at), how) : how,
                     money_text(a, p->amount));
    }
    if (r->all.paid != owed)
        sheet_total(s, "Pagado", money_text(a, r->all.paid));
}

/* "Normal, 2 días de bodegaje" */
static const char *parcel_words(struct arena *a, const struct package *p)
{
    const char *type = words_or_value(package_types, p->type);

    return p->storage_days == 0 ? type : arena_printf(a, "%s, %lld %s de bodegaje", type, (long long)p->storage_days,
                                                      p->storage_days == 1 ? "día" : "días");
}

static void receipt_draw(struct sheet *s, const void *arg)
{
    const struct receipt *r = arg;
    const struct package *first = &r->all.packages.v[0];
    struct arena *a = r->c->a;

    sheet_fact(s, "A nombre de", r->name);
    sheet_fact(s, "Lo recogió", first->receiver_name);
    sheet_fact(s, "Entregado", clock_exact(a, first->delivered_at));
    sheet_heading(s, r->all.packages.n == 1 ? "Lo que se entregó"
                  : arena_printf(a, "Lo que se entregó: %zu paquetes", r->all.packages.n));
    for (size_t i = 0; i < r->all.packages.n; i++) {
        const struct package *p = &r->all.packages.v[i];

        sheet_amount(s, arena_printf(a, "%s\n%s", p->guide_number, parcel_words(a, p)), money_text(a, p->total_fee));
    }
    if (r->all.discount > 0)
        sheet_amount(s, "Descuento", money_text(a, -r->all.discount));
    draw_paid(s, r);
    sheet_note(s, "Comprobante de pago. No es factura.");
}

enum err receipt_read(struct ctx *c, int64_t subject_id, struct document_page *out)
{
    struct receipt *r = arena_alloc(c->a, sizeof *r);
    enum err e = delivery_of(c, subject_id, &r->all);
    const struct package *first;

    r->c = c;
    for (size_t i = 0; e == OK && i < r->all.packages.n; i++)
        e = read_payments(r, &r->all.packages.v[i]);
    if (e != OK)
        return e;
    first = &r->all.packages.v[0];
    r->name = first->customer_name ? first->customer_name : first->announced_name;
    out->head.paper = streq(setting_text(c, S_RECEIPT_PAPER), "58") ? SHEET_ROLL_58 : SHEET_ROLL_80;
    out->head.title = r->all.receipt == 0 ? "Comprobante"
        : arena_printf(c->a, "Comprobante n.º %lld", (long long)r->all.receipt);
    out->head.subtitle = clock_exact(c->a, first->delivered_at);
    out->head.symbol = document_lookup(c, first->tracking_code);
    out->draw = receipt_draw;
    out->arg = r;
    return OK;
}
