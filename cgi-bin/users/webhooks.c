#include "webhooks.h"

#include "base/log.h"
#include "base/utf8.h"
#include "cgi-bin/texts.h"
#include "domain/ground/news.h"
#include "domain/outbox/texts.h"
#include "json/json.h"

#define URL_CHARS 500
#define ABOUT_CHARS 200
#define KINDS_CHARS 2000
#define PRETTY (JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE | JSON_C_TO_STRING_SPACED)

/* ---- parameters ---- */

struct id_in { int64_t id; };
static const struct param id_rows[] = {
    PARAM(struct id_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "La dirección de avisos"),
};
const struct params webhook_id_params = PARAMS(struct id_in, id_rows);

/* A page has a box for each kind, the API a list of them. */
struct form_in { struct webhook_in webhook; bool all, active, kinds[NEWS_COUNT]; };
#define IN struct form_in
#define NEWS(id, kind, words) PARAM_AS(IN, kinds[NEWS_##id], kind, P_BOOL, PARAM_PAGE, 0, 0, words),
#define KINDS                                                                                                   \
    PARAM_AS(IN, webhook.kinds, "kinds", P_LINES, PARAM_API, 0, KINDS_CHARS, "De qué se avisa: clases, o * si de todo"), \
    PARAM(IN, all, P_BOOL, PARAM_PAGE, 0, 0, "De todo, también de lo que se agregue después")
static const struct param add_rows[] = {
    PARAM_AS(IN, webhook.url, "url", P_TEXT, PARAM_BLANK, 0, URL_CHARS, "A dónde se avisa: https://…"),
    PARAM_AS(IN, webhook.description, "description", P_TEXT, 0, 0, ABOUT_CHARS, "De quién es, o para qué"),
    KINDS,
#include "domain/ground/news.def"
};
const struct params webhook_add_params = PARAMS(IN, add_rows);
static const struct param change_rows[] = {
    PARAM_AS(IN, webhook.id, "id", P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "La dirección de avisos"),
    PARAM_AS(IN, webhook.url, "url", P_TEXT, PARAM_BLANK, 0, URL_CHARS, "A dónde se avisa: https://…"),
    PARAM_AS(IN, webhook.description, "description", P_TEXT, PARAM_BLANK, 0, ABOUT_CHARS, "De quién es, o para qué"),
    PARAM_AS(IN, webhook.is_active, "is_active", P_BOOL, PARAM_MAYBE | PARAM_API, 0, 0, "Si se le avisa; 1 termina una pausa"),
    PARAM(IN, active, P_BOOL, PARAM_PAGE, 0, 0, "Si se le avisa"),
    PARAM_AS(IN, webhook.version, "version", P_INT, PARAM_PAGE, 0, INT64_MAX, "La versión que se vio"),
    KINDS,
#include "domain/ground/news.def"
};
#undef NEWS
const struct params webhook_change_params = PARAMS(IN, change_rows);

static const struct word trial_kinds[] = {
#define NEWS(id, kind, words) { kind, words },
#include "domain/ground/news.def"
#undef NEWS
    { NEWS_TRIAL, "Prueba" }, WORDS_END
};
struct page_in { struct webhook_delivery_filter log; int64_t test; };
#define LOG                                                                                                      \
    PARAM_AS(struct page_in, log.endpoint_id, "id", P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "La dirección de avisos"), \
    PARAM_ENUM_AS(struct page_in, log.state, "state", 0, delivery_states, "Estado"),                             \
    PARAM_ENUM_AS(struct page_in, log.kind, "kind", 0, trial_kinds, "De qué avisa"),                              \
    PARAM_AS(struct page_in, log.before, "before", P_ID, 0, 0, 0, "Número del último aviso ya visto"),            \
    PARAM_AS(struct page_in, log.limit, "limit", P_INT, 0, 1, 200, "Cuántos, 50 si no se dice")
