#include "page.h"

#include "base/clock.h"
#include "base/log.h"
#include "cgi-bin/shared/age.h"
#include "domain/parcel/package_list.h"

/* ---- one position ---- */

void shelf_fill_position(struct req *r, struct view_node *n, const struct position *p)
{
    view_fields(n, position_fields, p);
    view_text(n, "size_words", words_or_value(position_sizes, p->size_class));
    view_bool(n, "unlimited", p->capacity == 0);
    view_bool(n, "single", p->capacity == 1);
    view_bool(n, "is_empty", p->used == 0);
    view_bool(n, "is_full", p->capacity != 0 && p->used >= p->capacity);
    if (p->package_id != 0)
        view_text(n, "href", arena_printf(r->c->a, "/packages/%lld", (long long)p->package_id));
    else if (p->used > 0)
        view_text(n, "href", arena_printf(r->c->a, "/shelf/%s", p->code));
    if (p->oldest_at != 0)
        view_age(r, n, p->oldest_at);
}

static void fill_shelved(struct req *r, const char *list, const struct shelved_list *all)
{
    for (size_t i = 0; i < all->n; i++) {
        struct view_node *row = view_row(r->page, list);

        view_fields(row, shelved_fields, &all->v[i]);
        view_age(r, row, all->v[i].received_at);
    }
}

enum err shelf_position(struct req *r, const struct position *p, int64_t after)
{
    const char *path = arena_printf(r->c->a, "/shelf/%s", p->code);
    struct shelved_list all;
    enum err e = position_packages(r->c, p->id, after, &all);

    if (e != OK)
        return e;
    req_title(r, arena_printf(r->c->a, "Posición %s", p->code));
    shelf_fill_position(r, view_child(r->page, "position"), p);
    fill_shelved(r, "packages", &all);
    view_text(r->page, "previous", after ? path : NULL);
    view_text(r->page, "following", all.next ? link_add(r->c->a, path, "after", NUM(all.next)) : NULL);
    return req_page(r, "shelf/position.cst");
}

/* ---- options of forms ---- */

void shelf_fill_zones(struct req *r, const struct zones *all)
{
    for (size_t i = 0; i < all->n; i++)
        view_option(r->page, "zone_options", all->v[i].name, all->v[i].name);
}

void shelf_fill_sizes(struct req *r)
{
    view_options(r->page, "sizes", position_sizes);
}

/* ---- the map ---- */

static const char *link_of(struct req *r, const char *path, const char *zone, const char *view)
{
    return link_add(r->c->a, link_add(r->c->a, path, "zone", zone), "view", view);
}

static void add_chip(struct req *r, const char *list, const char *label, bool current, const char *href)
{
    struct view_node *row = view_row(r->page, list);

    view_text(row, "label", label);
    view_bool(row, "current", current);
    view_text(row, "href", href);
}

void shelf_zone_chips(struct req *r, const struct zones *all, const char *path, const char *zone,
                      const char *view)
{
    add_chip(r, "chips", "Todas las zonas", is_blank(zone), link_of(r, path, NULL, view));
    for (size_t i = 0; i < all->n; i++)
        add_chip(r, "chips", all->v[i].name, !is_blank(zone) && streq(zone, all->v[i].name),
                 link_of(r, path, all->v[i].name, view));
}

static bool is_shown(const struct shelf_in *in, const char *zone)
{
    return is_blank(in->zone) || streq(in->zone, zone);
}

static void fill_total(struct req *r, const struct shelf_in *in, const struct zones *all)
{
    struct view_node *n = view_child(r->page, "total");
    struct zone sum = { .name = "" };

    for (size_t i = 0; i < all->n; i++) {
        const struct zone *z = &all->v[i];

        if (!is_shown(in, z->name))
            continue;
        sum.positions += z->positions;
        sum.occupied += z->occupied;
        sum.packages += z->packages;
        sum.places += z->places;
        sum.taken += z->taken;
    }
    view_fields(n, zone_fields, &sum);
    view_int(n, "free", sum.places - sum.taken);
}

static void fill_zone(struct req *r, const struct zone *z, const struct positions *all)
{
    struct view_node *n = NULL;

    for (size_t i = 0; i < all->n; i++) {
        if (!streq(z->name, all->v[i].zone))
            continue;
        if (n == NULL) {
            n = view_row(r->page, "zones");
            view_fields(n, zone_fields, z);
            view_int(n, "free", z->places - z->taken);
        }
        shelf_fill_position(r, view_row(n, "slots"), &all->v[i]);
    }
}

static void fill_legend(struct req *r)
{
    for (const struct word *band = age_band_names; band->value != NULL; band++) {
        struct view_node *row = view_row(r->page, "legend");

        view_int(row, "band", band - age_band_names);
        view_text(row, "words", band->words);
    }
}

enum err shelf_map(struct req *r, const struct shelf_in *in)
{
    const struct position_filter all = { .zone = in->zone, .limit = POSITIONS_MAX };
    bool listed = !is_blank(in->view) && streq(in->view, "lista");
    struct shelved_list lost;
    struct positions list;
    struct zones zones;
    enum err e = position_zones(r->c, &zones);

    if (e == OK)
        e = position_list(r->c, &all, &list);
    if (e == OK)
        e = position_packages(r->c, 0, 0, &lost);
    if (e != OK)
        return e;
    shelf_zone_chips(r, &zones, "/shelf", in->zone, in->view);
    add_chip(r, "views", "Mapa", !listed, link_of(r, "/shelf", in->zone, NULL));
    add_chip(r, "views", "Lista", listed, link_of(r, "/shelf", in->zone, "lista"));
    fill_total(r, in, &zones);
    for (size_t i = 0; i < zones.n; i++)
        fill_zone(r, &zones.v[i], &list);
    fill_shelved(r, "lost", &lost);
    fill_legend(r);
    view_int(r->page, "lost_count", (int64_t)lost.n);
    view_bool(r->page, "more", list.next != 0);
    if (r->c->role >= ROLE_OPERADOR)
        req_scans(r);
    return req_page(r, listed ? "shelf/list.cst" : "shelf/map.cst");
}
