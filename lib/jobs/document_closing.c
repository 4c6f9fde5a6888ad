/* The closing of a drawer, which accounts for every peso. */
#include "base/clock.h"
#include "local/money.h"
#include "domain/money/cash.h"
#include "domain/money/payment.h"
#include "jobs/document.h"

struct cash_closing { struct ctx *c; struct cash_report all; };

/* ---- the sum ---- */

static void draw_sum(struct sheet *s, struct arena *a, const struct cash_report *all)
{
    const struct cash_session *d = &all->session;
    int64_t gap = d->difference < 0 ? -d->difference : d->difference;

    sheet_amount(s, "Base", money_text(a, d->base));
    sheet_amount(s, "Efectivo recibido, menos lo devuelto", money_text(a, all->cash));
    sheet_amount(s, "Entró", money_text(a, all->movements_in));
    sheet_amount(s, "Salió", money_text(a, all->movements_out));
    if (all->transfers != 0)
        sheet_amount(s, "Al banco", money_text(a, all->transfers));
    sheet_total(s, "Debía haber", money_text(a, d->expected));
    sheet_amount(s, "Se contó", money_text(a, d->counted));
    sheet_total(s, d->difference < 0 ? "Falta" : d->difference > 0 ? "Sobra" : "Cuadra: diferencia", money_text(a, gap));
    if (!is_blank(d->explanation))
        sheet_text(s, arena_printf(a, "%s: %s", gap ? "Explicación" : "Nota", d->explanation));
}

static void draw_people(struct sheet *s, struct arena *a, const struct cash_session *d)
{
    const struct { const char *what, *who; int64_t at; } steps[] = {
        { "Abrió", d->opened_by_name, d->opened_at }, { "Contó", d->counted_by_name, d->counted_at },
        { "Cerró", d->closed_by_name, d->closed_at }, { "Aprobó", d->approved_by_name, d->approved_at },
    };

    sheet_heading(s, "Quiénes");
    for (size_t i = 0; i < COUNT(steps); i++)
        if (steps[i].at != 0)
            sheet_fact(s, steps[i].what, arena_printf(a, "%s, %s", steps[i].who, clock_exact(a, steps[i].at)));
    if (d->approved_at == 0)
        sheet_fact(s, "Aprobó", "Nadie todavía");
    sheet_fact(s, "Nota de quien aprobó", d->approval_note);
}

/* ---- the tables ---- */

static void draw_methods(struct sheet *s, struct arena *a, const struct cash_report *all)
{
    static const struct sheet_column columns[] = {
        { "Medio", 50, false }, { "Pagos y devoluciones", 25, true }, { "Valor", 25, true },
    };

    sheet_heading(s, "Por medio de pago");
    if (all->methods.n == 0) {
        sheet_note(s, "Ningún pago.");
        return;
    }
    sheet_table(s, columns, COUNT(columns));
    for (size_t i = 0; i < all->methods.n; i++) {
        const struct cash_method *m = &all->methods.v[i];
        const char *const cells[] = { words_of(payment_methods, m->method), count_text(a, m->payments),
                                      money_text(a, m->amount) };

        sheet_row(s, cells);
    }
    sheet_table_end(s);
}

static void draw_payments(struct sheet *s, struct arena *a, const struct cash_report *all)
{
    static const struct sheet_column columns[] = {
        { "Cuándo", 20, false }, { "Entrega", 24, false }, { "Medio", 30, false }, { "Quién", 20, false }, { "Valor", 14, true },
    };

    sheet_heading(s, "Pagos");
    if (all->payments.n == 0) {
        sheet_note(s, "Ningún pago.");
        return;
    }
    sheet_table(s, columns, COUNT(columns));
    for (size_t i = 0; i < all->payments.n; i++) {
        const struct cash_payment *p = &all->payments.v[i];
        const char *method = document_method(a, p->method, p->reference);
        const char *what = p->packages == 1 ? p->guide_number : arena_printf(a, "%lld paquetes", (long long)p->packages);
        const char *const cells[] = { clock_exact(a, p->taken_at), what,
            p->reverses ? arena_printf(a, "%s, devuelto%s%s", method, p->reason ? ": " : "", p->reason ? p->reason : "") : method,
            p->taken_by_name, money_text(a, p->amount) };

        sheet_row(s, cells);
    }
    sheet_table_end(s);
    if (all->more)
        sheet_note(s, "Se muestran los primeros; las sumas son de todos.");
}

static void draw_movements(struct sheet *s, struct arena *a, const struct cash_report *all)
{
    static const struct sheet_column columns[] = {
        { "Cuándo", 22, false }, { "Motivo", 40, false }, { "Referencia", 18, false }, { "Quién", 22, false }, { "Valor", 16, true },
    };

    if (all->movements.n == 0)
        return;
    sheet_heading(s, "Dinero que entró o salió");
    sheet_table(s, columns, COUNT(columns));
    for (size_t i = 0; i < all->movements.n; i++) {
        const struct cash_movement *m = &all->movements.v[i];
        const char *const cells[] = { clock_exact(a, m->made_at),
            arena_printf(a, "%s: %s", words_of(cash_kinds, m->kind), m->reason), m->reference, m->made_by_name,
                                      money_text(a, m->amount) };

        sheet_row(s, cells);
    }
    sheet_table_end(s);
}

static void draw_count(struct sheet *s, struct arena *a, const struct cash_report *all)
{
    static const struct sheet_column columns[] = {
        { "Denominación", 50, false }, { "Cuántos", 25, true }, { "Valor", 25, true },
    };

    sheet_heading(s, "El conteo");
    if (all->pieces.n > 0) {
        sheet_table(s, columns, COUNT(columns));
        for (size_t i = 0; i < all->pieces.n; i++) {
            const struct cash_piece *p = &all->pieces.v[i];
            const char *const cells[] = {
                arena_printf(a, "%s de %s", streq(p->kind, "billete") ? "Billetes" : "Monedas", money_text(a, p->value)),
                count_text(a, p->pieces), money_text(a, p->amount),
            };

            sheet_row(s, cells);
        }
        sheet_table_end(s);
    }
    for (size_t i = 0; i < all->tallies.n; i++)
        sheet_note(s, arena_printf(a, "%s: %s, contado por %s", clock_exact(a, all->tallies.v[i].counted_at),
                                   money_text(a, all->tallies.v[i].counted), all->tallies.v[i].counted_by_name));
}

static void closing_draw(struct sheet *s, const void *arg)
{
    const struct cash_closing *x = arg;
    struct arena *a = x->c->a;

    draw_sum(s, a, &x->all);
    draw_people(s, a, &x->all.session);
    draw_methods(s, a, &x->all);
    draw_payments(s, a, &x->all);
    draw_movements(s, a, &x->all);
    draw_count(s, a, &x->all);
}

enum err closing_read(struct ctx *c, int64_t subject_id, struct document_page *out)
{
    struct cash_closing *x = arena_alloc(c->a, sizeof *x);
    enum err e = cash_report(c, subject_id, &x->all);
    const struct cash_session *d = &x->all.session;

    if (e == OK && d->closed_at == 0)
        return E_CONFLICT;
    if (e != OK)
        return e;
    x->c = c;
    out->head.title = arena_printf(c->a, "Cierre de la caja %lld", (long long)d->id);
    out->head.subtitle = arena_printf(c->a, "%s · %s a %s", d->opened_by_name, clock_exact(c->a, d->opened_at),
                                      clock_exact(c->a, d->closed_at));
    out->draw = closing_draw;
    out->arg = x;
    return OK;
}
