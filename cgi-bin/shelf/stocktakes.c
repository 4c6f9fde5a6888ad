/* Audits of the shelf: parameters and handlers; their rows are in shelf.c. */
#include "stocktakes.h"

#include "base/log.h"
#include "stocktake_page.h"
#include "cgi-bin/texts.h"

static const struct param stocktakes_rows[] = {
    PARAM(struct stocktakes_in, before, P_ID, 0, 0, 0, "Número del último inventario ya visto"),
    PARAM(struct stocktakes_in, limit, P_INT, 0, 1, 200, "Cuántos, 50 si no se dice"),
    PARAM(struct stocktakes_in, zone, P_TEXT, PARAM_PAGE, 0, 40, "Del formulario: la zona"),
    PARAM(struct stocktakes_in, position, P_TEXT, PARAM_PAGE, 0, 20, "Del formulario: la posición"),
};
const struct params stocktakes_params = PARAMS(struct stocktakes_in, stocktakes_rows);

static const struct param start_rows[] = {
    PARAM(struct stocktake_in, zone, P_TEXT, 0, 0, 40, "De una zona"),
    PARAM(struct stocktake_in, position, P_TEXT, 0, 0, 20, "De una posición; sin ninguna: de todo el estante"),
};
const struct params stocktake_start_params = PARAMS(struct stocktake_in, start_rows);

#define STOCKTAKE_ID(st) PARAM(st, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Inventario")
#define A struct stocktake_page_in
static const struct param stocktake_rows[] = {
    STOCKTAKE_ID(A),
    PARAM(A, position, P_TEXT, 0, 0, 20, "La posición que se mira"),
    PARAM(A, read, P_ID, PARAM_PAGE, 0, 0, "La caja que se acaba de leer"),
    PARAM(A, again, P_BOOL, PARAM_PAGE, 0, 0, "Ya se había leído ahí"),
    PARAM(A, before, P_TEXT, PARAM_PAGE, 0, 20, "Dónde se había leído antes"),
};
const struct params stocktake_params = PARAMS(A, stocktake_rows);

static const struct param scan_rows[] = {
    STOCKTAKE_ID(struct stocktake_scan_in),
    PARAM(struct stocktake_scan_in, scan, P_TEXT, PARAM_REQUIRED, 0, 60, "Lo que se leyó: una posición, o una caja"),
    PARAM(struct stocktake_scan_in, position, P_TEXT, 0, 0, 20, "Dónde está la caja; la última que abrió si no se dice"),
};
const struct params stocktake_scan_params = PARAMS(struct stocktake_scan_in, scan_rows);