static const struct param page_rows[] = {
    LOG,
    PARAM(struct page_in, test, P_ID, 0, 0, 0, "La prueba que se acaba de enviar"),
};
const struct params webhook_page_params = PARAMS(struct page_in, page_rows);
static const struct param log_rows[] = { LOG };
const struct params webhook_log_params = PARAMS(struct page_in, log_rows);

struct delivery_in { int64_t id, delivery; };
static const struct param delivery_rows[] = {
    PARAM(struct delivery_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "La dirección de avisos"),
    PARAM(struct delivery_in, delivery, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "El aviso"),
};
const struct params webhook_delivery_params = PARAMS(struct delivery_in, delivery_rows);

/* ---- endpoints ---- */

static void fill_webhook(struct view_node *n, const struct webhook *w)
{
    view_fields(n, webhook_fields, w);
    view_bool(n, "off", w->is_active == 0);
    view_bool(n, "paused", w->is_active != 0 && w->paused_at != 0);
    view_bool(n, "failing", w->is_active != 0 && w->paused_at == 0 && w->failing_since != 0);
    view_bool(n, "all", streq(w->kinds, WEBHOOK_ALL));
    view_bool(n, "any_dead", w->dead > 0);
    for (size_t i = 0; i < NEWS_COUNT; i++)
        if (list_has(w->kinds, news_kinds[i].value))
            view_text(view_row(n, "told"), "words", news_kinds[i].words);
}

enum err webhooks_list(struct req *r)
{
    struct webhooks all;
    enum err e = webhook_list(r->c, &all);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_all(r, webhook_fields, all);
    for (size_t i = 0; i < all.n; i++)
        fill_webhook(view_row(r->page, "webhooks"), &all.v[i]);
    return req_page(r, "users/webhooks.cst");
}

/* Gives the form a group of boxes for each thing that news are of: "package.…", "payment.…". */
static void fill_kinds(struct req *r, const char *kinds)
{
    static const struct word groups[] = {
        { "package", "Paquetes" }, { "payment", "Pagos" }, { "drawer", "Cajas" }, { "message", "Mensajes" }, WORDS_END
    };

    view_bool(r->page, "form.all", streq(kinds, WEBHOOK_ALL));
    for (const struct word *g = groups; g->value != NULL; g++) {
        struct view_node *group = view_row(r->page, "groups");

        view_text(group, "words", g->words);
        for (size_t i = 0; i < NEWS_COUNT; i++) {
            struct view_node *row;

            if (!has_prefix(news_kinds[i].value, g->value))
                continue;
            row = view_row(group, "kinds");
            view_text(row, "key", news_kinds[i].value);
            view_text(row, "words", news_kinds[i].words);
            view_bool(r->page, arena_printf(r->c->a, "form.%s", news_kinds[i].value), list_has(kinds, news_kinds[i].value));
        }
    }
}

enum err webhook_new(struct req *r)
{
    fill_kinds(r, "");
    req_operation(r);
    return req_page(r, "users/webhook_new.cst");
}

/* The boxes of a page as the domain takes kinds. */
static const char *kinds_ticked(struct req *r, const struct form_in *in)
{
    const char *kinds = in->all ? WEBHOOK_ALL : "";

    for (size_t i = 0; i < NEWS_COUNT; i++)
        if (in->kinds[i])
            kinds = arena_printf(r->c->a, "%s %s", kinds, news_kinds[i].value);
    return kinds;
}

/* A secret is told in the answer to the request that made it, and nowhere else: neither an address nor a cookie has
 * it. */
static enum err secret_page(struct req *r, const struct webhook *w)
{
    fill_webhook(view_child(r->page, "webhook"), w);
    view_text(r->page, "secret", w->secret);
    return req_page(r, "users/webhook_secret.cst");
}

enum err webhook_post(struct req *r)
{
    const struct form_in *in = r->in;
    struct webhook_in add = in->webhook;
    struct webhook w;
    enum err e;

    if (!req_is_api(r))
        add.kinds = kinds_ticked(r, in);
    e = webhook_add(r->c, &add, &w);
    if (e != OK)
        return e;
    return req_is_api(r) ? req_one(r, webhook_secret_fields, &w) : secret_page(r, &w);
}

