/* The document of a courier's drop: parcels that were received and refused, with the courier's signature. */
#include "base/clock.h"
#include "local/money.h"
#include "base/utf8.h"
#include "domain/handover/signature.h"
#include "domain/parcel/batch.h"
#include "jobs/document.h"

struct drop {
    struct ctx *c;
    struct batch b;
    struct batch_lines lines;
};

static void draw_facts(struct sheet *s, const struct drop *x)
{
    struct arena *a = x->c->a;

    sheet_fact(s, "Transportadora", x->b.carrier);
    sheet_fact(s, "Trajo", x->b.courier_name);
    sheet_fact(s, "Recibió", x->b.opened_by_name);
    sheet_fact(s, "Desde", clock_exact(a, x->b.opened_at));
    sheet_fact(s, "Cerrada", x->b.closed_at ? clock_exact(a, x->b.closed_at) : "Todavía no");
    sheet_fact(s, "Recibidos", count_text(a, x->b.received));
    sheet_fact(s, "Con daño", count_text(a, x->b.damaged));
    sheet_fact(s, "Sin recibir", count_text(a, x->b.refused));
}

/* Draws the received parcels.  Lines that were undone are left out, and so is the parcels' place on the shelf,
 * which is none of the courier's business. */
static void draw_received(struct sheet *s, const struct drop *x)
{
    static const struct sheet_column columns[] = {
        { "Guía", 34, false }, { "Cómo llegó", 48, false }, { "Hora", 22, true },
    };
    struct arena *a = x->c->a;

    if (x->b.received == 0)
        return;
    sheet_heading(s, "Lo que quedó en el punto");
    sheet_table(s, columns, COUNT(columns));
    for (size_t i = x->lines.n; i-- > 0;) {
        const struct batch_line *l = &x->lines.v[i];
        const char *words = words_of(package_conditions, l->condition);

        if (l->counts && l->refused == NULL)
            sheet_row(s, (const char *const[]){ l->guide_number, words ? words : "", clock_exact(a, l->at) });
    }
    sheet_table_end(s);
}

static void draw_refused(struct sheet *s, const struct drop *x)
{
    static const struct sheet_column columns[] = { { "Guía", 34, false }, { "Por qué", 48, false }, { "Hora", 22, true } };
    struct arena *a = x->c->a;

    if (x->b.refused == 0)
        return;
    sheet_heading(s, "Lo que no se recibió");
    sheet_table(s, columns, COUNT(columns));
    for (size_t i = x->lines.n; i-- > 0;) {
        const struct batch_line *l = &x->lines.v[i];
        const char *why = l->counts && l->refused ? utf8_sentence(a, words_of(batch_refusals, l->refused)) : NULL;

        if (why != NULL)
            sheet_row(s, (const char *const[]){ l->guide_number, is_blank(l->note) ? why
                                                : arena_printf(a, "%s. %s", why, l->note), clock_exact(a, l->at) });
    }
    sheet_table_end(s);
}

static void drop_draw(struct sheet *s, const void *arg)
{
    const struct drop *x = arg;

    draw_facts(s, x);
    draw_received(s, x);
    draw_refused(s, x);
    if (x->b.signature != NULL)
        sheet_strokes(s, x->b.signature, SIGNATURE_WIDTH, SIGNATURE_HEIGHT,
                      arena_printf(x->c->a, "Firma de %s", x->b.courier_name));
}

enum err drop_read(struct ctx *c, int64_t subject_id, struct document_page *out)
{
    struct drop *x = arena_alloc(c->a, sizeof *x);
    enum err e = batch_by_id(c, subject_id, &x->b);

    if (e == OK)
        e = batch_lines(c, subject_id, &x->lines);
    if (e != OK)
        return e;
    x->c = c;
    out->head.title = "Entrega de transportadora";
    out->head.subtitle = is_blank(x->b.carrier) ? clock_exact(c->a, x->b.opened_at)
        : arena_printf(c->a, "%s, %s", x->b.carrier, clock_exact(c->a, x->b.opened_at));
    out->draw = drop_draw;
    out->arg = x;
    return OK;
}
