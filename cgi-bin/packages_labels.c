#include "packages_labels.h"

#include "base/clock.h"
#include "base/normal.h"
#include "code/barcode.h"
#include "domain/batch.h"
#include "domain/package.h"
#include "domain/position.h"

#define LABELS_MAX 200           /* at once: a roll has about so many */
#define ALL_ZONES "todas"

static const char *const symbols[] = { "qr", "128", NULL };

struct labels_in { struct ids ids; int64_t batch; const char *zone, *symbol; };
static const struct param labels_rows[] = {
    PARAM(struct labels_in, ids, P_IDS, 0, 0, LABELS_MAX, "Paquetes"),
    PARAM(struct labels_in, batch, P_ID, 0, 0, 0, "O los de una entrega de transportadora"),
    PARAM(struct labels_in, zone, P_TEXT, 0, 0, 40, "O las posiciones de una zona, o de todas"),
    PARAM_ENUM(struct labels_in, symbol, 0, symbols, "qr si no se dice; 128 para lectores de una línea"),
};
const struct params labels_params = PARAMS(struct labels_in, labels_rows);

struct symbol_in { const char *text, *symbol; };
static const struct param symbol_rows[] = {
    PARAM(struct symbol_in, text, P_TEXT, PARAM_REQUIRED, 0, 60, "Lo que dice"),
    PARAM_ENUM(struct symbol_in, symbol, 0, symbols, "qr si no se dice"),
};
const struct params symbol_params = PARAMS(struct symbol_in, symbol_rows);

static bool is_line(const char *chosen)
{
    return chosen != NULL && streq(chosen, "128");
}

enum err symbol(struct req *r)
{
    const struct symbol_in *in = r->in;
    enum err e = barcode_svg(&r->body, is_line(in->symbol) ? BARCODE_128 : BARCODE_QR, in->text);

    return e != OK ? req_fail(r, e, T_MALFORMED) : req_raw(r, BARCODE_TYPE);
}

static struct view_node *add_label(struct req *r, const struct labels_in *in, const char *text)
{
    struct view_node *row = view_row(r->page, "labels");
    const char *link = link_add(r->c->a, "/packages/symbol.svg", "text", text);

    view_text(row, "src", link_add(r->c->a, link, "symbol", is_line(in->symbol) ? "128" : NULL));
    view_text(row, "code", text);
    return row;
}

/* What is read at hand-over is the tracking code: short, and of ours. */
static enum err add_package(struct req *r, const struct labels_in *in, int64_t id)
{
    struct package p;
    enum err e = package_by_id(r->c, id, &p);
    const char *name = p.customer_name ? p.customer_name : p.announced_name;
    struct view_node *row;

    if (e != OK)
        return e;
    row = add_label(r, in, p.tracking_code);
    view_text(row, "position", p.position_code);
    view_text(row, "name", name != NULL ? name_masked(r->c->a, name) : "Por identificar");
    view_text(row, "date", clock_day_exact(r->c->a, clock_day(p.received_at ? p.received_at : p.announced_at)));
    return OK;
}

static enum err add_batch(struct req *r, const struct labels_in *in)
{
    struct batch b;
    struct batch_lines lines;
    enum err e = batch_by_id(r->c, in->batch, &b);

    if (e == OK)
        e = batch_lines(r->c, in->batch, &lines);
    for (size_t i = e == OK ? lines.n : 0; e == OK && i-- > 0;)
        if (lines.v[i].counts && lines.v[i].position_code != NULL)
            e = add_package(r, in, lines.v[i].package_id);
    return e;
}

static enum err add_zone(struct req *r, const struct labels_in *in)
{
    const struct position_filter f = { .zone = streq(in->zone, ALL_ZONES) ? NULL : in->zone, .limit = LABELS_MAX };
    struct positions all;
    enum err e = position_list(r->c, &f, &all);

    for (size_t i = 0; e == OK && i < all.n; i++) {
        struct view_node *row = add_label(r, in, all.v[i].code);

        view_text(row, "position", all.v[i].code);
        view_bool(row, "is_position", true);
        view_text(row, "name", all.v[i].zone);
    }
    return e;
}

/* The same labels with that symbol. */
static const char *same(struct arena *a, const struct labels_in *in, const char *chosen)
{
    const char *link = link_add(a, "/packages/labels", "symbol", chosen);

    for (size_t i = 0; i < in->ids.n; i++)
        link = link_add(a, link, "ids", arena_printf(a, "%lld", (long long)in->ids.v[i]));
    if (in->batch != 0)
        link = link_add(a, link, "batch", arena_printf(a, "%lld", (long long)in->batch));
    return link_add(a, link, "zone", in->zone);
}

enum err labels(struct req *r)
{
    const struct labels_in *in = r->in;
    enum err e = OK;

    for (size_t i = 0; e == OK && i < in->ids.n; i++)
        e = add_package(r, in, in->ids.v[i]);
    if (e == OK && in->batch != 0)
        e = add_batch(r, in);
    if (e == OK && !is_blank(in->zone))
        e = add_zone(r, in);
    if (e != OK)
        return e;
    view_bool(r->page, "line", is_line(in->symbol));
    view_text(r->page, "qr_href", same(r->c->a, in, "qr"));
    view_text(r->page, "line_href", same(r->c->a, in, "128"));
    return req_bare(r, "print/labels.cst");
}
