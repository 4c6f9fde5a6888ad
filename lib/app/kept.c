/* Kept forms: a form that a script sent, and that failed, is kept by its area; its address is told to the script, so
 * that the page with the typed values is the answer to a GET, which can be reloaded and gone back to. */
#include "app/call.h"
#include "app/texts.h"
#include "http/texts.h"

#define NO_FIELD "-"             /* the name of a fault that is about no field */

void answer_lead(struct req *r)
{
    req_header(r, "HX-Redirect", r->location);
    r->location = NULL;
    r->status = r->status == 0 || r->status == 303 ? 204 : r->status;
}

/* A form that no key belongs to was not ours, or never read. */
bool answer_kept(struct call *k, enum err e)
{
    struct req *r = &k->r;
    enum err done;

    if (r->route == NULL || r->route->keep == NULL || !req_wants_fragment(r) || k->c.operation_key == NULL
        || !takes_form(e) || e == E_BUSY || e == E_FULL)
        return false;
    k->shown = arena_memdup(k->c.a, &k->c.fault, sizeof k->c.fault);
    k->posted = r->route;
    done = param_read(&k->c, r->route->params, &k->http, READ_PAGE | READ_LENIENT, &r->in);
    k->c.fault = (struct fault){ 0 };
    if ((done == OK || done == E_INVALID) && r->in != NULL && r->route->keep(r) == OK && r->location != NULL) {
        k->c.fault = *k->shown;
        r->status = err_status(e);
        return true;
    }
    k->c.fault = *k->shown;
    k->shown = NULL;
    return false;
}

bool req_tells_fault(const struct req *r)
{
    return ((const struct call *)(const void *)r)->shown != NULL;
}

const char *req_typed(struct req *r)
{
    const struct pairs *sent = &r->http->post;
    const struct params *p = r->route->params;
    const char *text = "";

    for (size_t i = 0; i < p->count; i++)
        for (size_t j = 0; row_is_kept(&p->rows[i]) && j < sent->n; j++)
            if (streq(sent->v[j].name, p->rows[i].name))
                text = link_add(r->c->a, text, p->rows[i].name, sent->v[j].value);
    return text;
}

const char *req_faults(struct req *r)
{
    const char *text = "";

    for (const struct fault *f = call_of(r)->shown; f != NULL; f = f->next)
        text = link_add(r->c->a, text, field_is_name(f->field) ? f->field : NO_FIELD, fault_sentence(r->c->a, f));
    return text;
}

/* Reads the text of a form or of faults: "?name=value&…". */
static bool kept_read(struct req *r, const char *text, struct pairs *out)
{
    *out = (struct pairs){ 0 };
    return text != NULL && (*text == '\0' || form_parse(r->c, text + 1, strlen(text) - 1, out) == OK);
}

bool req_form_kept(struct req *r, const char *post, const char *typed, const char *faults)
{
    struct call *k = call_of(r);
    struct pairs told;
    struct fault *all;

    k->posted = route_named(k->app->area, POST, post);
    if (!kept_read(r, faults, &told) || told.n == 0 || !kept_read(r, typed, &r->http->post)
        || form_input(k, route_named(k->app->area, GET, k->posted->form)) != OK)
        return false;
    all = arena_alloc(r->c->a, told.n * sizeof *all);
    for (size_t i = 0; i < told.n; i++)
        all[i] = (struct fault){ .err = E_INVALID, .field = streq(told.v[i].name, NO_FIELD) ? NULL : told.v[i].name,
                                 .text = T_AS_TOLD, .args = { told.v[i].value },
                                 .next = i + 1 < told.n ? &all[i + 1] : NULL };
    k->shown = all;
    return true;
}
