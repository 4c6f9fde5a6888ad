#include "audit.h"

#include "base/clock.h"
#include "base/log.h"
#include "domain/ground/audit.h"
#include "domain/people/user.h"

/* ---- parameters ---- */

#define F struct audit_filter
#define FILTER                                                                                                  \
    PARAM(F, username, P_TEXT, 0, 0, 60, "Nombre de usuario de quien lo hizo"),                                  \
    PARAM_ENUM(F, action, 0, audit_actions, "Qué se hizo"),                                                      \
    PARAM_ENUM(F, object, 0, audit_objects, "Con qué"),                                                          \
    PARAM(F, object_id, P_ID, 0, 0, 0, "El número de aquello"),                                                  \
    PARAM(F, request_id, P_TEXT, 0, 0, 64, "Solicitud, como la dice el registro del servidor"),                  \
    PARAM(F, from, P_DAY, 0, 0, 0, "Desde este día"),                                                            \
    PARAM(F, to, P_DAY, 0, 0, 0, "Hasta este día, incluido")
static const struct param audit_rows[] = {
    FILTER,
    PARAM(F, before, P_ID, 0, 0, 0, "Número de la última fila ya vista"),
    PARAM(F, limit, P_INT, 0, 1, 200, "Cuántas, 50 si no se dice"),
};
const struct params audit_params = PARAMS(F, audit_rows);
static const struct param sheet_rows[] = { FILTER };
const struct params audit_sheet_params = PARAMS(F, sheet_rows);

/* ---- the list ---- */

/* An address with all of a filter but where its page begins. */
static const char *audit_link(struct arena *a, const char *path, const struct audit_filter *f)
{
    const char *link = link_add(a, path, "username", f->username);

    link = link_add(a, link, "action", f->action);
    link = link_add(a, link, "object", f->object);
    link = link_add(a, link, "object_id", f->object_id != 0 ? NUM(f->object_id) : NULL);
    link = link_add(a, link, "request_id", f->request_id);
    link = link_add(a, link, "from", f->from != 0 ? clock_day_iso(a, f->from) : NULL);
    return link_add(a, link, "to", f->to != 0 ? clock_day_iso(a, f->to) : NULL);
}

/* Where the row that an entry speaks of is shown; NULL: it has no page. */
static const char *object_link(struct arena *a, const struct audit_entry *e)
{
    static const struct word pages[] = {
        { "package", "/packages/" }, { "notification", "/notifications/" }, { "cash_session", "/cash/" },
        { "courier_batch", "/receive/batch/" }, { "customer", "/customers/" }, { "document", "/documents/" },
        { "inquiry", "/messages/" }, { "job", "/admin/jobs/" }, { "shelf_audit", "/shelf/audit/" },
        { "user", "/admin/users/" }, { "webhook", "/admin/webhooks/" }, WORDS_END
    };
    const char *page = words_of(pages, e->object);

    return page == NULL || e->object_id == 0 ? NULL : arena_printf(a, "%s%lld", page, (long long)e->object_id);
}

static void fill_entry(struct req *r, const struct audit_entry *e)
{
    struct view_node *row = view_row(r->page, "rows");
    const struct audit_filter same = { .object = e->object, .object_id = e->object_id };

    view_fields(row, audit_entry_fields, e);
    view_text(row, "who", e->username != NULL ? e->username : streq(e->actor, "customer") && streq(e->object, "user")
              ? "Alguien sin ingresar" : words_or_value(audit_actors, e->actor));
    view_text(row, "words", words_or_value(audit_actions, e->action));
    view_text(row, "object_words", words_or_value(audit_objects, e->object));
    view_text(row, "href", object_link(r->c->a, e));
    view_text(row, "same_href", e->object_id != 0 ? audit_link(r->c->a, "/admin/audit", &same) : NULL);
    for (size_t i = 0; i < e->details.n; i++) {
        struct view_node *d = view_row(row, "told");

        view_text(d, "label", words_or_value(audit_details, e->details.v[i].name));
        view_text(d, "value", audit_detail_words(r->c->a, e, i));
    }
}

static enum err fill_filter(struct req *r, const struct audit_filter *f)
{
    struct users all;
    enum err e = user_list(r->c, &all);

    for (size_t i = 0; e == OK && i < all.n; i++)
        view_option(r->page, "users", all.v[i].username, arena_printf(r->c->a, "%s (%s)", all.v[i].full_name,
                                                                     all.v[i].username));
    view_options(r->page, "actions", audit_actions);
    view_options(r->page, "objects", audit_objects);
    view_text(r->page, "form.username", f->username);
    view_text(r->page, "form.action", f->action);
    view_text(r->page, "form.object", f->object);
    if (f->object_id != 0)
        view_int(r->page, "form.object_id", f->object_id);
    view_text(r->page, "form.request_id", f->request_id);
    view_text(r->page, "form.from", f->from != 0 ? clock_day_iso(r->c->a, f->from) : NULL);
    view_text(r->page, "form.to", f->to != 0 ? clock_day_iso(r->c->a, f->to) : NULL);
    view_bool(r->page, "filtered", !streq(audit_link(r->c->a, "", f), ""));
    view_text(r->page, "sheet_href", audit_link(r->c->a, "/admin/audit/sheet", f));
    return e;
}

enum err audit_show(struct req *r)
{
    const struct audit_filter *f = r->in;
    struct audit_entries all = { 0 };
    int64_t next = 0;
    enum err e = audit_list(r->c, f, &all, &next);

    if (req_is_api(r))
        return e != OK ? e : req_list(r, audit_entry_fields, all, next);
    if (e == OK)
        e = fill_filter(r, f);
    for (size_t i = 0; e == OK && i < all.n; i++)
        fill_entry(r, &all.v[i]);
    req_pages(r, next);
    return e != OK ? e : req_page(r, "users/audit.cst");
}

enum err audit_sheet_show(struct req *r)
{
    enum err e = audit_sheet(r->c, r->in, &r->body);

    if (e != OK)
        return e;
    req_header(r, "Content-Disposition", "attachment; filename=\"auditoria.csv\"");
    return req_raw(r, "text/csv; charset=utf-8");
}

/* Computes every hash again. */
enum err audit_verify(struct req *r)
{
    int64_t at;
    enum err e = audit_check(r->c, &at);

    if (e != OK && e != E_CONFLICT)
        return e;
    view_bool(r->page, "whole", e == OK);
    if (e == E_CONFLICT)
        view_int(r->page, "broken_at", at);
    return req_page(r, "users/audit_verify.cst");
}
