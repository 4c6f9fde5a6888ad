#include "packages_list.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/normal.h"
#include "domain/fee.h"
#include "domain/rate.h"

const char *packages_link(struct arena *a, const char *path, const struct package_filter *f)
{
    const char *link = link_add(a, path, "q", f->q);

    link = link_add(a, link, "state", f->state);
    link = link_add(a, link, "band", f->band);
    link = link_add(a, link, "type", f->type);
    link = link_add(a, link, "unidentified", f->unidentified ? "1" : NULL);
    return link_add(a, link, "customer_id", f->customer_id ? NUM(f->customer_id) : NULL);
}

/* ---- filters: chips, each the address of the list that it leads to ---- */

static void chip(struct req *r, const char *group, const char *label, bool current,
                 struct package_filter to)
{
    struct view_node *row = view_row(r->page, group);

    view_text(row, "label", label);
    view_bool(row, "current", current);
    view_text(row, "href", packages_link(r->c->a, "/packages", &to));
}

static bool is(const char *value, const char *chosen)
{
    return !is_blank(value) && streq(value, chosen);
}

/* A state takes the place of another; an age belongs to what is on the shelf. */
static void state_chips(struct req *r, const struct package_filter *f)
{
    static const struct { const char *state, *label; } states[] = {
        { "ANUNCIADO", "Anunciados" }, { "RECIBIDO", "En el punto" },
        { "ENTREGADO", "Entregados" }, { "CANCELADO", "Cancelados" },
    };
    const bool shelf = !is_blank(f->band) || f->unidentified;
    struct package_filter to = *f;

    to.unidentified = false;
    to.band = to.state = NULL;
    chip(r, "states", "Todos", !shelf && is_blank(f->state), to);
    for (size_t i = 0; i < COUNT(states); i++) {
        to.state = states[i].state;
        to.band = streq(to.state, "RECIBIDO") ? f->band : NULL;
        chip(r, "states", states[i].label, !f->unidentified && (is(f->state, to.state)
             || (is_blank(f->state) && !is_blank(to.band))), to);
    }
    to.state = NULL;
    to.band = f->band;
    to.unidentified = true;
    chip(r, "states", "Por identificar", f->unidentified, to);
}

/* The others are on or off. */
static void age_and_type_chips(struct req *r, const struct package_filter *f)
{
    struct package_filter to = *f;

    to.state = NULL;
    for (const char *const *band = age_band_names; *band != NULL; band++) {
        to.band = is(f->band, *band) ? NULL : *band;
        chip(r, "ages", *band, to.band == NULL, to);
    }
    to = *f;
    for (const char *const *type = package_types; *type != NULL; type++) {
        to.type = is(f->type, *type) ? NULL : *type;
        chip(r, "types", package_type_words(*type), to.type == NULL, to);
    }
}

/* What was searched, whose they are: a click takes it away. */
static void other_chips(struct req *r, const struct package_filter *f, const struct packages *all)
{
    struct package_filter to = *f;
    const char *name = all->n > 0 ? all->v[0].customer_name : NULL;

    to.q = NULL;
    if (!is_blank(f->q))
        chip(r, "others", arena_printf(r->c->a, "«%s»", f->q), true, to);
    to = *f;
    to.customer_id = 0;
    if (f->customer_id != 0)
        chip(r, "others", name != NULL ? name : "Un cliente", true, to);
}

/* ---- rows ---- */

#define P struct package
static const struct field row_fields[] = {
    FIELD(P, id, F_INT, "Número interno"),
    FIELD(P, state, F_TEXT, "Estado"),
    FIELD(P, guide_number, F_TEXT, "Guía"),
    FIELD(P, tracking_code, F_TEXT, "Código de consulta"),
    FIELD(P, carrier, F_TEXT, "Transportadora"),
    FIELD(P, position_code, F_TEXT, "Posición"),
    FIELD(P, customer_phone, F_PHONE, "Celular"),
};
static const struct fields row_table = FIELDS(row_fields);

static struct view_node *add_row(struct req *r, const struct package *p)
{
    struct view_node *row = view_row(r->page, "packages");

    view_fields(row, row_table, p);
    view_text(row, "name", p->customer_name ? p->customer_name : p->announced_name);
    return row;
}

static void add_age(struct req *r, struct view_node *row, const struct package *p)
{
    int64_t days = (r->c->now - p->received_at) / DAY_SECONDS;
    int64_t at = p->cancelled_at ? p->cancelled_at : p->delivered_at ? p->delivered_at
        : p->announced_at;

    if (!streq(p->state, "RECIBIDO")) {
        view_instant(row, "at", at);
        return;
    }
    view_int(row, "days", days);
    if (days > 0)
        view_text(row, "age", clock_ago(r->c->a, days * DAY_SECONDS));
    else
        view_text(row, "age", clock_day(p->received_at) == clock_day(r->c->now) ? "hoy" : "ayer");
}

static void add_all(struct req *r, const struct packages *all, const struct fee *fees)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct package *p = &all->v[i];
        struct view_node *row = add_row(r, p);

        add_age(r, row, p);
        if (streq(p->state, "RECIBIDO"))
            view_money(row, "due", fees[i].total);
        if (streq(p->state, "ANUNCIADO"))
            view_text(row, "receive", link_add(r->c->a, "/receive", "guide", p->guide_number));
    }
}

/* ---- pages ---- */

static void fill_empty(struct req *r, const struct package_filter *f)
{
    view_bool(r->page, "searched", !is_blank(f->q));
    view_bool(r->page, "filtered", !streq(packages_link(r->c->a, "", f), ""));
    if (!is_blank(f->q) && normal_guide_key(r->c->a, f->q) != NULL)
        view_text(r->page, "receive", link_add(r->c->a, "/receive", "guide", f->q));
}

enum err packages_page(struct req *r, const struct package_filter *f,
                       const struct packages *all, int64_t next)
{
    const char *link = packages_link(r->c->a, "/packages", f);
    struct fee *fees;
    enum err e = fees_of(r->c, all, &fees);

    if (e != OK)
        return e;
    state_chips(r, f);
    age_and_type_chips(r, f);
    other_chips(r, f, all);
    add_all(r, all, fees);
    fill_empty(r, f);
    view_text(r->page, "find.q", f->q);
    view_text(r->page, "newest", f->before ? link : NULL);
    view_text(r->page, "older", next ? link_add(r->c->a, link, "before", NUM(next)) : NULL);
    return req_page(r, "packages/list.cst");
}

enum err packages_hits(struct req *r, const struct packages *all)
{
    for (size_t i = 0; i < all->n; i++)
        add_row(r, &all->v[i]);
    return req_page(r, "packages/hits.cst");
}
