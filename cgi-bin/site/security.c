#include "security.h"

#include "base/clock.h"
#include "cgi-bin/texts.h"
#include "domain/law/security_incident.h"
#include "local/business_day.h"
#include "local/money.h"

/* ---- parameters ---- */

#define F struct security_filter
static const struct param list_rows[] = {
    PARAM(F, closed, P_BOOL, 0, 0, 0, "Los que ya se cerraron"),
    PARAM(F, after, P_ID, 0, 0, 0, "Número del último incidente ya visto"),
    PARAM(F, limit, P_INT, 0, 1, 200, "Cuántos, 50 si no se dice"),
};
const struct params security_list_params = PARAMS(F, list_rows);

#define ID_ROW(st) PARAM(st, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Incidente")
struct id_in { int64_t id; };
static const struct param id_rows[] = { ID_ROW(struct id_in) };
const struct params security_id_params = PARAMS(struct id_in, id_rows);

#define I struct security_in
#define WHAT_ROWS \
    PARAM(I, what, P_LONG, 0, 0, SECURITY_TEXT, "Qué pasó"), \
    PARAM(I, happened_day, P_DAY, 0, 0, 0, "Día en que pasó, si se sabe"), \
    PARAM(I, noticed_day, P_DAY, 0, 0, 0, "Día en que se supo"), \
    PARAM(I, data, P_LONG, 0, 0, SECURITY_TEXT, "Qué datos"), \
    PARAM(I, people, P_INT, PARAM_MAYBE, 0, 100000000, "Cuántas personas, si se sabe"), \
    PARAM(I, measures, P_LONG, 0, 0, SECURITY_TEXT, "Qué se hizo")
static const struct param add_rows[] = { WHAT_ROWS };
const struct params security_add_params = PARAMS(I, add_rows);
static const struct param save_rows[] = {
    ID_ROW(I),
    WHAT_ROWS,
    PARAM(I, version, P_INT, 0, 0, INT64_MAX, "La versión que se vio"),
};
const struct params security_save_params = PARAMS(I, save_rows);

static const struct param report_rows[] = {
    ID_ROW(struct security_report_in),
    PARAM(struct security_report_in, day, P_DAY, 0, 0, 0, "Día en que se informó"),
    PARAM(struct security_report_in, ref, P_TEXT, 0, 0, 60, "Número que dio la autoridad"),
};
const struct params security_report_params = PARAMS(struct security_report_in, report_rows);

static const struct param close_rows[] = {
    ID_ROW(struct security_close_in),
    PARAM(struct security_close_in, ending, P_LONG, 0, 0, SECURITY_TEXT, "Cómo terminó"),
    PARAM(struct security_close_in, unreported, P_BOOL, 0, 0, 0, "No hacía falta informarlo"),
};
const struct params security_close_params = PARAMS(struct security_close_in, close_rows);

/* ---- pages ---- */

static const char *day_words(struct arena *a, int64_t day)
{
    return day != 0 ? clock_day_exact(a, day) : NULL;
}

/* "un día hábil", "3 días hábiles". */
static void fill_incident(struct req *r, struct view_node *node, const struct security_incident *i)
{
    struct arena *a = r->c->a;

    view_fields(node, security_incident_fields, i);
    view_text(node, "state_words", words_of(security_states, i->state));
    view_text(node, "happened", day_words(a, i->happened_day));
    view_text(node, "noticed", day_words(a, i->noticed_day));
    view_text(node, "due", day_words(a, i->due_day));
    view_text(node, "reported", day_words(a, i->reported_day));
    view_text(node, "left_words", i->left == 0 ? "vence hoy" : arena_printf(a, "quedan %s", business_days_words(a, i->left)));
    view_text(node, "late_by", business_days_words(a, -i->left));
    view_text(node, "people_words", i->people < 0 ? "no se sabe" : count_text(a, i->people));
    view_bool(node, "open", i->closed_at == 0);
}

enum err security_log(struct req *r)
{
    const F *f = r->in;
    struct security_incidents all;
    const enum err e = security_list(r->c, f, &all);

    for (size_t i = 0; e == OK && i < all.n; i++)
        fill_incident(r, view_row(r->page, "incidents"), &all.v[i]);
    view_bool(r->page, "closed", f->closed);
    if (e == OK)
        req_pages(r, all.next);
    return e != OK ? e : req_page(r, "law/incidents.cst");
}

enum err security_new(struct req *r)
{
    req_operation(r);
    return req_page(r, "law/incident_new.cst");
}

enum err security_one(struct req *r)
{
    const struct id_in *in = r->in;
    struct security_incident i;
    const enum err e = security_by_id(r->c, in->id, &i);

    if (e != OK)
        return e;
    fill_incident(r, view_child(r->page, "incident"), &i);
    view_text(r->page, "form.what", i.what);
    view_text(r->page, "form.data", i.data);
    view_text(r->page, "form.measures", i.measures);
    view_text(r->page, "form.happened_day", i.happened_day != 0 ? clock_day_iso(r->c->a, i.happened_day) : NULL);
    view_text(r->page, "form.noticed_day", clock_day_iso(r->c->a, i.noticed_day));
    if (i.people >= 0)
        view_int(r->page, "form.people", i.people);
    req_title(r, arena_printf(r->c->a, "Incidente %lld", (long long)i.id));
    return req_page(r, "law/incident.cst");
}

/* ---- what is done ---- */

static enum err security_end(struct req *r, enum err e, const struct security_incident *i)
{
    if (e != OK)
        return e;
    req_flash(r, T_SAVED, NULL);
    return req_redirect(r, "/admin/incidents/%lld", (long long)i->id);
}

enum err security_saving(struct req *r)
{
    struct security_incident i;
    const enum err e = security_save(r->c, r->in, &i);

    return security_end(r, e, &i);
}

enum err security_reporting(struct req *r)
{
    struct security_incident i;
    const enum err e = security_report(r->c, r->in, &i);

    return security_end(r, e, &i);
}

enum err security_closing(struct req *r)
{
    struct security_incident i;
    const enum err e = security_close(r->c, r->in, &i);

    return security_end(r, e, &i);
}
