/* Ageing: what waits and for how long, whom to call about it and what came of it, and what
 * may be declared abandoned. */
#include "app/route.h"
#include "base/log.h"
#include "page.h"
#include "cgi-bin/texts.h"
#include "domain/parcel/package_list.h"

#define DOSSIER "/ageing/{id}"

/* ---- parameters ---- */

#define F struct call_filter
static const struct param list_rows[] = {
    PARAM_ENUM(F, band, 0, age_band_names, "Días del paquete que más lleva"),
    PARAM_ENUM(F, step, 0, ageing_steps, "A quién hay que avisar, o de quién hay algo que se puede declarar abandonado"),
    PARAM(F, after, P_ID, 0, 0, 0, "El paquete de la última persona ya vista"),
    PARAM(F, limit, P_INT, PARAM_API, 1, 200, "Cuántas personas, 50 si no se dice"),
};
static const struct params list_params = PARAMS(F, list_rows);

#define PACKAGE_ID(st) PARAM(st, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Paquete")
struct id_in { int64_t id; };
static const struct param id_rows[] = { PACKAGE_ID(struct id_in) };
static const struct params id_params = PARAMS(struct id_in, id_rows);

#define C struct contact_in
static const struct param contact_rows[] = {
    PACKAGE_ID(C),
    PARAM_ENUM(C, outcome, PARAM_REQUIRED, contact_outcomes, "Qué pasó"),
    PARAM_ENUM(C, channel, PARAM_REQUIRED, contact_channels, "Por dónde"),
    PARAM(C, promised_day, P_DAY, 0, 0, 0, "Qué día dijo que viene"),
    PARAM(C, note, P_LONG, 0, 0, CONTACT_NOTE_MAX, "Nota"),
    PARAM(C, all, P_BOOL, 0, 0, 0, "También por los demás paquetes de esa persona que esperan"),
};
static const struct params contact_params = PARAMS(C, contact_rows);

/* ---- the shelf by age, and whom to call ---- */

static enum err list(struct req *r)
{
    return ageing_list(r, r->in);
}

static enum err list_json(struct req *r)
{
    const struct call_filter *f = r->in;
    struct ageing all;
    struct calls calls;
    struct json_object *o;
    enum err e = ageing_read(r->c, &all);

    if (e == OK)
        e = call_list(r->c, f, &calls);
    if (e != OK)
        return e;
    o = json_object_new_object();
    json_add(o, "bands", JSON_LIST(ageing_band_fields, all.bands));
    json_add(o, "total", json_of(ageing_band_fields, &all.total));
    json_add_int(o, "unidentified", all.unidentified);
    json_add_int(o, "without_value", all.without_value);
    json_add(o, "items", JSON_LIST(call_fields, calls));
    if (calls.next != 0) {
        const char *link = link_add(r->c->a, "/api/v1/ageing", "band", f->band);

        link = link_add(r->c->a, link, "step", f->step);
        link = link_add(r->c->a, link, "limit", f->limit ? NUM(f->limit) : NULL);
        link = link_add(r->c->a, link, "after", NUM(calls.next));
        req_header(r, "Link", arena_printf(r->c->a, "<%s>; rel=\"next\"", link));
    }
    return req_json(r, 200, o);
}

/* ---- one package ---- */

static enum err dossier(struct req *r)
{
    const struct id_in *in = r->in;

    return ageing_dossier(r, in->id);
}

static enum err contact(struct req *r)
{
    struct package p;
    enum err e = package_contact(r->c, r->in, &p);

    if (e != OK)
        return e;
    req_flash(r, T_CONTACT_SAVED, NULL);
    return req_redirect(r, "/ageing/%lld", (long long)p.id);
}

static enum err contact_json(struct req *r)
{
    struct contacts all;
    struct json_object *o;
    struct package p;
    enum err e = package_contact(r->c, r->in, &p);

    if (e == OK)
        e = contacts_of_package(r->c, p.id, &all);
    if (e != OK)
        return e;
    o = json_object_new_object();
    json_add(o, "items", JSON_LIST(contact_fields, all));
    return req_json(r, 201, o);
}

static enum err abandon(struct req *r)
{
    const struct id_in *in = r->in;
    struct package p;
    enum err e = ageing_abandon(r->c, in->id, &p);

    if (e != OK)
        return e;
    req_flash_undo_event(r, T_ABANDONED, NULL, p.id, p.last_event_id);
    return req_redirect(r, "/ageing/%lld", (long long)p.id);
}

static enum err abandon_json(struct req *r)
{
    const struct id_in *in = r->in;
    struct package p;
    enum err e = ageing_abandon(r->c, in->id, &p);

    return e != OK ? e : req_json(r, 200, json_of(package_fields, &p));
}

static const struct route routes[] = {
    { GET, "/ageing", ROLE_USUARIO, &list_params, list, PAGE, "Antigüedad" },
    { GET, DOSSIER, ROLE_USUARIO, &id_params, dossier, PAGE, "Expediente de contacto" },
    { POST, DOSSIER "/abandon", ROLE_ADMIN, &id_params, abandon, PAGE | IDEMPOTENT, "Declarar abandonado",
      .form = DOSSIER },
    { POST, "/packages/{id}/contacts", ROLE_OPERADOR, &contact_params, contact, PAGE | OPTIONAL_KEY,
      "Anotar un contacto", .form = DOSSIER },
    { GET, "/api/v1/ageing", ROLE_USUARIO, &list_params, list_json, JSON,
      "Lo que espera por días, y a quién llamar: primero quien más lleva", "packages:read" },
    { POST, "/api/v1/packages/{id}/contacts", ROLE_OPERADOR, &contact_params, contact_json, JSON | OPTIONAL_KEY,
      "Anotar un contacto con el cliente", "packages:write" },
    { POST, "/api/v1/packages/{id}/abandon", ROLE_ADMIN, &id_params, abandon_json, JSON | IDEMPOTENT,
      "Declarar abandonado un paquete: a los 45 días, con dos intentos de contacto", "packages:write" },
};
const struct area area = { "ageing", routes, COUNT(routes) };