enum err webhook_edit(struct req *r)
{
    const struct id_in *in = r->in;
    struct webhook w;
    enum err e = webhook_by_id(r->c, in->id, &w);

    if (e != OK)
        return e;
    fill_webhook(view_child(r->page, "webhook"), &w);
    fill_kinds(r, w.kinds);
    view_text(r->page, "form.url", w.url);
    view_text(r->page, "form.description", w.description);
    view_bool(r->page, "form.active", w.is_active != 0 && w.paused_at == 0);
    view_int(r->page, "version", w.version);
    return req_page(r, "users/webhook_edit.cst");
}

enum err webhook_patch(struct req *r)
{
    const struct form_in *in = r->in;
    struct webhook_in change = in->webhook;
    struct webhook w;
    enum err e;

    if (req_is_api(r) && !req_if_match(r, &change.version))
        return req_fail(r, E_PRECONDITION, T_WEBHOOK_CHANGED);
    e = webhook_by_id(r->c, change.id, &w);
    if (e == OK && !req_is_api(r)) {
        change.kinds = kinds_ticked(r, in);
        change.is_active = !in->active && w.paused_at != 0 ? NULL : &in->active;     /* a paused one stays paused */
    }
    if (e == OK)
        e = webhook_change(r->c, &change, &w);
    if (e != OK)
        return e;
    if (req_is_api(r)) {
        req_tag(r, w.version);
        return req_one(r, webhook_fields, &w);
    }
    req_flash(r, T_SAVED, NULL);
    return req_redirect(r, "/admin/webhooks/%lld", (long long)w.id);
}

enum err webhook_turn(struct req *r)
{
    const struct id_in *in = r->in;
    struct webhook w;
    enum err e = webhook_rotate(r->c, in->id, &w);

    if (e != OK)
        return e;
    return req_is_api(r) ? req_one(r, webhook_secret_fields, &w) : secret_page(r, &w);
}

enum err webhook_try(struct req *r)
{
    const struct id_in *in = r->in;
    struct webhook_delivery d;
    int64_t delivery;
    enum err e = webhook_trial(r->c, in->id, &delivery);

    if (e == OK && !req_is_api(r))
        return req_redirect(r, "/admin/webhooks/%lld?test=%lld#test", (long long)in->id, (long long)delivery);
    if (e == OK)
        e = webhook_delivery_by_id(r->c, in->id, delivery, &d);
    return e != OK ? e : req_one(r, webhook_delivery_whole_fields, &d);
}

/* ---- one endpoint with its log ---- */

static void fill_delivery(struct req *r, struct view_node *n, const struct webhook_delivery *d)
{
    view_fields(n, webhook_delivery_whole_fields, d);
    view_text(n, "error_sentence", d->error != NULL ? arena_printf(r->c->a, "%s.", utf8_sentence(r->c->a, d->error)) : NULL);
    view_text(n, "kind_words", words_or_value(trial_kinds, d->kind));
    view_bool(n, "waits", streq(d->state, "pending"));
    view_bool(n, "done", streq(d->state, "delivered"));
    view_bool(n, "lost", streq(d->state, "dead"));
    view_bool(n, "many", d->attempts > 1);
}

static void fill_filter(struct req *r, const struct webhook_delivery_filter *f)
{
    const char *page = arena_printf(r->c->a, "/admin/webhooks/%lld", (long long)f->endpoint_id);

    for (const struct word *s = delivery_states; s->value != NULL; s++) {
        struct view_node *chip = view_row(r->page, "states");
        const bool on = text_is(f->state, s->value);

        view_text(chip, "href", link_add(r->c->a, link_add(r->c->a, page, "state", on ? NULL : s->value), "kind", f->kind));
        view_text(chip, "label", s->words);
        view_bool(chip, "current", on);
    }
    view_options(r->page, "kinds", trial_kinds);
    view_text(r->page, "form.kind", f->kind);
    view_text(r->page, "form.state", f->state);
    view_bool(r->page, "filtered", !is_blank(f->state) || !is_blank(f->kind));
}