struct fix_form { struct stocktake_fix_in fix; const char *position; };
static const struct param fix_rows[] = {
    PARAM_AS(struct fix_form, fix.id, "id", P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Inventario"),
    PARAM_AS(struct fix_form, fix.box, "box", P_ID, PARAM_REQUIRED, 0, 0, "Número de la caja en el inventario"),
    PARAM(struct fix_form, position, P_TEXT, 0, 0, 20, "De la página: la posición que se mira"),
};
const struct params stocktake_fix_params = PARAMS(struct fix_form, fix_rows);

static const struct param finish_rows[] = {
    STOCKTAKE_ID(struct stocktake_finish_in),
    PARAM(struct stocktake_finish_in, partial, P_BOOL, 0, 0, 0, "Termina aunque queden posiciones sin contar"),
};
const struct params stocktake_finish_params = PARAMS(struct stocktake_finish_in, finish_rows);

struct stocktake_id_in { int64_t id; };
static const struct param stocktake_id_rows[] = { STOCKTAKE_ID(struct stocktake_id_in) };
const struct params stocktake_id_params = PARAMS(struct stocktake_id_in, stocktake_id_rows);

/* ---- handlers: each one for the page and for the API ---- */

enum err stocktakes_page(struct req *r)
{
    return stocktakes_show(r, r->in);
}

enum err stocktakes_json(struct req *r)
{
    const struct stocktakes_in *in = r->in;
    struct stocktakes open = { 0 }, past;
    struct json_object *o;
    enum err e = in->before == 0 ? stocktakes_open(r->c, &open) : OK;

    if (e == OK)
        e = stocktakes_past(r->c, in->before, in->limit, &past);
    if (e != OK)
        return e;
    o = json_object_new_object();
    json_add(o, "open", JSON_LIST(stocktake_fields, open));
    json_add(o, "items", JSON_LIST(stocktake_fields, past));
    if (past.next != 0) {
        const char *link = link_add(r->c->a, API_STOCKTAKES, "limit", in->limit ? NUM(in->limit) : NULL);

        req_header(r, "Link", arena_printf(r->c->a, "<%s>; rel=\"next\"",
                                           link_add(r->c->a, link, "before", NUM(past.next))));
    }
    return req_json(r, 200, o);
}

enum err stocktake_start_page(struct req *r)
{
    struct stocktake a;
    enum err e = stocktake_start(r->c, r->in, &a);

    return e != OK ? e : req_redirect(r, STOCKTAKES "/%lld", (long long)a.id);
}

enum err stocktake_start_json(struct req *r)
{
    struct stocktake a;
    enum err e = stocktake_start(r->c, r->in, &a);

    return e != OK ? e : req_json(r, 201, json_of(stocktake_fields, &a));
}

enum err stocktake_page(struct req *r)
{
    return stocktake_show(r, r->in);
}

enum err stocktake_json(struct req *r)
{
    const struct stocktake_page_in *in = r->in;

    return stocktake_answer(r, 200, in->id, in->position);
}

/* Back to the position that is being counted. */
static enum err to_position(struct req *r, int64_t id, const char *position, const struct stocktake_reading *read)
{
    const char *link = arena_printf(r->c->a, STOCKTAKES "/%lld", (long long)id);

    link = link_add(r->c->a, link, "position", position);
    if (read != NULL && read->box.id != 0) {
        link = link_add(r->c->a, link, "read", NUM(read->box.id));
        link = link_add(r->c->a, link, "again", read->again ? "1" : NULL);
        link = link_add(r->c->a, link, "before", read->before);
    }
    return req_redirect(r, "%s", link);
}

enum err stocktake_scan_page(struct req *r)
{
    const struct stocktake_scan_in *in = r->in;
    struct stocktake_reading read;
    enum err e = stocktake_scan(r->c, in, &read);

    return e != OK ? e : to_position(r, in->id, read.position, &read);
}

enum err stocktake_scan_json(struct req *r)
{
    struct stocktake_reading read;
    struct json_object *o;
    enum err e = stocktake_scan(r->c, r->in, &read);

    if (e != OK)
        return e;
    o = json_object_new_object();
    json_add_text(o, "position", read.position);
    json_add(o, "box", read.box.id != 0 ? json_of(stocktake_box_fields, &read.box) : NULL);
    json_add_bool(o, "again", read.again);
    json_add_text(o, "before", read.before);
    return req_json(r, 200, o);
}

enum err stocktake_place_page(struct req *r)
{
    const struct fix_form *in = r->in;
    struct stocktake_box b;
    enum err e = stocktake_place(r->c, &in->fix, &b);

    if (e != OK)
        return e;
    req_flash(r, T_STOCKTAKE_PLACED, b.read_code);
    return to_position(r, in->fix.id, in->position, NULL);
}

enum err stocktake_absent_page(struct req *r)
{
    const struct fix_form *in = r->in;
    struct stocktake_box b;
    enum err e = stocktake_absent(r->c, &in->fix, &b);

    if (e != OK)
        return e;
    req_flash(r, T_STOCKTAKE_ABSENT, b.text);
    return to_position(r, in->fix.id, in->position, NULL);
}

enum err stocktake_unread_page(struct req *r)
{
    const struct fix_form *in = r->in;
    enum err e = stocktake_unread(r->c, &in->fix);

    if (e != OK)
        return e;
    req_flash(r, T_STOCKTAKE_UNREAD, NULL);
    return to_position(r, in->fix.id, in->position, NULL);
}

enum err stocktake_place_json(struct req *r)
{
    const struct fix_form *in = r->in;
    struct stocktake_box b;
    enum err e = stocktake_place(r->c, &in->fix, &b);

    return e != OK ? e : req_json(r, 200, json_of(stocktake_box_fields, &b));
}

enum err stocktake_absent_json(struct req *r)
{
    const struct fix_form *in = r->in;
    struct stocktake_box b;
    enum err e = stocktake_absent(r->c, &in->fix, &b);

    return e != OK ? e : req_json(r, 200, json_of(stocktake_box_fields, &b));
}

enum err stocktake_unread_json(struct req *r)
{
    const struct fix_form *in = r->in;
    enum err e = stocktake_unread(r->c, &in->fix);

    return e != OK ? e : stocktake_answer(r, 200, in->fix.id, in->position);
}

enum err stocktake_finish_page(struct req *r)
{
    struct stocktake a;
    enum err e = stocktake_finish(r->c, r->in, &a);

    if (e != OK)
        return e;
    req_flash(r, T_STOCKTAKE_DONE, NULL);
    return req_redirect(r, STOCKTAKES "/%lld", (long long)a.id);
}

enum err stocktake_finish_json(struct req *r)
{
    struct stocktake a;
    enum err e = stocktake_finish(r->c, r->in, &a);

    return e != OK ? e : stocktake_answer(r, 200, a.id, NULL);
}

enum err stocktake_discard_page(struct req *r)
{
    const struct stocktake_id_in *in = r->in;
    enum err e = stocktake_discard(r->c, in->id);

    if (e != OK)
        return e;
    req_flash(r, T_STOCKTAKE_DISCARDED, NULL);
    return req_redirect(r, STOCKTAKES);
}

enum err stocktake_discard_json(struct req *r)
{
    const struct stocktake_id_in *in = r->in;
    enum err e = stocktake_discard(r->c, in->id);

    return e != OK ? e : req_json(r, 200, json_object_new_object());
}
