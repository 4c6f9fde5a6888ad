#include "quotes.h"

#include "base/clock.h"
#include "cgi-bin/shared/people.h"
#include "cgi-bin/texts.h"
#include "domain/handover/delivery.h"
#include "domain/parcel/guide_reading.h"
#include "domain/parcel/package_find.h"
#include "local/normal.h"
#include "page.h"

#define FOUND_MAX 20

struct search_in { const char *code; };
static const struct param search_rows[] = {
    PARAM(struct search_in, code, P_SCAN, PARAM_REQUIRED, 0, READING_MAX,
          "Código de entrega; o guía, celular, sus últimos cuatro, apartamento o nombre"),
};
const struct params quote_search_params = PARAMS(struct search_in, search_rows);

/* ---- whose packages ---- */

/* Comers are people who may stand at the counter: those who have a parcel on the shelf, and for anybody else of whom one
 * lies there, that parcel. */
struct comers { struct people people; struct packages others; };

static bool package_is_of(const struct package *p, const struct comers *of)
{
    for (size_t i = 0; i < of->people.n; i++)
        if (p->customer_id == of->people.v[i].id)
            return true;
    for (size_t i = 0; i < of->others.n; i++)
        if (p->id == of->others.v[i].id || (p->customer_id != 0 && p->customer_id == of->others.v[i].customer_id))
            return true;
    return false;
}

/* Finds them by words, so that the clerk can choose.  E_NOT_FOUND names the field "code". */
static enum err comers_find(struct ctx *c, const char *words, struct comers *out)
{
    struct packages found = { 0 };
    enum err e;

    *out = (struct comers){ .others.v = arena_alloc(c->a, FOUND_MAX * sizeof *out->others.v) };
    e = person_find(c, words, PERSON_COLLECTS, FOUND_MAX, &out->people);
    if (e == OK)
        e = package_find(c, words, FOUND_MAX, &found);
    out->others.near = found.near;
    for (size_t i = 0; e == OK && i < found.n; i++)
        if (streq(found.v[i].state, "RECIBIDO") && !package_is_of(&found.v[i], out))
            out->others.v[out->others.n++] = found.v[i];
    if (e == OK && out->people.n + out->others.n == 0)
        return ctx_fail(c, E_NOT_FOUND, "code", T_DELIVER_NONE, words, NULL);
    return e;
}

enum err people_page(struct req *r, const char *words)
{
    struct comers found;
    enum err e = comers_find(r->c, words, &found);

    if (e != OK && e != E_NOT_FOUND)
        return e;
    people_show(r, &found.people, 0);
    for (size_t i = 0; i < found.others.n; i++)
        view_fields(view_row(r->page, "others"), package_fields, &found.others.v[i]);
    view_text(r->page, "form.code", words);
    drawer_ask(r);
    return e == OK ? req_page(r, "deliver/code.cst") : req_form_again(r, e, "deliver/code.cst");
}

/* Leads to the parcels of whoever words find: of the only one, else to the list; a name that only resembles is shown for
 * the clerk to choose. */
static enum err comers_lead(struct req *r, const char *words)
{
    struct comers found;
    enum err e = comers_find(r->c, words, &found);

    if (e != OK)
        return e;
    if (found.people.n + found.others.n > 1 || found.others.near)
        return req_redirect(r, "%s", link_add(r->c->a, "/deliver", "who", words));
    return found.people.n == 1 ? req_redirect(r, "/deliver?customer=%lld", (long long)found.people.v[0].id)
        : req_redirect(r, "/deliver?package=%lld", (long long)found.others.v[0].id);
}

/* ---- what somebody else has delivered meanwhile ---- */

enum err delivered_fill(struct req *r, const struct ids *ids, int64_t package, int64_t customer, size_t *n)
{
    int64_t *all = arena_alloc(r->c->a, (ids->n + 1) * sizeof *all);
    const int64_t since = clock_day_start(clock_day(r->c->now));
    struct delivered_list done;
    size_t count = 0;
    enum err e;

