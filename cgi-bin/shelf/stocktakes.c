/* Stocktakes of the shelf: parameters and handlers; their routes are in area.c. */
#include "stocktakes.h"

#include "base/log.h"
#include "domain/parcel/guide_reading.h"
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
    PARAM(struct stocktake_scan_in, scan, P_SCAN, PARAM_REQUIRED, 0, READING_MAX,
          "Lo que se leyó: una posición, o una caja"),
    PARAM(struct stocktake_scan_in, position, P_TEXT, 0, 0, 20,
          "Dónde está la caja; la última que abrió si no se dice"),
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

struct stocktakes_answer { struct stocktakes open, past; };
static const struct field stocktakes_answer_rows[] = {
    FIELD_LIST(struct stocktakes_answer, open, stocktake_fields, "Los abiertos, en la primera página"),
    FIELD_LIST_AS(struct stocktakes_answer, past, "items", stocktake_fields, "Los terminados"),
    FIELD_AS(struct stocktakes_answer, past.next, "next", F_ID, "Con cuál before sigue la lista"),
};
const struct fields stocktakes_answer_fields = FIELDS(stocktakes_answer_rows);

static enum err stocktakes_give(struct req *r, const struct stocktakes_in *in)
{
    struct stocktakes_answer answer = { 0 };
    enum err e = in->before == 0 ? stocktakes_open(r->c, &answer.open) : OK;

    if (e == OK)
        e = stocktakes_past(r->c, in->before, in->limit, &answer.past);
    if (e != OK)
        return e;
    req_next(r, answer.past.next != 0 ? NUM(answer.past.next) : NULL);
    return req_one(r, stocktakes_answer_fields, &answer);
}

enum err stocktakes_asked(struct req *r)
{
    return req_is_api(r) ? stocktakes_give(r, r->in) : stocktakes_show(r, r->in);
}

enum err stocktake_start_asked(struct req *r)
{
    struct stocktake a;
    enum err e = stocktake_start(r->c, r->in, &a);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, stocktake_fields, &a);
    return req_redirect(r, STOCKTAKES "/%lld", (long long)a.id);
}

struct stocktake_answer { struct stocktake stocktake; int64_t differences; struct stocktake_boxes boxes; };
static const struct field stocktake_answer_rows[] = {
    FIELD_PART(struct stocktake_answer, stocktake, stocktake_fields),
    FIELD(struct stocktake_answer, differences, F_INT, "Faltan, están mal puestas o sobran"),
    FIELD_LIST(struct stocktake_answer, boxes, stocktake_box_fields,
               "Las cajas de la posición, o las diferencias"),
};
const struct fields stocktake_answer_fields = FIELDS(stocktake_answer_rows);

/* Answers with the stocktake and the boxes of a position, or (NULL) its differences. */
static enum err stocktake_give(struct req *r, int64_t id, const char *position)
{
    struct stocktake_answer answer;
    enum err e = stocktake_by_id(r->c, id, &answer.stocktake);

    if (e == OK)
        e = stocktake_boxes_of(r->c, id, position, &answer.boxes);
    if (e != OK)
        return e;
    answer.differences = stocktake_differences(&answer.stocktake);
    return req_one(r, stocktake_answer_fields, &answer);
}

enum err stocktake_asked(struct req *r)
{
    const struct stocktake_page_in *in = r->in;

    return req_is_api(r) ? stocktake_give(r, in->id, in->position) : stocktake_show(r, in);
}

/* Redirects to the position that is being counted, with what was just read (or NULL). */
static enum err to_position(struct req *r, int64_t id, const char *position,
                            const struct stocktake_reading *read)
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

#define S struct scan_answer
S { struct stocktake_reading read; const struct stocktake_box *box; };
static const struct field scan_answer_rows[] = {
    FIELD_AS(S, read.position, "position", F_TEXT, "La posición que se cuenta ahora"),
    FIELD_OBJECT(S, box, stocktake_box_fields, "La caja que se leyó, si no fue una posición"),
    FIELD_AS(S, read.again, "again", F_BOOL, "Ya se había leído ahí"),
    FIELD_AS(S, read.before, "before", F_TEXT, "La otra posición donde se había leído"),
};
const struct fields scan_answer_fields = FIELDS(scan_answer_rows);

enum err stocktake_scan_asked(struct req *r)
{
    const struct stocktake_scan_in *in = r->in;
    S answer;
    enum err e = stocktake_scan(r->c, in, &answer.read);

    if (e != OK)
        return e;
    if (!req_is_api(r))
        return to_position(r, in->id, answer.read.position, &answer.read);
    answer.box = answer.read.box.id != 0 ? &answer.read.box : NULL;
    return req_one(r, scan_answer_fields, &answer);
}

enum err stocktake_place_asked(struct req *r)
{
    const struct fix_form *in = r->in;
    struct stocktake_box b;
    enum err e = stocktake_place(r->c, &in->fix, &b);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, stocktake_box_fields, &b);
    req_flash(r, T_STOCKTAKE_PLACED, b.read_code);
    return to_position(r, in->fix.id, in->position, NULL);
}

enum err stocktake_absent_asked(struct req *r)
{
    const struct fix_form *in = r->in;
    struct stocktake_box b;
    enum err e = stocktake_absent(r->c, &in->fix, &b);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, stocktake_box_fields, &b);
    req_flash(r, T_STOCKTAKE_ABSENT, b.text);
    return to_position(r, in->fix.id, in->position, NULL);
}

enum err stocktake_unread_asked(struct req *r)
{
    const struct fix_form *in = r->in;
    enum err e = stocktake_unread(r->c, &in->fix);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return stocktake_give(r, in->fix.id, in->position);
    req_flash(r, T_STOCKTAKE_UNREAD, NULL);
    return to_position(r, in->fix.id, in->position, NULL);
}

enum err stocktake_finish_asked(struct req *r)
{
    struct stocktake a;
    enum err e = stocktake_finish(r->c, r->in, &a);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return stocktake_give(r, a.id, NULL);
    req_flash(r, T_STOCKTAKE_DONE, NULL);
    return req_redirect(r, STOCKTAKES "/%lld", (long long)a.id);
}

enum err stocktake_discard_asked(struct req *r)
{
    const struct stocktake_id_in *in = r->in;
    enum err e = stocktake_discard(r->c, in->id);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_nothing(r);
    req_flash(r, T_STOCKTAKE_DISCARDED, NULL);
    return req_redirect(r, STOCKTAKES);
}
