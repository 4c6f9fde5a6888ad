#include "list.h"

#include "base/clock.h"
#include "base/log.h"
#include "local/money.h"
#include "local/normal.h"
#include "domain/parcel/guide_reading.h"
#include "domain/price/fee.h"
#include "domain/price/size.h"
#include "cgi-bin/shared/age.h"

const char *packages_link(struct arena *a, const char *path, const struct package_filter *f)
{
    const char *link = link_add(a, path, "q", f->q);

    link = link_add(a, link, "state", f->state);
    link = link_add(a, link, "band", f->band);
    link = link_add(a, link, "type", f->type);
    link = link_add(a, link, "unidentified", f->unidentified ? "1" : NULL);
    link = link_add(a, link, "disputed", f->disputed ? "1" : NULL);
    return link_add(a, link, "customer_id", f->customer_id ? NUM(f->customer_id) : NULL);
}

/* ---- filters: chips, each the address of the list that it leads to ---- */

/* The part of the page above the rows, with all values it depends on: its rendered text is cached by them. */
struct head {
    struct package_filter f;
    const char *asset, *name;
    int64_t is_operator, any, unidentified, disputed, near;
};
#define H(name, type, member, what) FIELD_AS(struct head, member, name, type, what)
static const struct field head_fields[] = {
    H("page.asset", F_TEXT, asset, "Versión de lo estático"),
    H("user.is_operator", F_BOOL, is_operator, "Puede recibir y entregar"),
    H("any", F_BOOL, any, "Hay paquetes"),
    H("name", F_TEXT, name, "Del cliente"),
    H("q", F_TEXT, f.q, "Lo buscado"),
    H("near", F_BOOL, near, "Así no se llama nadie: son nombres parecidos"),
    H("state", F_TEXT, f.state, "Estado"),
    H("band", F_TEXT, f.band, "Días en el punto"),
    H("type", F_TEXT, f.type, "Tamaño"),
    H("unidentified", F_BOOL, unidentified, "Los recibidos sin cliente"),
    H("disputed", F_BOOL, disputed, "Los que están en disputa"),
    H("customer_id", F_INT, f.customer_id, "De un cliente"),
};
static const struct fields head_table = FIELDS(head_fields);

struct chips {
    struct view_node *n;
    struct arena *a;
};

static void list_chip(struct chips c, const char *group, const char *label, bool current,
                      struct package_filter to)
{
    struct view_node *row = view_row(c.n, group);

    view_text(row, "label", label);
    view_bool(row, "current", current);
    view_text(row, "href", packages_link(c.a, "/packages", &to));
}

/* States exclude each other.  Ages are of packages on the shelf, so another state drops the age. */
static void state_chips(struct chips c, const struct package_filter *f)
{
    const bool narrowed = !is_blank(f->band) || f->unidentified || f->disputed;
    struct package_filter to = *f;

    to.unidentified = to.disputed = false;
    to.band = to.state = NULL;
    list_chip(c, "states", "Todos", !narrowed && is_blank(f->state), to);
    for (const struct word *s = package_states; s->value != NULL; s++) {
        to.state = s->value;
        to.band = streq(to.state, "RECIBIDO") ? f->band : NULL;
        list_chip(c, "states", s->words, !f->unidentified && !f->disputed && (text_is(f->state, to.state)
             || (is_blank(f->state) && !is_blank(to.band))), to);
    }
    to.state = NULL;
    to.band = f->band;
    to.unidentified = true;
    list_chip(c, "states", "Por identificar", f->unidentified, to);
    to.unidentified = false;
    to.disputed = true;
    list_chip(c, "states", "En disputa", f->disputed, to);
}

/* A chip of an age or a type turns its filter on or off; an age drops the state. */
static void age_and_type_chips(struct chips c, const struct package_filter *f)
{
    struct package_filter to = *f;

    to.state = NULL;
    for (const struct word *band = age_band_names; band->value != NULL; band++) {
        to.band = text_is(f->band, band->value) ? NULL : band->value;
        list_chip(c, "ages", band->words, to.band == NULL, to);
    }
    to = *f;
    for (const struct word *type = package_types; type->value != NULL; type++) {
        to.type = text_is(f->type, type->value) ? NULL : type->value;
        list_chip(c, "types", type->words, to.type == NULL, to);
    }
}

/* Chips of the words searched and of the customer, there only to be removed. */
static void other_chips(struct chips c, const struct package_filter *f, const char *name, bool near)
{
    struct package_filter to = *f;

    to.q = NULL;
    if (!is_blank(f->q))
        list_chip(c, "others", arena_printf(c.a, near ? "Parecido a «%s»" : "«%s»", f->q), true, to);
    to = *f;
    to.customer_id = 0;
    if (f->customer_id != 0)
        list_chip(c, "others", name != NULL ? name : "Un cliente", true, to);
}

static void head_fill(struct view_node *n, struct arena *a, const void *object)
{
    const struct head *h = object;
    const struct chips c = { n, a };

    state_chips(c, &h->f);
    age_and_type_chips(c, &h->f);
    other_chips(c, &h->f, h->name, h->near != 0);
}

static enum err add_head(struct req *r, const struct package_filter *f, const struct packages *all)
{
    const struct head h = {
        .f = *f, .asset = r->asset, .is_operator = r->c->role >= ROLE_OPERADOR, .any = all->n > 0,
        .unidentified = f->unidentified, .disputed = f->disputed, .near = all->near,
        .name = f->customer_id != 0 && all->n > 0 ? all->v[0].customer_name : NULL,
    };

