#include "incidents.h"

#include "base/clock.h"
#include "base/log.h"
#include "page.h"
#include "cgi-bin/texts.h"
#include "domain/custody/undo.h"
#include "domain/parcel/package_change.h"

/* ---- parameters ---- */

#define F struct incident_filter
static const struct param list_rows[] = {
    PARAM(F, package, P_ID, 0, 0, 0, "Solo la de ese paquete"),
    PARAM(F, before, P_ID, 0, 0, 0, "Número de la última ya vista"),
    PARAM(F, limit, P_INT, 0, 1, 200, "Cuántas, 50 si no se dice"),
};
const struct params incident_list_params = PARAMS(F, list_rows);

#define PACKAGE_ID(st) PARAM(st, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Paquete")
/* The fields that say whose list a page shows again after an incident. */
#define AGAIN_ROWS(st)                                                                           \
    PARAM(st, quote, P_TEXT, PARAM_PAGE, 0, 22, "La lista que se guardó, para volver a ella"),         \
    PARAM(st, customer, P_ID, PARAM_PAGE, 0, 0, "O el cliente"),                                  \
    PARAM(st, package, P_ID, PARAM_PAGE, 0, 0, "O el paquete")

struct again_in { int64_t id, event; const char *note, *quote; int64_t customer, package; };
static const struct param again_rows[] = {
    PACKAGE_ID(struct again_in),
    PARAM(struct again_in, event, P_ID, PARAM_QUERY, 0, 0, "De deshacer: cuál suceso"),
    PARAM(struct again_in, note, P_LONG, 0, 0, INCIDENT_NOTE_MAX, "Nota: al cancelar queda como detalle"),
    AGAIN_ROWS(struct again_in),
};
const struct params incident_again_params = PARAMS(struct again_in, again_rows);

#define INSIDE_ID(st, path) PARAM_AS(st, path, "id", P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Paquete")
struct say_in { struct incident_in incident; const char *quote; int64_t customer, package; };
static const struct param say_rows[] = {
    INSIDE_ID(struct say_in, incident.id),
    PARAM_ENUM_AS(struct say_in, incident.outcome, "outcome", PARAM_REQUIRED, incident_outcomes, "Qué pasó"),
    PARAM_AS(struct say_in, incident.note, "note", P_LONG, 0, 0, INCIDENT_NOTE_MAX,
             "Nota; obligatoria si es equivocado"),
    AGAIN_ROWS(struct say_in),
};
const struct params incident_params = PARAMS(struct say_in, say_rows);

struct end_in { struct incident_resolve_in resolve; int64_t package; };
static const struct param end_rows[] = {
    INSIDE_ID(struct end_in, resolve.id),
    PARAM_AS(struct end_in, resolve.how, "how", P_LONG, PARAM_NEEDED, 0, INCIDENT_NOTE_MAX,
             "Cómo se resolvió"),
    PARAM(struct end_in, package, P_ID, PARAM_PAGE, 0, 0, "Cuál se vuelve a mostrar"),
};
const struct params incident_end_params = PARAMS(struct end_in, end_rows);

/* ---- at the hand-over ---- */

/* A script gets this one line of the list, so that what was scanned and typed beside it stays. */
static enum err line_again(struct req *r, const struct package *p)
{
    struct deliver_quote_line line = { .package = *p };
    enum err e = fee_of(r->c, p, &line.fee);

    if (e == OK)
        e = incident_of(r->c, p->id, &line.incident);
    if (e != OK)
        return e;
    quote_line_fill(r, &line, false, false);
    return req_bare(r, "deliver/line.cst");
}

static enum err list_again(struct req *r, const struct package *p, const struct again_in *in)
{
    if (req_wants_fragment(r))
        return line_again(r, p);
    if (in->quote != NULL)
        return req_redirect(r, "/deliver/quotes/%s", in->quote);
    if (in->customer != 0)
        return req_redirect(r, "/deliver?customer=%lld", (long long)in->customer);
    return req_redirect(r, in->package != 0 ? "/deliver?package=%lld" : "/packages/%lld", (long long)p->id);
}

enum err incident_say(struct req *r)
{
    const struct say_in *in = r->in;
    struct package p;
    enum err e = incident_report(r->c, &in->incident, &p);

    return e != OK ? e : list_again(r, &p, &(struct again_in){ p.id, 0, NULL, in->quote, in->customer, in->package });
}

enum err incident_undo(struct req *r)
{
    const struct again_in *in = r->in;
    struct package p;
    enum err e = package_undo_event(r->c, in->id, in->event, &p);

    return e != OK ? e : list_again(r, &p, in);
}

enum err incident_cancel(struct req *r)
{
    const struct again_in *in = r->in;
    struct package p;
    enum err e = package_cancel(r->c, &(struct cancel_in){ .id = in->id, .reason = "cliente_solicita", .text = in->note }, &p);

    if (e != OK)
        return e;
    if (req_wants_fragment(r))
        return line_again(r, &p);
    req_flash_undo_event(r, T_CANCELLED, NULL, p.id, p.last_event_id);
    return req_redirect(r, "/packages/%lld", (long long)p.id);
}

enum err incident_report_json(struct req *r)
{
    const struct say_in *in = r->in;
    struct incident open;
    struct package p;
    enum err e = incident_report(r->c, &in->incident, &p);

    if (e == OK)
        e = incident_of(r->c, p.id, &open);
    return e != OK ? e : req_one(r, incident_fields, &open);
}

/* ---- those that wait for somebody ---- */

enum err incidents(struct req *r)
{
    const struct incident_filter *in = r->in;
    struct incidents all;
    enum err e = incident_list(r->c, in, &all);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_list(r, incident_fields, all, all.next);
    for (size_t i = 0; i < all.n; i++) {
        struct view_node *row = view_row(r->page, "incidents");

        view_fields(row, incident_fields, &all.v[i]);
        view_text(row, "words", words_of(incident_outcomes, all.v[i].outcome));
    }
    if (in->before != 0 || in->package != 0)
        view_text(r->page, "previous", "/incidents");
    if (all.next != 0)
        view_text(r->page, "following", link_add(r->c->a, "/incidents", "before", NUM(all.next)));
    req_operation(r);
    return req_page(r, "deliver/incidents.cst");
}

enum err incident_end(struct req *r)
{
    const struct end_in *in = r->in;
    struct package p;
    enum err e = incident_resolve(r->c, &in->resolve, &p);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, package_fields, &p);
    req_flash(r, T_INCIDENT_RESOLVED, NULL);
    return req_redirect(r, "/packages/%lld", (long long)p.id);
}