    for (size_t i = 0; i < ids->n; i++)
        all[count++] = ids->v[i];
    if (package != 0)
        all[count++] = package;
    e = delivered_among(r->c, all, count, customer, since, &done);
    for (size_t i = 0; e == OK && i < done.n; i++)
        view_fields(view_row(r->page, "delivered"), delivered_fields, &done.v[i]);
    *n = e == OK ? done.n : 0;
    return e;
}

enum err delivered_page(struct req *r, enum err e, const struct ids *ids, int64_t package, int64_t customer)
{
    struct fault told = r->c->fault;
    size_t n = 0;

    if ((e != E_CONFLICT && e != E_NOT_FOUND) || delivered_fill(r, ids, package, customer, &n) != OK || n == 0) {
        r->c->fault = told;
        return e;
    }
    drawer_ask(r);
    req_scans(r);
    r->status = err_status(E_CONFLICT);
    r->c->fault = (struct fault){ 0 };
    if (req_tells_fault(r))      /* the status of the form that was sent says what happened */
        return req_page(r, "deliver/code.cst");
    (void)ctx_fail(r->c, E_CONFLICT, NULL, T_DELIVERED_FIRST, NULL);
    return req_form_again(r, E_CONFLICT, "deliver/code.cst");
}

/* ---- a quote that is kept ---- */

/* Six digits are a pickup code and prove who collects; other words only find the person.  A code is in no address. */
enum err quote_page(struct req *r)
{
    const struct search_in *in = r->in;
    struct deliver_quote q;
    const char *id;
    enum err e;

    if (normal_digits(r->c->a, in->code, 6) == NULL)
        return comers_lead(r, in->code);
    e = deliver_quote(r->c, &(struct deliver_quote_in){ .code = in->code }, &q);
    if (e == OK)
        e = quote_keep(r->c, &(struct quote_keep_in){ .code = in->code }, &id);
    return e != OK ? e : req_redirect(r, "/deliver/quotes/%s", id);
}

enum err quote_keep_failed(struct req *r, const struct quote_keep_in *of)
{
    struct quote_keep_in in = *of;
    const char *id;
    enum err e;

    if (!is_blank(in.code) && pickup_code_known(r->c, in.code))
        req_retype(r, "code", "");
    in.operation_key = req_operation_sent(r);
    in.typed = req_typed(r);
    in.faults = req_faults(r);
    e = quote_keep(r->c, &in, &id);
    return e != OK ? e : req_redirect(r, "/deliver/quotes/%s", id);
}

/* Gives the choices with which the form was sent when it failed; if it was not, none is ticked, which means all. */
static struct quote_shown quote_as_kept(struct req *r, struct kept_quote *kept)
{
    static const struct ids none = { 0 };
    struct quote_shown shown = { &none, &none, &none, kept->by.code, kept->id, kept->operation_key };
    const struct deliver_page_in *in;

    if (kept->typed == NULL || !req_form_kept(r, "/deliver", kept->typed, kept->faults))
        return shown;
    in = r->in;
    shown.ids = &in->ids;
    shown.incidents = &in->incidents;
    shown.scanned = &in->scanned;
    kept->by.authorized = in->authorized;
    req_retype(r, "quote", kept->id);
    if (kept->by.code != NULL)
        req_retype(r, "code", kept->by.code);
    return shown;
}

enum err kept_quote_page(struct req *r, const char *id)
{
    struct kept_quote kept;
    struct quote_shown shown;
    struct deliver_quote q;
    size_t gone;
    enum err e = kept_quote_by_id(r->c, id, &kept);

    if (e != OK || kept.delivered != 0)
        return e != OK ? e : req_redirect(r, "/deliver/done/%lld", (long long)kept.delivered);
    shown = quote_as_kept(r, &kept);
    view_bool(r->page, "quote.expired", kept.expired);
    e = deliver_quote(r->c, &kept.by, &q);
    if (e != OK)
        return delivered_page(r, e, shown.ids, kept.package_id, kept.by.customer_id);
    e = delivered_fill(r, shown.ids, kept.package_id, 0, &gone);
    return e != OK ? e : quote_show(r, &q, &shown);
}
