#include "merge.h"
#include "edit.h"

#include "base/log.h"
#include "cgi-bin/texts.h"
#include "domain/parcel/customer_list.h"
#include "domain/people/customer_twin.h"

#define REASON_LEAST 3
#define REASON_MOST 300
#define FOUND 10                 /* people who are offered; whoever looks for another types more */

/* ---- parameters ---- */

struct page_in { int64_t id, with; const char *q; };
static const struct param page_rows[] = {
    PARAM(struct page_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "El cliente que queda"),
    PARAM(struct page_in, with, P_ID, 0, 0, 0, "El cliente que se une a él"),
    PARAM(struct page_in, q, P_TEXT, 0, 0, 100, "Con qué palabras se lo busca"),
};
const struct params customers_merge_page_params = PARAMS(struct page_in, page_rows);

#define M struct merge_in
static const struct param merge_rows[] = {
    PARAM_AS(M, kept, "id", P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "El cliente que queda"),
    PARAM_AS(M, gone, "with", P_ID, PARAM_REQUIRED, 0, 0, "El cliente que se une a él"),
    PARAM(M, reason, P_TEXT, PARAM_REQUIRED, REASON_LEAST, REASON_MOST, "Cómo se sabe que son una persona"),
};
const struct params customers_merge_params = PARAMS(M, merge_rows);
static const struct param json_rows[] = {
    PARAM_AS(M, kept, "id", P_ID, PARAM_REQUIRED, 0, 0, "El cliente que queda"),
    PARAM_AS(M, gone, "with", P_ID, PARAM_REQUIRED, 0, 0, "El cliente que se une a él"),
    PARAM(M, reason, P_TEXT, PARAM_REQUIRED, REASON_LEAST, REASON_MOST, "Cómo se sabe que son una persona"),
};
const struct params customers_merge_json_params = PARAMS(M, json_rows);

struct unmerge_in { int64_t id, merge; };
static const struct param unmerge_rows[] = {
    PARAM(struct unmerge_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "El cliente que quedó"),
    PARAM(struct unmerge_in, merge, P_ID, PARAM_REQUIRED, 0, 0, "Cuál unión"),
};
const struct params customers_unmerge_params = PARAMS(struct unmerge_in, unmerge_rows);
static const struct param unmerge_json_rows[] = {
    PARAM_AS(struct unmerge_in, merge, "id", P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Cuál unión"),
};
const struct params customers_unmerge_json_params = PARAMS(struct unmerge_in, unmerge_json_rows);

/* ---- pages ---- */

static void fill_candidate(struct req *r, const struct customer *who, const char *home, const char *why)
{
    struct view_node *row = view_row(r->page, "candidates");

    view_fields(row, customer_fields, who);
    view_text(row, "home", home);
    view_text(row, "why", why);
}

/* Lists people who may be the same person, or with words, those who are found by them. */
static enum err fill_candidates(struct req *r, const struct customer *who, const char *q)
{
    const struct twin_of of = { .name = who->full_name, .phone = who->phone, .building = who->building, .tower = who->tower,
                                .apartment = who->apartment };
    const struct customer_filter f = { .q = q, .limit = FOUND };
    struct customer_rows all = { 0 };
    struct twins twins = { 0 };
    int64_t next;
    enum err e = is_blank(q) ? customer_twins(r->c, &of, &twins) : customer_list(r->c, &f, &all, &next);

    for (size_t i = 0; e == OK && i < twins.n; i++)
        if (twins.v[i].who.id != who->id)
            fill_candidate(r, &twins.v[i].who, twins.v[i].home, words_of(twin_reasons, twins.v[i].reason));
    for (size_t i = 0; e == OK && i < all.n; i++)
        if (all.v[i].who.id != who->id)
            fill_candidate(r, &all.v[i].who, all.v[i].home, NULL);
    return e;
}

static void fill_person(struct req *r, const char *key, const struct customer *who)
{
    struct view_node *node = view_child(r->page, key);

    view_fields(node, customer_fields, who);
    view_text(node, "other_phones", customers_phones(r->c->a, who->other_phones, ", "));
    view_text(node, "home", customer_home(r->c->a, who->building, who->tower, who->apartment));
    view_bool(node, "vip", who->is_vip != 0);
}

static enum err merge_preview_page(struct req *r, const struct page_in *in)
{
    struct merge_preview seen;
    enum err e = merge_preview(r->c, in->id, in->with, &seen);

    if (e != OK)
        return e;
    fill_person(r, "kept", &seen.kept);
    fill_person(r, "gone", &seen.gone);
    for (size_t i = 0; i < seen.counts.n; i++)
        if (seen.counts.v[i].n > 0)
            view_fields(view_row(r->page, "counts"), merge_count_fields, &seen.counts.v[i]);
    req_operation(r);
    return req_page(r, "customers/merge.cst");
}

enum err customers_merge_page(struct req *r)
{
    const struct page_in *in = r->in;
    struct customer who;
    enum err e;

    if (in->with != 0 && in->with != in->id)
        return merge_preview_page(r, in);
    e = customer_by_id(r->c, in->id, &who);
    if (e == OK && !who.is_active)
        e = E_NOT_FOUND;
    if (e == OK)
        e = fill_candidates(r, &who, in->q);
    if (e != OK)
        return e;
    fill_person(r, "kept", &who);
    view_text(r->page, "form.q", in->q);
    return req_page(r, "customers/merge_with.cst");
}

enum err customers_merge(struct req *r)
{
    struct merge m;
    enum err e = customer_merge(r->c, r->in, &m);

    if (e != OK)
        return e;
    req_flash(r, T_CUSTOMER_MERGED, NULL);
    return req_redirect(r, "/customers/%lld", (long long)m.kept_id);
}

enum err customers_merge_json(struct req *r)
{
    struct merge m;
    enum err e = customer_merge(r->c, r->in, &m);

    return e != OK ? e : req_one(r, merge_fields, &m);
}

enum err customers_unmerge(struct req *r)
{
    const struct unmerge_in *in = r->in;
    struct merge m;
    enum err e = customer_merge_undo(r->c, in->merge, &m);

    if (e != OK)
        return e;
    req_flash(r, T_CUSTOMER_UNMERGED, NULL);
    return req_redirect(r, "/customers/%lld", (long long)m.gone_id);
}

enum err customers_unmerge_json(struct req *r)
{
    const struct unmerge_in *in = r->in;
    struct merge m;
    enum err e = customer_merge_undo(r->c, in->merge, &m);

    return e != OK ? e : req_one(r, merge_fields, &m);
}

enum err customers_merge_show(struct req *r, int64_t id)
{
    struct merge m;
    enum err e = merge_of(r->c, id, &m);

    if (e == OK && m.id != 0)
        view_fields(view_child(r->page, "merge"), merge_fields, &m);
    return e;
}
