/* Shelf: where everything lies and for how long, boxes that change their place, stocktakes, and the
 * positions themselves. */
#include "app/route.h"
#include "base/log.h"
#include "cgi-bin/texts.h"
#include "domain/parcel/guide_reading.h"
#include "domain/shelf/texts.h"
#include "domain/stocktake/scan.h"
#include "stocktakes.h"
#include "page.h"

#define PAGE_ROWS 100
#define CAPACITY_MAX 1000
#define ORDER_MAX 100000
#define POSITIONS "/shelf/positions"

/* ---- parameters ---- */

static const struct word views[] = { WORD("mapa"), WORD("lista"), WORDS_END };
static const struct param map_rows[] = {
    PARAM(struct shelf_in, zone, P_TEXT, 0, 0, 40, "Zona"),
    PARAM_ENUM(struct shelf_in, view, 0, views, "Como mapa o como lista"),
};
static const struct params map_params = PARAMS(struct shelf_in, map_rows);

#define F struct position_filter
static const struct param list_rows[] = {
    PARAM(F, zone, P_TEXT, 0, 0, 40, "Zona"),
    PARAM(F, after, P_ID, 0, 0, 0, "Número de la última posición ya vista"),
    PARAM(F, limit, P_INT, 0, 1, 200, "Cuántas, 50 si no se dice"),
};
static const struct params list_params = PARAMS(F, list_rows);

struct one_in { const char *position; int64_t after; };
static const struct param one_rows[] = {
    PARAM(struct one_in, position, P_TEXT, PARAM_PATH | PARAM_REQUIRED, 0, POSITION_CODE_MAX,
          "Código de la posición"),
    PARAM(struct one_in, after, P_ID, 0, 0, 0, "Número del último paquete ya visto"),
};
static const struct params one_params = PARAMS(struct one_in, one_rows);

struct move_page_in { const char *box; int64_t done; };
static const struct param move_page_rows[] = {
    PARAM(struct move_page_in, box, P_SCAN, 0, 0, READING_MAX, "La caja: su guía o su código"),
    PARAM(struct move_page_in, done, P_ID, 0, 0, 0, "La que se acaba de mover"),
};
static const struct params move_page_params = PARAMS(struct move_page_in, move_page_rows);

static const struct param move_rows[] = {
    PARAM(struct scan_move_in, box, P_SCAN, PARAM_REQUIRED, 0, READING_MAX, "La caja: su guía o su código"),
    PARAM(struct scan_move_in, position, P_TEXT, PARAM_REQUIRED, 0, 20, "A qué posición"),
};
static const struct params move_params = PARAMS(struct scan_move_in, move_rows);

