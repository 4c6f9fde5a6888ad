#include "quotes.h"

#include "base/clock.h"
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
          "Código de entrega; o guía, celular o nombre"),
};
const struct params quote_search_params = PARAMS(struct search_in, search_rows);

/* ---- whose packages ---- */

static bool same_person(const struct package *a, const struct package *b)
{
    return a->id == b->id || (a->customer_id != 0 && a->customer_id == b->customer_id);
}

/* Finds packages on the shelf by words, one for each person, so that the clerk can choose a person.
 * E_NOT_FOUND names the field "code". */
static enum err people_find(struct ctx *c, const char *words, struct packages *out)
{
    struct packages found;
    enum err e = package_find(c, words, FOUND_MAX, &found);

    *out = (struct packages){ .v = arena_alloc(c->a, FOUND_MAX * sizeof *out->v), .near = e == OK && found.near };
    for (size_t i = 0; e == OK && i < found.n; i++) {
        bool known = !streq(found.v[i].state, "RECIBIDO");

        for (size_t j = 0; j < out->n; j++)
            known = known || same_person(&found.v[i], &out->v[j]);
        if (!known)
            out->v[out->n++] = found.v[i];
    }
    if (e == OK && out->n == 0)
        return ctx_fail(c, E_NOT_FOUND, "code", T_DELIVER_NONE, words, NULL);
    return e;
}

enum err people_page(struct req *r, const char *words)
{
    struct packages people;
    enum err e = people_find(r->c, words, &people);

    if (e != OK && e != E_NOT_FOUND)
        return e;
    for (size_t i = 0; i < people.n; i++)
        view_fields(view_row(r->page, "people"), package_fields, &people.v[i]);
    view_text(r->page, "form.code", words);
    drawer_ask(r);
    return e == OK ? req_page(r, "deliver/code.cst") : req_form_again(r, e, "deliver/code.cst");
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
    if (req_tells_fault(r))      /* of the form that was sent: it says what happened */
        return req_page(r, "deliver/code.cst");
    (void)ctx_fail(r->c, E_CONFLICT, NULL, T_DELIVERED_FIRST, NULL);
    return req_form_again(r, E_CONFLICT, "deliver/code.cst");
}

/* ---- a quote that is kept ---- */

/* Six digits are a pickup code and prove who collects; other words only find the person.  A code is in no address. */
enum err quote_page(struct req *r)
{
    const struct search_in *in = r->in;
    struct packages people;
    struct deliver_quote q;
    const char *id;
    enum err e;

    if (normal_digits(r->c->a, in->code, 6) == NULL) {
        e = people_find(r->c, in->code, &people);
        if (e != OK)
            return e;
        /* a name that only resembles is shown for the clerk to choose */
        return people.n > 1 || people.near ? req_redirect(r, "%s", link_add(r->c->a, "/deliver", "who", in->code))
            : req_redirect(r, "/deliver?package=%lld", (long long)people.v[0].id);
    }
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

/* What the form was sent with when it failed; else nothing is chosen, so all is. */
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
