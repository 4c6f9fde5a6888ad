#include "stocktake_page.h"

#include "base/log.h"
#include "page.h"

#define PAST_ROWS 20
#define LEFT_SHOWN 12

static void fill_stocktake(struct view_node *n, const struct stocktake *a)
{
    view_fields(n, stocktake_fields, a);
    view_int(n, "differences", stocktake_differences(a));
    view_bool(n, "is_open", a->finished_at == 0);
    view_bool(n, "is_whole", a->counted == a->positions);
    view_int(n, "uncounted", a->positions - a->counted);
}

/* ---- all of them ---- */

static void fill_stocktakes(struct req *r, const char *list, const struct stocktakes *all)
{
    for (size_t i = 0; i < all->n; i++)
        fill_stocktake(view_row(r->page, list), &all->v[i]);
}

enum err stocktakes_show(struct req *r, const struct stocktakes_in *in)
{
    struct stocktakes open, past;
    struct zones zones;
    enum err e = stocktakes_open(r->c, &open);

    if (e == OK)
        e = stocktakes_past(r->c, in->before, PAST_ROWS, &past);
    if (e == OK)
        e = position_zones(r->c, &zones);
    if (e != OK)
        return e;
    fill_stocktakes(r, "open", &open);
    fill_stocktakes(r, "past", &past);
    shelf_fill_zones(r, &zones);
    view_text(r->page, "form.zone", in->zone);
    view_text(r->page, "form.position", in->position);
    view_text(r->page, "previous", in->before ? "/shelf/audit" : NULL);
    view_text(r->page, "following", past.next ? link_add(r->c->a, "/shelf/audit", "before", NUM(past.next)) : NULL);
    req_operation(r);
    return req_page(r, "shelf/stocktakes.cst");
}

/* ---- one ---- */

static const struct { const char *kind, *list; } lists[] = {
    { "FALTA", "missing" }, { "MAL_PUESTA", "misplaced" }, { "SOBRA", "extra" }, { "EN_SU_SITIO", "seen" },
    { "EN_OTRA", "elsewhere" }, { "SALIO", "gone" },
};

static void fill_box(struct req *r, struct view_node *n, const struct stocktake_box *b)
{
    view_fields(n, stocktake_box_fields, b);
    view_bool(n, "fixed", b->fixed_at != 0);
    if (b->package_id == 0 || (b->state != NULL && streq(b->state, "ANUNCIADO")))
        view_text(n, "receive", link_add(r->c->a, "/receive", "guide", b->text));
}

static void fill_boxes(struct req *r, const struct stocktake_boxes *all)
{
    int64_t seen = 0;

    for (size_t i = 0; i < all->n; i++) {
        seen += streq(all->v[i].kind, "EN_SU_SITIO");
        for (size_t k = 0; k < COUNT(lists); k++)
            if (streq(lists[k].kind, all->v[i].kind))
                fill_box(r, view_row(r->page, lists[k].list), &all->v[i]);
    }
    view_int(r->page, "seen_count", seen);
}

/* Shows the box that was read last, if it is among the boxes shown: any other id in the address is
 * ignored. */
static void fill_reading(struct req *r, const struct stocktake_page_in *in, const struct stocktake_boxes *all)
{
    struct view_node *n;

    for (size_t i = 0; i < all->n; i++) {
        if (all->v[i].id != in->read || all->v[i].read_code == NULL)
            continue;
        n = view_child(r->page, "reading");
        fill_box(r, n, &all->v[i]);
        view_bool(n, "again", in->again);
        view_text(n, "before", in->before);
    }
}

static enum err fill_left(struct req *r, int64_t id)
{
    struct stocktake_codes left;
    enum err e = stocktake_left(r->c, id, LEFT_SHOWN, &left);

    for (size_t i = 0; e == OK && i < left.n; i++)
        view_text(view_row(r->page, "left"), "code", left.v[i]);
    return e;
}

static enum err fill_position(struct req *r, const struct stocktake_page_in *in, const char *code)
{
    struct stocktake_boxes boxes;
    struct position p;
    enum err e = position_by_code(r->c, code, &p);

    if (e == OK)
        e = stocktake_boxes_of(r->c, in->id, code, &boxes);
    if (e != OK)
        return e;
    shelf_fill_position(r, view_child(r->page, "position"), &p);
    view_bool(r->page, "just_opened", in->position != NULL && in->read == 0 && r->status == 0);
    fill_boxes(r, &boxes);
    fill_reading(r, in, &boxes);
    return OK;
}

static enum err finished_page(struct req *r, int64_t id)
{
    struct stocktake_boxes boxes;
    enum err e = stocktake_boxes_of(r->c, id, NULL, &boxes);

    if (e != OK)
        return e;
    fill_boxes(r, &boxes);
    return req_page(r, "shelf/stocktake_done.cst");
}

enum err stocktake_show(struct req *r, const struct stocktake_page_in *in)
{
    const char *code = in->position;
    struct stocktake a;
    enum err e = stocktake_by_id(r->c, in->id, &a);

    if (e != OK)
        return e;
    fill_stocktake(view_child(r->page, "stocktake"), &a);
    if (a.finished_at != 0)
        return finished_page(r, in->id);
    if (is_blank(code))
        e = stocktake_current(r->c, in->id, &code);
    if (e == OK && !is_blank(code))
        e = fill_position(r, in, code);
    if (e == OK)
        e = fill_left(r, in->id);
    req_operation(r);
    req_scans(r);
    return e != OK ? e : req_page(r, "shelf/stocktake.cst");
}
