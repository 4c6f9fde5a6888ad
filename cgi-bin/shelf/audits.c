/* Audits of the shelf: parameters and handlers; their rows are in shelf.c. */
#include "audits.h"

#include "base/log.h"
#include "audit_page.h"
#include "cgi-bin/texts.h"

static const struct param audits_rows[] = {
    PARAM(struct audits_in, before, P_ID, 0, 0, 0, "Número del último inventario ya visto"),
    PARAM(struct audits_in, limit, P_INT, 0, 1, 200, "Cuántos, 50 si no se dice"),
    PARAM(struct audits_in, zone, P_TEXT, PARAM_PAGE, 0, 40, "Del formulario: la zona"),
    PARAM(struct audits_in, position, P_TEXT, PARAM_PAGE, 0, 20, "Del formulario: la posición"),
};
const struct params audits_params = PARAMS(struct audits_in, audits_rows);

static const struct param start_rows[] = {
    PARAM(struct shelf_audit_in, zone, P_TEXT, 0, 0, 40, "De una zona"),
    PARAM(struct shelf_audit_in, position, P_TEXT, 0, 0, 20, "De una posición; sin ninguna: de todo el estante"),
};
const struct params audit_start_params = PARAMS(struct shelf_audit_in, start_rows);

#define AUDIT_ID(st) PARAM(st, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Inventario")
#define A struct audit_in
static const struct param audit_rows[] = {
    AUDIT_ID(A),
    PARAM(A, position, P_TEXT, 0, 0, 20, "La posición que se mira"),
    PARAM(A, read, P_ID, PARAM_PAGE, 0, 0, "La caja que se acaba de leer"),
    PARAM(A, again, P_BOOL, PARAM_PAGE, 0, 0, "Ya se había leído ahí"),
    PARAM(A, before, P_TEXT, PARAM_PAGE, 0, 20, "Dónde se había leído antes"),
};
const struct params audit_params = PARAMS(A, audit_rows);

static const struct param scan_rows[] = {
    AUDIT_ID(struct shelf_scan_in),
    PARAM(struct shelf_scan_in, scan, P_TEXT, PARAM_REQUIRED, 0, 60, "Lo que se leyó: una posición, o una caja"),
    PARAM(struct shelf_scan_in, position, P_TEXT, 0, 0, 20, "Dónde está la caja; la última que abrió si no se dice"),
};
const struct params audit_scan_params = PARAMS(struct shelf_scan_in, scan_rows);

