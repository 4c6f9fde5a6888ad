/* Ageing: the packages on the shelf by how long they have waited, whom to call about each and what came of
 * the call, and the dossier of a package with which it may be declared abandoned. */
#include "app/route.h"
#include "base/log.h"
#include "page.h"
#include "cgi-bin/texts.h"
#include "domain/parcel/package_list.h"
#include "cgi-bin/shared/approval.h"

#define DOSSIER "/ageing/{id}"

/* ---- parameters ---- */

#define F struct callee_filter
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

struct abandon_form { int64_t id; struct approval approval; };
static const struct param abandon_rows[] = {
    PACKAGE_ID(struct abandon_form),
    APPROVAL_PARAMS(struct abandon_form, approval),
};
static const struct params abandon_params = PARAMS(struct abandon_form, abandon_rows);

static const struct param contact_list_rows[] = {
    PACKAGE_ID(struct contact_filter),
    PARAM(struct contact_filter, before, P_ID, 0, 0, 0, "Número del último contacto ya visto"),
    PARAM(struct contact_filter, limit, P_INT, 0, 1, 200, "Cuántos, 50 si no se dice"),
};
static const struct params contact_list_params = PARAMS(struct contact_filter, contact_list_rows);

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

#define A struct ageing_answer
A { struct ageing ageing; struct callees callees; };
static const struct field ageing_answer_rows[] = {
    FIELD_LIST_AS(A, ageing.bands, "bands", ageing_band_fields, "Lo que espera por días, lo más nuevo primero"),
    FIELD_INNER(A, ageing.total, "total", F_OBJECT, ageing_band_fields, "Lo mismo de todos"),
    FIELD_AS(A, ageing.unidentified, "unidentified", F_INT, "Los que no se sabe de quién son"),
    FIELD_AS(A, ageing.without_value, "without_value", F_INT, "Los que nadie dijo cuánto valen"),
    FIELD_LIST_AS(A, callees, "items", callee_fields, "A quién llamar: primero quien más lleva"),
    FIELD_AS(A, callees.next, "next", F_ID, "Con cuál after sigue la lista"),
};
FIELD_TABLE_HERE(A, ageing_answer_fields, ageing_answer_rows)

static enum err ageing_give(struct req *r)
{
    A answer;
    enum err e = ageing_read(r->c, &answer.ageing);

    if (e == OK)
        e = callee_list(r->c, r->in, &answer.callees);
    if (e != OK)
        return e;
    req_next(r, answer.callees.next != 0 ? NUM(answer.callees.next) : NULL);
    return req_one(r, ageing_answer_fields, &answer);
}

static enum err ageing_page(struct req *r)
{
    return req_is_api(r) ? ageing_give(r) : ageing_list(r, r->in);
}

/* ---- one package ---- */

static enum err dossier(struct req *r)
{
    const struct id_in *in = r->in;

    return ageing_dossier(r, in->id);
}

static enum err contacts_json(struct req *r)
{
    const struct contact_filter *in = r->in;
    struct contacts all;
    struct package p;
    enum err e = package_by_id(r->c, in->id, &p);

    if (e == OK)
        e = contact_list(r->c, in, &all);
    return e != OK ? e : req_list(r, contact_fields, all, all.next);
}

static enum err contact_write(struct req *r)
{
    struct contacts newest;
    struct package p;
    enum err e = package_contact(r->c, r->in, &p);

    if (e == OK && req_is_api(r))
        e = contact_list(r->c, &(struct contact_filter){ .id = p.id, .limit = 1 }, &newest);
    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, contact_fields, newest.v);
    req_flash(r, T_CONTACT_SAVED, NULL);
    return req_redirect(r, "/ageing/%lld", (long long)p.id);
}

static enum err parcel_abandon(struct req *r)
{
    const struct id_in *in = r->in;
    struct package p;
    enum err e = ageing_abandon(r->c, &(struct abandon_in){ in->id, NULL }, &p);

    return e != OK ? e : req_one(r, package_fields, &p);
}

/* An ADMIN may approve it at a counter, with a PIN. */
static enum err parcel_abandon_here(struct req *r)
{
    struct abandon_form *in = r->in;
    struct package p;
    enum err e = ageing_abandon(r->c, &(struct abandon_in){ in->id, &in->approval }, &p);

    if (e != OK)
        return approval_again(r, &in->approval, e);
    req_flash_undo_event(r, T_ABANDONED, NULL, p.id, p.last_event_id);
    return req_redirect(r, "/ageing/%lld", (long long)p.id);
}

static const struct route routes[] = {
    { GET, "/ageing", ROLE_USUARIO, &list_params, ageing_page, PAGE, "Antigüedad" },
    { GET, DOSSIER, ROLE_USUARIO, &id_params, dossier, PAGE, "Expediente de contacto" },
    { POST, DOSSIER "/abandon", ROLE_OPERADOR, &abandon_params, parcel_abandon_here, PAGE | IDEMPOTENT, "Declarar abandonado",
      .form = DOSSIER },
    { POST, "/packages/{id}/contacts", ROLE_OPERADOR, &contact_params, contact_write, PAGE | OPTIONAL_KEY,
      "Anotar un contacto", .form = DOSSIER },
    { GET, "/api/v1/ageing", ROLE_USUARIO, &list_params, ageing_page, JSON,
      "Lo que espera por días, y a quién llamar: primero quien más lleva", "packages:read",
      GIVES(200, ageing_answer_fields) },
    { POST, "/api/v1/packages/{id}/contacts", ROLE_OPERADOR, &contact_params, contact_write, JSON | OPTIONAL_KEY,
      "Anotar un contacto con el cliente", "packages:write", GIVES(201, contact_fields) },
    { GET, "/api/v1/packages/{id}/contacts", ROLE_USUARIO, &contact_list_params, contacts_json, JSON,
      "Los contactos con el cliente por un paquete, los más nuevos primero", "packages:read",
      GIVES_LIST_OF(200, contact_fields) },
    { POST, "/api/v1/packages/{id}/abandon", ROLE_ADMIN, &id_params, parcel_abandon, JSON | IDEMPOTENT,
      "Declarar abandonado un paquete: a los 45 días, con dos intentos de contacto", "packages:write",
      GIVES(200, package_fields) },
};
const struct area area = { "ageing", routes, COUNT(routes), .about = "Lo que lleva días en el punto" };