struct id_in { int64_t id; };
static const struct param id_rows[] = {
    PARAM(struct id_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Número de la posición"),
};
static const struct params id_params = PARAMS(struct id_in, id_rows);

#define N struct position_in
static const struct param new_rows[] = {
    PARAM(N, code, P_TEXT, PARAM_REQUIRED, 0, 20, "Código, como A01"),
    PARAM(N, last, P_TEXT, 0, 0, 20, "De una serie, el último: A20"),
    PARAM(N, zone, P_TEXT, PARAM_REQUIRED, 0, 40, "Zona"),
    PARAM(N, walk_order, P_INT, 0, 0, ORDER_MAX, "Orden del recorrido; 0 o nada: después de la última"),
    PARAM_ENUM(N, size_class, PARAM_REQUIRED, position_sizes, "Para qué tamaño es"),
    PARAM(N, capacity, P_INT, PARAM_REQUIRED, 0, CAPACITY_MAX, "Cuántos paquetes caben; 0: sin límite"),
};
static const struct params new_params = PARAMS(N, new_rows);

#define E struct position_edit
#define EDIT_ROWS(need)                                                                     \
    PARAM(E, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Número de la posición"),           \
    PARAM(E, zone, P_TEXT, need, 0, 40, "Zona"),                                              \
    PARAM(E, walk_order, P_INT, PARAM_MAYBE | need, 0, ORDER_MAX, "Orden del recorrido"),     \
    PARAM_ENUM(E, size_class, need, position_sizes, "Para qué tamaño es"),                    \
    PARAM(E, capacity, P_INT, PARAM_MAYBE | need, 0, CAPACITY_MAX,                            \
          "Cuántos paquetes caben; 0: sin límite"),                                           \
    PARAM(E, is_active, P_BOOL, PARAM_MAYBE | need, 0, 0, "Está en uso")
static const struct param edit_rows[] = {
    EDIT_ROWS(PARAM_REQUIRED),
    PARAM(E, version, P_INT, 0, 0, INT64_MAX, "La versión que se vio"),
};
static const struct params edit_params = PARAMS(E, edit_rows);
static const struct param patch_rows[] = { EDIT_ROWS(0) };      /* If-Match says the version */
static const struct params patch_params = PARAMS(E, patch_rows);

/* ---- the map, and what lies on a position ---- */

static enum err shelf_map_page(struct req *r)
{
    return shelf_map(r, r->in);
}

static enum err position_page(struct req *r)
{
    const struct one_in *in = r->in;
    struct position p;
    enum err e = position_by_code(r->c, in->position, &p);

    return e != OK ? e : shelf_position(r, &p, in->after);
}

static enum err list_json(struct req *r)
{
    struct positions all;
    enum err e = position_list(r->c, r->in, &all);

    return e != OK ? e : req_list(r, position_fields, all, all.next);
}

/* ---- moving by scan: the box, then where to ---- */

static enum err fill_done(struct req *r, int64_t id)
{
    struct package p;
    enum err e = package_by_id(r->c, id, &p);

    if (e == OK)
        view_fields(view_child(r->page, "done"), package_fields, &p);
    return e;
}

/* The page where a scanner moves boxes.  It is also shown after a POST that failed (r->status is set): the
 * fault on it is then the POST's. */
static enum err move_page(struct req *r)
{
    const struct move_page_in *in = r->in;
    struct package p;
    enum err e = in->done != 0 ? fill_done(r, in->done) : OK;

    if (e != OK)
        return e;
    req_operation(r);
    req_scans(r);
    if (is_blank(in->box))
        return req_page(r, "shelf/move.cst");
    e = scan_box(r->c, in->box, &p);
    if (e == E_INTERNAL || e == E_BUSY || e == E_FULL)
        return e;
    if (p.id != 0)
        view_fields(view_child(r->page, "box"), package_fields, &p);
    view_bool(r->page, "is_box", e == OK);
    view_text(r->page, "form.box", in->box);
    if (e != OK && r->status == 0)
        return req_form_again(r, e, "shelf/move.cst");
    r->c->fault = (struct fault){ 0 };
    return req_page(r, "shelf/move.cst");
}

static enum err shelf_move(struct req *r)
{
    struct package p;
    enum err e = scan_move(r->c, r->in, &p);

    if (e != OK)
        return e;
    req_flash_undo_event(r, T_MOVED, p.position_code, p.id, p.last_event_id);
    return req_redirect(r, "/shelf/move?done=%lld", (long long)p.id);
}

/* ---- positions ---- */

static enum err positions_page(struct req *r)
{
    const struct position_filter *in = r->in;
    const struct position_filter f = { .zone = in->zone, .after = in->after, .limit = PAGE_ROWS };
    struct positions all;
    struct zones zones;
    enum err e = position_list(r->c, &f, &all);

    if (e == OK)
        e = position_zones(r->c, &zones);
    if (e != OK)
        return e;
    shelf_zone_chips(r, &zones, POSITIONS, f.zone, NULL);
    for (size_t i = 0; i < all.n; i++)
        shelf_fill_position(r, view_row(r->page, "positions"), &all.v[i]);
    req_pages(r, all.next);
    return req_page(r, "shelf/positions.cst");
}

static enum err new_page(struct req *r)
{
    struct zones zones;
    enum err e = position_zones(r->c, &zones);

    if (e != OK)
        return e;
    shelf_fill_zones(r, &zones);
    shelf_fill_sizes(r);
    view_text(r->page, "form.size_class", position_sizes[0].value);
    view_text(r->page, "form.capacity", "1");
    req_operation(r);
    return req_page(r, "shelf/position_new.cst");
}

static enum err position_post(struct req *r)
{
    struct positions all;
    enum err e = position_add(r->c, r->in, &all);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_all(r, position_fields, all);
    req_flash(r, T_POSITIONS_ADDED, all.n == 1 ? all.v[0].code : arena_printf(r->c->a, "%s a %s",
              all.v[0].code, all.v[all.n - 1].code));
    return req_redirect(r, "%s", link_add(r->c->a, "/shelf/positions", "zone", all.v[0].zone));
}

static const struct word uses[] = { { "1", "En uso" }, { "0", "Fuera de uso" }, WORDS_END };

static enum err edit_page(struct req *r)
{
    const struct id_in *in = r->in;
    struct position p;
    struct zones zones;
    enum err e = position_by_id(r->c, in->id, &p);

    if (e == OK)
        e = position_zones(r->c, &zones);
    if (e != OK)
        return e;
    req_title(r, arena_printf(r->c->a, "Cambiar la posición %s", p.code));
    shelf_fill_position(r, view_child(r->page, "position"), &p);
    shelf_fill_zones(r, &zones);
    shelf_fill_sizes(r);
    view_options(r->page, "uses", uses);
    view_text(r->page, "form.zone", p.zone);
    view_int(r->page, "form.walk_order", p.walk_order);
    view_text(r->page, "form.size_class", p.size_class);
    view_int(r->page, "form.capacity", p.capacity);
    view_text(r->page, "form.is_active", p.is_active ? "1" : "0");
    view_int(r->page, "version", p.version);
    return req_page(r, "shelf/position_edit.cst");
}

static enum err position_patch(struct req *r)
{
    E in = *(const E *)r->in;
    struct position p;
    enum err e;

    if (req_is_api(r) && !req_if_match(r, &in.version))
        return req_fail(r, E_PRECONDITION, T_POSITION_CHANGED);
    e = position_change(r->c, &in, &p);
    if (e != OK)
        return e;
    if (req_is_api(r)) {
        req_tag(r, p.version);
        return req_one(r, position_fields, &p);
    }
    req_flash(r, T_POSITION_SAVED, p.code);
    return req_redirect(r, "%s", link_add(r->c->a, "/shelf/positions", "zone", p.zone));
}

static enum err one_json(struct req *r)
{
    const struct id_in *in = r->in;
    struct position p;
    enum err e = position_by_id(r->c, in->id, &p);

    if (e != OK)
        return e;
    req_tag(r, p.version);
    return req_one(r, position_fields, &p);
}

#define READ "shelf:read"
#define WRITE "shelf:write"
#define STOCKTAKE STOCKTAKES "/{id}"
static const struct route routes[] = {
    { GET, "/shelf", ROLE_USUARIO, &map_params, shelf_map_page, PAGE, "Estante" },
    { GET, "/shelf/{position}", ROLE_USUARIO, &one_params, position_page, PAGE, "Posición" },
    { GET, "/shelf/move", ROLE_OPERADOR, &move_page_params, move_page, PAGE, "Mover con el lector" },
    { POST, "/shelf/move", ROLE_OPERADOR, &move_params, shelf_move, PAGE | IDEMPOTENT, "Mover con el lector",
      .form = "/shelf/move" },
    { GET, POSITIONS, ROLE_ADMIN, &list_params, positions_page, PAGE, "Posiciones" },
    { GET, POSITIONS "/new", ROLE_ADMIN, NULL, new_page, PAGE, "Posiciones nuevas" },
    { POST, POSITIONS, ROLE_ADMIN, &new_params, position_post, PAGE | OPTIONAL_KEY, "Agregar posiciones",
      .form = POSITIONS "/new" },
    { GET, POSITIONS "/{id}", ROLE_ADMIN, &id_params, edit_page, PAGE, "Cambiar una posición" },
    { POST, POSITIONS "/{id}", ROLE_ADMIN, &edit_params, position_patch, PAGE, "Cambiar una posición",
      .form = POSITIONS "/{id}" },
    { GET, STOCKTAKES, ROLE_OPERADOR, &stocktakes_params, stocktakes_asked, PAGE, "Inventario" },
    { POST, STOCKTAKES, ROLE_OPERADOR, &stocktake_start_params, stocktake_start_asked, PAGE | OPTIONAL_KEY,
      "Empezar un inventario",
      .form = STOCKTAKES },
    { GET, STOCKTAKE, ROLE_OPERADOR, &stocktake_params, stocktake_asked, PAGE, "Inventario" },
    { POST, STOCKTAKE "/scan", ROLE_OPERADOR, &stocktake_scan_params, stocktake_scan_asked, PAGE,
      "Contar con el lector",
      .form = STOCKTAKE },
    { POST, STOCKTAKE "/place", ROLE_OPERADOR, &stocktake_fix_params, stocktake_place_asked,
      PAGE | IDEMPOTENT, "Registrarla donde se vio",
      .form = STOCKTAKE },
    { POST, STOCKTAKE "/absent", ROLE_OPERADOR, &stocktake_fix_params, stocktake_absent_asked,
      PAGE | IDEMPOTENT, "No está en su posición",
      .form = STOCKTAKE },
    { POST, STOCKTAKE "/unread", ROLE_OPERADOR, &stocktake_fix_params, stocktake_unread_asked, PAGE,
      "Retirar una lectura", .form = STOCKTAKE },
    { POST, STOCKTAKE "/finish", ROLE_OPERADOR, &stocktake_finish_params, stocktake_finish_asked,
      PAGE | IDEMPOTENT, "Terminar el inventario",
      .form = STOCKTAKE },
    { POST, STOCKTAKE "/discard", ROLE_OPERADOR, &stocktake_id_params, stocktake_discard_asked, PAGE,
      "Descartar el inventario",
      .form = STOCKTAKE },
    { GET, API_STOCKTAKES, ROLE_OPERADOR, &stocktakes_params, stocktakes_asked, JSON,
      "Inventarios del estante: los abiertos y los terminados, los más nuevos primero", READ,
      GIVES(200, stocktakes_answer_fields) },
    { POST, API_STOCKTAKES, ROLE_OPERADOR, &stocktake_start_params, stocktake_start_asked, JSON | OPTIONAL_KEY,
      "Empezar un inventario", WRITE, GIVES(201, stocktake_fields), .shows = "zone" },
    { GET, API_STOCKTAKES "/{id}", ROLE_OPERADOR, &stocktake_params, stocktake_asked, JSON,
      "Un inventario, con las cajas de una posición o con sus diferencias", READ,
      GIVES(200, stocktake_answer_fields) },
    { POST, API_STOCKTAKES "/{id}/scans", ROLE_OPERADOR, &stocktake_scan_params, stocktake_scan_asked,
      JSON | OPTIONAL_KEY,
      "Lo que leyó el lector: una posición, o una caja que está en ella", WRITE,
      GIVES(200, scan_answer_fields) },
    { POST, API_STOCKTAKES "/{id}/place", ROLE_OPERADOR, &stocktake_fix_params, stocktake_place_asked,
      JSON | IDEMPOTENT,
      "Registrar una caja en la posición donde se vio", WRITE, GIVES(200, stocktake_box_fields) },
    { POST, API_STOCKTAKES "/{id}/absent", ROLE_OPERADOR, &stocktake_fix_params, stocktake_absent_asked,
      JSON | IDEMPOTENT,
      "Una caja no está en su posición: queda sin ninguna", WRITE, GIVES(200, stocktake_box_fields) },
    { POST, API_STOCKTAKES "/{id}/unread", ROLE_OPERADOR, &stocktake_fix_params, stocktake_unread_asked,
      JSON | OPTIONAL_KEY,
      
      "Retirar una lectura equivocada", WRITE, GIVES(200, stocktake_answer_fields) },
    { POST, API_STOCKTAKES "/{id}/finish", ROLE_OPERADOR, &stocktake_finish_params, stocktake_finish_asked,
      JSON | IDEMPOTENT,
      "Terminar un inventario", WRITE, GIVES(200, stocktake_answer_fields) },
    { POST, API_STOCKTAKES "/{id}/discard", ROLE_OPERADOR, &stocktake_id_params, stocktake_discard_asked,
      JSON | OPTIONAL_KEY,
      
      "Descartar un inventario en el que no se contó nada", WRITE, GIVES_EMPTY },
    { GET, "/api/v1/positions", ROLE_USUARIO, &list_params, list_json, JSON,
      "Posiciones del estante, en el orden del recorrido", READ, GIVES_LIST_OF(200, position_fields) },
    { POST, "/api/v1/positions", ROLE_ADMIN, &new_params, position_post, JSON | OPTIONAL_KEY,
      "Agregar una posición o una serie", WRITE, GIVES_ALL_OF(201, position_fields) },
    { GET, "/api/v1/positions/{id}", ROLE_USUARIO, &id_params, one_json, JSON | TAGGED, "Una posición", READ,
      GIVES(200, position_fields) },
    { PATCH, "/api/v1/positions/{id}", ROLE_ADMIN, &patch_params, position_patch, JSON | OPTIONAL_KEY | TAGGED,
      "Cambiar una posición, menos su código: solo lo que se da; con If-Match, si nadie la cambió", WRITE,
      GIVES(200, position_fields), .shows = "capacity walk_order" },
};
const struct area area = { "shelf", routes, COUNT(routes), .about = "Estante: posiciones e inventarios" };