struct fix_form { struct shelf_fix_in fix; const char *position; };
static const struct param fix_rows[] = {
    PARAM_AS(struct fix_form, fix.id, "id", P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Inventario"),
    PARAM_AS(struct fix_form, fix.box, "box", P_ID, PARAM_REQUIRED, 0, 0, "Número de la caja en el inventario"),
    PARAM(struct fix_form, position, P_TEXT, 0, 0, 20, "De la página: la posición que se mira"),
};
const struct params audit_fix_params = PARAMS(struct fix_form, fix_rows);

static const struct param finish_rows[] = {
    AUDIT_ID(struct shelf_finish_in),
    PARAM(struct shelf_finish_in, partial, P_BOOL, 0, 0, 0, "Termina aunque queden posiciones sin contar"),
};
const struct params audit_finish_params = PARAMS(struct shelf_finish_in, finish_rows);

struct audit_id_in { int64_t id; };
static const struct param audit_id_rows[] = { AUDIT_ID(struct audit_id_in) };
const struct params audit_id_params = PARAMS(struct audit_id_in, audit_id_rows);

/* ---- handlers: each one for the page and for the API ---- */

enum err audits(struct req *r)
{
    return shelf_audits_page(r, r->in);
}

enum err audits_json(struct req *r)
{
    const struct audits_in *in = r->in;
    struct shelf_audits open = { 0 }, past;
    struct json_object *o;
    enum err e = in->before == 0 ? shelf_audits_open(r->c, &open) : OK;

    if (e == OK)
        e = shelf_audits_past(r->c, in->before, in->limit, &past);
    if (e != OK)
        return e;
    o = json_object_new_object();
    json_add(o, "open", JSON_LIST(shelf_audit_fields, open));
    json_add(o, "items", JSON_LIST(shelf_audit_fields, past));
    if (past.next != 0) {
        const char *link = link_add(r->c->a, API_AUDITS, "limit", in->limit ? NUM(in->limit) : NULL);

        req_header(r, "Link", arena_printf(r->c->a, "<%s>; rel=\"next\"",
                                           link_add(r->c->a, link, "before", NUM(past.next))));
    }
    return req_json(r, 200, o);
}

enum err audit_start(struct req *r)
{
    struct shelf_audit a;
    enum err e = shelf_audit_start(r->c, r->in, &a);

    return e != OK ? e : req_redirect(r, AUDITS "/%lld", (long long)a.id);
}

enum err audit_start_json(struct req *r)
{
    struct shelf_audit a;
    enum err e = shelf_audit_start(r->c, r->in, &a);

    return e != OK ? e : req_json(r, 201, json_of(shelf_audit_fields, &a));
}

enum err audit_page(struct req *r)
{
    return shelf_audit_page(r, r->in);
}

enum err audit_json(struct req *r)
{
    const struct audit_in *in = r->in;

    return shelf_audit_json(r, 200, in->id, in->position);
}

/* Back to the position that is being counted. */
static enum err to_position(struct req *r, int64_t id, const char *position, const struct shelf_reading *read)
{
    const char *link = arena_printf(r->c->a, AUDITS "/%lld", (long long)id);

    link = link_add(r->c->a, link, "position", position);
    if (read != NULL && read->box.id != 0) {
        link = link_add(r->c->a, link, "read", NUM(read->box.id));
        link = link_add(r->c->a, link, "again", read->again ? "1" : NULL);
        link = link_add(r->c->a, link, "before", read->before);
    }
    return req_redirect(r, "%s", link);
}

enum err audit_scan(struct req *r)
{
    const struct shelf_scan_in *in = r->in;
    struct shelf_reading read;
    enum err e = shelf_audit_scan(r->c, in, &read);

    return e != OK ? e : to_position(r, in->id, read.position, &read);
}

enum err audit_scan_json(struct req *r)
{
    struct shelf_reading read;
    struct json_object *o;
    enum err e = shelf_audit_scan(r->c, r->in, &read);

    if (e != OK)
        return e;
    o = json_object_new_object();
    json_add_text(o, "position", read.position);
    json_add(o, "box", read.box.id != 0 ? json_of(shelf_box_fields, &read.box) : NULL);
    json_add_bool(o, "again", read.again);
    json_add_text(o, "before", read.before);
    return req_json(r, 200, o);
}

enum err audit_place(struct req *r)
{
    const struct fix_form *in = r->in;
    struct shelf_box b;
    enum err e = shelf_audit_place(r->c, &in->fix, &b);

    if (e != OK)
        return e;
    req_flash(r, T_AUDIT_PLACED, b.read_code);
    return to_position(r, in->fix.id, in->position, NULL);
}

enum err audit_absent(struct req *r)
{
    const struct fix_form *in = r->in;
    struct shelf_box b;
    enum err e = shelf_audit_absent(r->c, &in->fix, &b);

    if (e != OK)
        return e;
    req_flash(r, T_AUDIT_ABSENT, b.text);
    return to_position(r, in->fix.id, in->position, NULL);
}

enum err audit_unread(struct req *r)
{
    const struct fix_form *in = r->in;
    enum err e = shelf_audit_unread(r->c, &in->fix);

    if (e != OK)
        return e;
    req_flash(r, T_AUDIT_UNREAD, NULL);
    return to_position(r, in->fix.id, in->position, NULL);
}

enum err audit_place_json(struct req *r)
{
    const struct fix_form *in = r->in;
    struct shelf_box b;
    enum err e = shelf_audit_place(r->c, &in->fix, &b);

    return e != OK ? e : req_json(r, 200, json_of(shelf_box_fields, &b));
}

enum err audit_absent_json(struct req *r)
{
    const struct fix_form *in = r->in;
    struct shelf_box b;
    enum err e = shelf_audit_absent(r->c, &in->fix, &b);

    return e != OK ? e : req_json(r, 200, json_of(shelf_box_fields, &b));
}

enum err audit_unread_json(struct req *r)
{
    const struct fix_form *in = r->in;
    enum err e = shelf_audit_unread(r->c, &in->fix);

    return e != OK ? e : shelf_audit_json(r, 200, in->fix.id, in->position);
}

enum err audit_finish(struct req *r)
{
    struct shelf_audit a;
    enum err e = shelf_audit_finish(r->c, r->in, &a);

    if (e != OK)
        return e;
    req_flash(r, T_AUDIT_DONE, NULL);
    return req_redirect(r, AUDITS "/%lld", (long long)a.id);
}

enum err audit_finish_json(struct req *r)
{
    struct shelf_audit a;
    enum err e = shelf_audit_finish(r->c, r->in, &a);

    return e != OK ? e : shelf_audit_json(r, 200, a.id, NULL);
}

enum err audit_discard(struct req *r)
{
    const struct audit_id_in *in = r->in;
    enum err e = shelf_audit_discard(r->c, in->id);

    if (e != OK)
        return e;
    req_flash(r, T_AUDIT_DISCARDED, NULL);
    return req_redirect(r, AUDITS);
}

enum err audit_discard_json(struct req *r)
{
    const struct audit_id_in *in = r->in;
    enum err e = shelf_audit_discard(r->c, in->id);

    return e != OK ? e : req_json(r, 200, json_object_new_object());
}
