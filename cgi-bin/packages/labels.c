#include "labels.h"

#include "code/barcode.h"
#include "domain/paper/label.h"
#include "http/texts.h"

struct labels_in { struct ids ids; int64_t batch; const char *zone, *symbol; bool sent; };
#define L struct labels_in
#define WHICH_ROWS                                                                              \
    PARAM(L, ids, P_IDS, 0, 0, LABELS_MAX, "Paquetes"),                                         \
    PARAM(L, batch, P_ID, 0, 0, 0, "O los de una entrega de transportadora"),                   \
    PARAM(L, zone, P_TEXT, 0, 0, 40, "O las posiciones de una zona, o de todas"),               \
    PARAM_ENUM(L, symbol, 0, label_symbols, "qr si no se dice; 128 para lectores de una línea")
static const struct param labels_rows[] = {
    WHICH_ROWS,
    PARAM(L, sent, P_BOOL, 0, 0, 0, "Ya se mandaron a la impresora"),
};
const struct params labels_params = PARAMS(L, labels_rows);
static const struct param labels_print_rows[] = { WHICH_ROWS };
const struct params labels_print_params = PARAMS(L, labels_print_rows);

struct symbol_in { const char *text, *symbol; };
static const struct param symbol_rows[] = {
    PARAM(struct symbol_in, text, P_TEXT, PARAM_REQUIRED, 0, 60, "Lo que dice"),
    PARAM_ENUM(struct symbol_in, symbol, 0, label_symbols, "qr si no se dice"),
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

static struct label_in label_asked(const struct labels_in *in)
{
    return (struct label_in){ .ids = in->ids.v, .count = in->ids.n, .batch = in->batch, .zone = in->zone,
                              .symbol = in->symbol };
}

static void add_label(struct req *r, const struct labels_in *in, const struct label *l)
{
    struct view_node *row = view_row(r->page, "labels");
    const char *link = link_add(r->c->a, "/packages/symbol.svg", "text", l->code);

    view_text(row, "src", link_add(r->c->a, link, "symbol", is_line(in->symbol) ? "128" : NULL));
    view_text(row, "code", l->code);
    view_text(row, "position", l->position);
    view_bool(row, "is_position", l->is_position);
    view_text(row, "name", l->name);
    view_text(row, "date", l->date);
}

/* The address of the same labels with another symbol. */
static const char *label_same(struct arena *a, const struct labels_in *in, const char *chosen)
{
    const char *link = link_add(a, "/packages/labels", "symbol", chosen);

    for (size_t i = 0; i < in->ids.n; i++)
        link = link_add(a, link, "ids", arena_printf(a, "%lld", (long long)in->ids.v[i]));
    if (in->batch != 0)
        link = link_add(a, link, "batch", arena_printf(a, "%lld", (long long)in->batch));
    return link_add(a, link, "zone", in->zone);
}

/* The link back to the page from which the labels were asked for. */
static void fill_back(struct req *r, const struct labels_in *in)
{
    struct arena *a = r->c->a;
    const char *words = "Paquetes", *back = "/packages";

    if (in->batch != 0) {
        words = "La entrega";
        back = arena_printf(a, "/receive/batch/%lld", (long long)in->batch);
    } else if (in->zone != NULL) {
        words = "Estante";
        back = "/shelf";
    } else if (in->ids.n == 1) {
        words = "El paquete";
        back = arena_printf(a, "/packages/%lld", (long long)in->ids.v[0]);
    }
    view_text(r->page, "back", back);
    view_text(r->page, "back_words", words);
}

/* Repeats in the printing form which labels were asked for, so that it prints the same. */
static void fill_form(struct req *r, const struct labels_in *in, size_t count)
{
    bool prints = label_printer(r->c) && count > 0 && r->c->role >= ROLE_OPERADOR;

    for (size_t i = 0; i < in->ids.n; i++)
        view_int(view_row(r->page, "ids"), "id", in->ids.v[i]);
    view_text(r->page, "batch", in->batch ? arena_printf(r->c->a, "%lld", (long long)in->batch) : NULL);
    view_text(r->page, "zone", in->zone);
    view_text(r->page, "symbol", in->symbol ? in->symbol : label_symbols[0].value);
    view_bool(r->page, "printer", prints);
    view_bool(r->page, "sent", in->sent);
    req_operation(r);
}

enum err labels(struct req *r)
{
    const struct labels_in *in = r->in;
    const struct label_in which = label_asked(in);
    struct labels all;
    enum err e = labels_read(r->c, &which, &all);

    if (e != OK)
        return e;
    for (size_t i = 0; i < all.n; i++)
        add_label(r, in, &all.v[i]);
    fill_back(r, in);
    fill_form(r, in, all.n);
    view_bool(r->page, "more", all.more);
    view_int(r->page, "most", LABELS_MAX);
    view_bool(r->page, "line", is_line(in->symbol));
    view_text(r->page, "qr_href", label_same(r->c->a, in, "qr"));
    view_text(r->page, "line_href", label_same(r->c->a, in, "128"));
    return req_bare(r, "print/labels.cst");
}

static const struct field answer_rows[] = {
    FIELD(struct labels_answer, printed, F_INT, "Cuántas se mandaron a la impresora"),
    FIELD(struct labels_answer, more, F_BOOL, "Quedan más de las que caben en una vez"),
};
const struct fields labels_answer_fields = FIELDS(answer_rows);

enum err labels_print_all(struct req *r)
{
    const struct labels_in *in = r->in;
    const struct label_in which = label_asked(in);
    struct labels all;
    enum err e = labels_print(r->c, &which, &all);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, labels_answer_fields, &((struct labels_answer){ (int64_t)all.n, all.more }));
    return req_redirect(r, "%s", link_add(r->c->a, label_same(r->c->a, in, in->symbol), "sent", "1"));
}