static enum err fill_test(struct req *r, int64_t endpoint_id, int64_t id)
{
    struct webhook_delivery d;
    enum err e;

    if (id == 0)
        return OK;
    e = webhook_delivery_by_id(r->c, endpoint_id, id, &d);
    if (e == OK)
        fill_delivery(r, view_child(r->page, "test"), &d);
    return e;
}

enum err webhook_show(struct req *r)
{
    const struct page_in *in = r->in;
    struct webhook_deliveries all;
    struct webhook w;
    int64_t next;
    enum err e = webhook_by_id(r->c, in->log.endpoint_id, &w);

    if (e == OK)
        e = webhook_deliveries_list(r->c, &in->log, &all, &next);
    if (e == OK)
        e = fill_test(r, w.id, in->test);
    if (e != OK)
        return e;
    fill_webhook(view_child(r->page, "webhook"), &w);
    fill_filter(r, &in->log);
    for (size_t i = 0; i < all.n; i++)
        fill_delivery(r, view_row(r->page, "deliveries"), &all.v[i]);
    req_operation(r);
    req_pages(r, next);
    return req_page(r, "users/webhook.cst");
}

enum err webhook_json(struct req *r)
{
    const struct id_in *in = r->in;
    struct webhook w;
    enum err e = webhook_by_id(r->c, in->id, &w);

    if (e != OK)
        return e;
    req_tag(r, w.version);
    return req_one(r, webhook_fields, &w);
}

enum err webhook_log(struct req *r)
{
    const struct page_in *in = r->in;
    struct webhook_deliveries all;
    int64_t next;
    enum err e = webhook_deliveries_list(r->c, &in->log, &all, &next);

    return e != OK ? e : req_list(r, webhook_delivery_fields, all, next);
}

enum err webhook_replay_all(struct req *r)
{
    const struct id_in *in = r->in;
    struct webhook_replayed done;
    enum err e = webhook_replay_dead(r->c, in->id, &done);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, webhook_replayed_fields, &done);
    req_flash(r, done.more ? T_DELIVERIES_MORE : T_DELIVERIES_AGAIN, NUM(done.replayed));
    return req_redirect(r, "/admin/webhooks/%lld", (long long)in->id);
}

/* ---- one delivery ---- */

/* A body with a member a line, as people read it. */
static void fill_body(struct arena *a, struct view_node *n, const char *body)
{
    const struct text *why;
    struct json_object *o = json_parse(body, strlen(body), &why);

    view_text(n, "body", o != NULL ? arena_strdup(a, json_object_to_json_string_ext(o, PRETTY)) : body);
    json_object_put(o);
}

enum err webhook_delivery_show(struct req *r)
{
    const struct delivery_in *in = r->in;
    struct webhook_delivery d;
    struct webhook w;
    enum err e = webhook_delivery_by_id(r->c, in->id, in->delivery, &d);

    if (e == OK && req_is_api(r))
        return req_one(r, webhook_delivery_whole_fields, &d);
    if (e == OK)
        e = webhook_by_id(r->c, in->id, &w);
    if (e != OK)
        return e;
    fill_webhook(view_child(r->page, "webhook"), &w);
    fill_delivery(r, view_child(r->page, "delivery"), &d);
    fill_body(r->c->a, view_child(r->page, "delivery"), d.body);
    return req_page(r, "users/webhook_delivery.cst");
}

enum err webhook_delivery_replay(struct req *r)
{
    const struct delivery_in *in = r->in;
    struct webhook_delivery d;
    enum err e = webhook_replay(r->c, in->id, in->delivery, &d);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, webhook_delivery_whole_fields, &d);
    req_flash(r, T_DELIVERY_AGAIN, NULL);
    return req_redirect(r, "/admin/webhooks/%lld/deliveries/%lld", (long long)d.endpoint_id, (long long)d.id);
}
