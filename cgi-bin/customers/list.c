#include "list.h"

#include "cgi-bin/texts.h"
#include "base/log.h"
#include "domain/people/identity.h"

/* ---- parameters ---- */

#define F struct customer_filter
#define FILTER                                                                                                \
    PARAM(F, q, P_TEXT, 0, 0, 100, "Nombre, celular, documento, torre o apartamento"),                          \
    PARAM_ENUM(F, kind, 0, customer_kinds, "Cuáles")
static const struct param list_rows[] = {
    FILTER,
    PARAM(F, before, P_ID, 0, 0, 0, "Dónde terminó la página anterior, como lo dijo su next"),
    PARAM(F, limit, P_INT, 0, 1, 200, "Cuántos, 50 si no se dice"),
};
const struct params customers_params = PARAMS(F, list_rows);
static const struct param sheet_rows[] = { FILTER };
const struct params customers_sheet_params = PARAMS(F, sheet_rows);

static const struct param twins_rows[] = {
    PARAM(struct twin_filter, after, P_ID, 0, 0, 0, "Número del primero de la última pareja ya vista"),
    PARAM(struct twin_filter, limit, P_INT, 0, 1, 200, "Cuántas, 50 si no se dice"),
};
const struct params customers_twins_params = PARAMS(struct twin_filter, twins_rows);

#define T struct twin_of
static const struct param check_rows[] = {
    PARAM(T, name, P_TEXT, 0, 0, 100, "Nombre"),
    PARAM(T, phone, P_TEXT, 0, 0, 40, "Celular"),
    PARAM(T, document_type, P_TEXT, 0, 0, 3, "Tipo de documento"),
    PARAM(T, document_number, P_TEXT, 0, 0, 30, "Número de documento"),
    PARAM(T, building, P_TEXT, 0, 0, 60, "Edificio o conjunto"),
    PARAM(T, tower, P_TEXT, 0, 0, 20, "Torre"),
    PARAM(T, apartment, P_TEXT, 0, 0, 20, "Apartamento"),
};
const struct params customers_check_params = PARAMS(T, check_rows);

/* ---- all of them ---- */

enum err customers_index(struct req *r)
{
    return req_redirect(r, "/customers/manage");
}

/* An address with a filter, without where its page begins. */
static const char *list_link(struct arena *a, const char *path, const char *q, const char *kind)
{
    return link_add(a, link_add(a, path, "q", q), "kind", kind);
}

static void fill_chip(struct req *r, const F *f, const char *kind, const char *words)
{
    struct view_node *row = view_row(r->page, "kinds");

    view_text(row, "label", words);
    view_text(row, "href", list_link(r->c->a, "/customers/manage", f->q, kind));
    view_bool(row, "current", kind == NULL ? is_blank(f->kind) : text_is(f->kind, kind));
}

static void fill_filter(struct req *r, const F *f)
{
    fill_chip(r, f, NULL, "Todos");
    for (const struct word *w = customer_kinds; w->value != NULL; w++)
        fill_chip(r, f, w->value, w->words);
    view_text(r->page, "form.q", f->q);
    view_text(r->page, "form.kind", f->kind);
    view_bool(r->page, "filtered", !is_blank(f->q) || !is_blank(f->kind));
    view_text(r->page, "sheet_href", list_link(r->c->a, "/customers/sheet", f->q, f->kind));
    view_text(r->page, "new_href", link_add(r->c->a, "/customers/new", "name", f->q));
}

enum err customers_list(struct req *r)
{
    const F *f = r->in;
    struct customer_rows all = { 0 };
    int64_t next = 0;
    enum err e = customer_list(r->c, f, &all, &next);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_list(r, customer_row_fields, all, next);
    fill_filter(r, f);
    for (size_t i = 0; i < all.n; i++) {
        struct view_node *row = view_row(r->page, "rows");

        view_fields(row, customer_row_fields, &all.v[i]);
        view_bool(row, "waits", all.v[i].waiting > 0);
        view_bool(row, "known", all.v[i].who.known_at != 0);
        view_bool(row, "vip", all.v[i].who.is_vip != 0);
    }
    req_pages(r, next);
    req_operation(r);
    return req_page(r, "customers/list.cst");
}

enum err customers_sheet(struct req *r)
{
    enum err e = customer_sheet(r->c, r->in, &r->body);

    if (e != OK)
        return e;
    req_header(r, "Content-Disposition", "attachment; filename=\"clientes.csv\"");
    return req_raw(r, "text/csv; charset=utf-8");
}

/* ---- those who may be written down twice ---- */

enum err customers_twins(struct req *r)
{
    struct twin_pairs all;
    int64_t next;
    enum err e = customer_twin_pairs(r->c, r->in, &all, &next);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_list(r, twin_pair_fields, all, next);
    for (size_t i = 0; i < all.n; i++) {
        struct view_node *row = view_row(r->page, "pairs");

        view_fields(row, twin_pair_fields, &all.v[i]);
        view_text(row, "words", words_of(twin_reasons, all.v[i].reason));
    }
    req_pages(r, next);
    return req_page(r, "customers/duplicates.cst");
}

static const struct param part_rows[] = {
    PARAM(struct part_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Un cliente"),
    PARAM(struct part_in, with, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "El otro, que se le parece"),
};
const struct params customers_part_params = PARAMS(struct part_in, part_rows);

/* Ends with the list; for a while it offers to take back what was said. */
static enum err part_end(struct req *r, enum err e, bool are_two)
{
    const struct part_in *in = r->in;

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_nothing(r);
    if (are_two)
        req_flash_undo(r, T_CUSTOMERS_APART, NULL, arena_printf(r->c->a, "/customers/%lld/together/%lld", (long long)in->id,
                                                               (long long)in->with));
    else
        req_flash(r, T_CUSTOMERS_TOGETHER, NULL);
    return req_redirect(r, "/customers/duplicates");
}

enum err customers_apart(struct req *r)
{
    return part_end(r, customer_part(r->c, r->in, true), true);
}

enum err customers_together(struct req *r)
{
    return part_end(r, customer_part(r->c, r->in, false), false);
}

/* A part of the form of a new customer; asked for by itself, it leads to those who are called so. */
enum err customers_check(struct req *r)
{
    const T *in = r->in;
    struct twins all;
    enum err e;

    if (!req_is_api(r) && !req_wants_fragment(r))
        return req_redirect(r, "%s", list_link(r->c->a, "/customers/manage", in->name, NULL));
    e = customer_twins(r->c, in, &all);
    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_all(r, twin_fields, all);
    for (size_t i = 0; i < all.n; i++) {
        struct view_node *row = view_row(r->page, "twins");

        view_fields(row, twin_fields, &all.v[i]);
        view_text(row, "words", words_of(twin_reasons, all.v[i].reason));
    }
    return req_bare(r, "customers/twins.cst");
}