    return view_piece(r->view, "packages/list_head.cst", head_table, &h, head_fill, &r->pieces);
}

/* ---- rows ---- */

static const char *name_of(const struct package *p)
{
    return p->customer_name ? p->customer_name : p->announced_name;
}

/* A row of the list, with all values it depends on: its rendered text is cached by them. */
struct row {
    const char *asset;
    int64_t id, is_operator, disputed;
    const char *state, *guide_number, *tracking_code, *carrier, *position_code, *name, *phone, *phone_of;
    int64_t at;          /* unset while it has an age */
    struct age age;
    const char *due, *receive;
};
#define R struct row
static const struct field row_fields[] = {
    FIELD_AS(R, asset, "page.asset", F_TEXT, "Versión de lo estático"),
    FIELD_AS(R, is_operator, "user.is_operator", F_BOOL, "Puede recibir y entregar"),
    FIELD(R, id, F_INT, "Número interno"),
    FIELD(R, disputed, F_BOOL, "En disputa"),
    FIELD(R, state, F_TEXT, "Estado"),
    FIELD(R, guide_number, F_TEXT, "Guía"),
    FIELD(R, tracking_code, F_TEXT, "Código de consulta"),
    FIELD(R, carrier, F_TEXT, "Transportadora"),
    FIELD(R, position_code, F_TEXT, "Posición"),
    FIELD(R, name, F_TEXT, "De quién es"),
    FIELD(R, phone, F_PHONE, "Su celular"),
    FIELD(R, phone_of, F_TEXT, "De quién es el celular, si es de otro nombre"),
    FIELD(R, at, F_INSTANT, "Desde cuándo está así"),
    FIELD_AS(R, age.band, "band", F_INT, "El color de sus días"),
    FIELD_AS(R, age.days, "days", F_INT, "Días en el punto"),
    FIELD_AS(R, age.words, "age", F_TEXT, "Los mismos en palabras"),
    FIELD(R, due, F_TEXT, "Lo que debe"),
    FIELD(R, receive, F_TEXT, "Dónde se recibe"),
};
static const struct fields row_table = FIELDS(row_fields);

static void add_age(const struct req *r, struct row *row, const struct package *p)
{
    if (streq(p->state, "RECIBIDO"))
        row->age = age_of(r, p->received_at);
    else
        row->at = p->cancelled_at ? p->cancelled_at : p->delivered_at ? p->delivered_at : p->announced_at;
}

static enum err add_row(struct req *r, const struct package *p, const struct fee *fee)
{
    struct arena *a = r->c->a;
    struct row row = {
        .asset = r->asset, .id = p->id, .is_operator = r->c->role >= ROLE_OPERADOR, .disputed = p->disputed, .state = p->state,
        .guide_number = p->guide_number, .tracking_code = p->tracking_code, .carrier = p->carrier,
        .position_code = p->position_code, .name = name_of(p), .phone = p->customer_phone,
        .phone_of = package_phone_name(r->c, p),
    };

    add_age(r, &row, p);
    if (streq(p->state, "RECIBIDO"))
        row.due = money_text(a, fee->total);
    if (streq(p->state, "ANUNCIADO"))
        row.receive = link_add(a, "/receive", "guide", p->guide_number);
    return view_piece(r->view, "packages/row.cst", row_table, &row, NULL, &r->pieces);
}

/* ---- pages ---- */

static void fill_empty(struct req *r, const struct package_filter *f)
{
    struct guide_reading read;

    view_bool(r->page, "searched", !is_blank(f->q));
    view_bool(r->page, "filtered", !streq(packages_link(r->c->a, "", f), ""));
    guide_read(r->c->a, f->q, &read);
    if (read.number != NULL)
        view_text(r->page, "receive", link_add(r->c->a, "/receive", "guide", read.number));
}

enum err packages_page(struct req *r, const struct package_filter *f, const struct package_rows *rows)
{
    enum err e = add_head(r, f, &rows->all);

    for (size_t i = 0; e == OK && i < rows->all.n; i++)
        e = add_row(r, &rows->all.v[i], &rows->fees[i]);
    if (e != OK)
        return e;
    view_bool(r->page, "any", rows->all.n > 0);
    fill_empty(r, f);
    r->find = f->q;
    if (rows->next != 0 || f->before != 0)       /* search results have one page */
        req_pages(r, rows->next);
    return req_page(r, "packages/list.cst");
}

static const struct field hit_fields[] = {
    FIELD(struct package, id, F_INT, "Número interno"),
    FIELD(struct package, state, F_TEXT, "Estado"),
    FIELD(struct package, guide_number, F_TEXT, "Guía"),
    FIELD(struct package, position_code, F_TEXT, "Posición"),
};
static const struct fields hit_table = FIELDS(hit_fields);

enum err packages_hits(struct req *r, const char *q, const struct packages *all)
{
    view_text(r->page, "q", q);
    view_bool(r->page, "near", all->near);
    for (size_t i = 0; i < all->n; i++) {
        struct view_node *row = view_row(r->page, "packages");

        view_fields(row, hit_table, &all->v[i]);
        view_text(row, "name", name_of(&all->v[i]));
    }
    return req_bare(r, "packages/hits.cst");
}
