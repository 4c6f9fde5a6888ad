#include "privacy.h"

#include "base/clock.h"
#include "cgi-bin/texts.h"
#include "domain/law/personal_data.h"
#include "domain/law/privacy_desk.h"
#include "domain/law/retention_told.h"
#include "domain/law/texts.h"
#include "local/business_day.h"
#include "domain/paper/document.h"
#include "domain/people/consent.h"
#include "json/json.h"
#include "local/money.h"
#include "storage/storage.h"

/* ---- parameters ---- */

#define A struct privacy_in
static const struct param ask_rows[] = {
    PARAM_ENUM(A, kind, PARAM_NEEDED, privacy_kinds, "Qué se pide. Obligatorio"),
    PARAM(A, name, P_TEXT, PARAM_NEEDED, 0, 100, "Nombre completo de quien lo pide. Obligatorio"),
    PARAM(A, phone, P_TEXT, 0, 0, 40, "Su celular; o el correo"),
    PARAM(A, email, P_TEXT, 0, 0, 254, "Su correo"),
    PARAM(A, content, P_LONG, PARAM_NEEDED, 0, PRIVACY_MOST, "Lo que pide. Obligatorio"),
    PARAM(A, consent, P_BOOL, PARAM_NEEDED, 0, 0, "Acepta que se usen estos datos para responderle. Obligatorio"),
};
const struct params privacy_ask_params = PARAMS(A, ask_rows);

struct sent_in { const char *by; };
static const struct word sent_ways[] = { { "sms", "por SMS" }, { "email", "por correo" }, WORDS_END };
static const struct param sent_rows[] = { PARAM_ENUM(struct sent_in, by, 0, sent_ways, "Por dónde va su enlace") };
const struct params privacy_sent_params = PARAMS(struct sent_in, sent_rows);

struct link_in { const char *token; };
static const struct param link_rows[] = {
    PARAM(struct link_in, token, P_RAW, PARAM_PATH | PARAM_REQUIRED, 1, 100, "Parte secreta del enlace"),
};
const struct params privacy_link_params = PARAMS(struct link_in, link_rows);

#define F struct privacy_filter
static const struct param list_rows[] = {
    PARAM_ENUM(F, state, 0, privacy_states, "Estado; sin él, las que esperan una respuesta"),
    PARAM(F, after, P_ID, 0, 0, 0, "Número de la última solicitud ya vista"),
    PARAM(F, limit, P_INT, 0, 1, 200, "Cuántas, 50 si no se dice"),
};
const struct params privacy_list_params = PARAMS(F, list_rows);

#define ID_ROW(st) PARAM(st, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "Solicitud")
struct id_in { int64_t id; };
static const struct param id_rows[] = { ID_ROW(struct id_in) };
const struct params privacy_id_params = PARAMS(struct id_in, id_rows);

static const struct param identify_rows[] = {
    ID_ROW(struct privacy_identify_in),
    PARAM(struct privacy_identify_in, customer_id, P_ID, 0, 0, 0, "De qué cliente son los datos"),
    PARAM(struct privacy_identify_in, seen, P_TEXT, 0, 0, PRIVACY_SEEN_MOST, "El documento que mostró, si lo mostró"),
};
const struct params privacy_identify_params = PARAMS(struct privacy_identify_in, identify_rows);

static const struct param extend_rows[] = {
    ID_ROW(struct privacy_extend_in),
    PARAM(struct privacy_extend_in, why, P_LONG, 0, 0, PRIVACY_WHY_MOST, "Por qué hace falta más tiempo"),
};
const struct params privacy_extend_params = PARAMS(struct privacy_extend_in, extend_rows);

static const struct param close_rows[] = {
    ID_ROW(struct privacy_close_in),
    PARAM_ENUM(struct privacy_close_in, outcome, PARAM_REQUIRED, privacy_outcomes, "Cómo termina"),
    PARAM_ENUM(struct privacy_close_in, done, PARAM_REQUIRED, privacy_deeds, "Qué se hizo"),
    PARAM(struct privacy_close_in, answer, P_LONG, 0, 0, PRIVACY_ANSWER_MOST, "La respuesta"),
};
const struct params privacy_close_params = PARAMS(struct privacy_close_in, close_rows);

/* ---- the form ---- */

enum err privacy_form(struct req *r)
{
    view_options(r->page, "kinds", privacy_kinds);
    view_text(r->page, "consent.text", consent_text);
    req_operation(r);
    return req_page(r, "law/request.cst");
}

enum err privacy_asking(struct req *r)
{
    struct privacy_request p;
    const enum err e = privacy_ask(r->c, r->in, &p);

    if (e != OK)
        return e;
    return req_is_api(r) ? req_one(r, privacy_received_fields, &p)
        : req_redirect(r, "/privacy/request/sent%s%s", p.letter != NULL ? "?by=" : "", p.letter != NULL ? p.letter : "");
}

enum err privacy_sent(struct req *r)
{
    const struct sent_in *in = r->in;

    view_text(r->page, "by", words_of(sent_ways, in->by));
    return req_page(r, "law/sent.cst");
}

/* ---- the page of a link ---- */

/* "un día hábil", "3 días hábiles". */
static void fill_request(struct req *r, const struct privacy_request *p)
{
    struct view_node *node = view_child(r->page, "request");

    view_fields(node, privacy_request_fields, p);
    view_text(node, "kind_words", words_of(privacy_kinds, p->kind));
    view_text(node, "outcome_words", words_of(privacy_outcomes, p->outcome));
    view_text(node, "done_words", words_of(privacy_deeds, p->done));
    view_text(node, "due", p->due_day != 0 ? clock_day_exact(r->c->a, p->due_day) : NULL);
    view_text(node, "left_words", business_days_words(r->c->a, p->left));
    view_text(node, "late_by", business_days_words(r->c->a, -p->left));
    view_bool(node, "extended", p->extended_at != 0);
    view_bool(node, "proved", p->due_day != 0);
    view_bool(node, "opened", p->link_at != 0);
    view_bool(node, "open", p->closed_at == 0);
    view_bool(node, "query", streq(p->kind, "CONSULTA"));
}

/* The link gives the person's data for some days; the header Refresh loads the page again while the PDF is
 * made. */
static enum err fill_data(struct req *r, const struct privacy_request *p)
{
    struct document d;
    enum err e;

    if (!text_is(p->done, "datos") || p->link_at == 0 || p->data_until <= r->c->now)
        return OK;
    view_bool(r->page, "data", true);
    e = document_data(r->c, p->customer_id, p->closed_at, &d);
    if (e != OK && e != E_NOT_FOUND)
        return e;
    r->c->fault = (struct fault){ 0 };
    view_bool(r->page, "pdf", e == OK && streq(d.state, "ready"));
    if (e == OK && streq(d.state, "pending")) {
        view_bool(r->page, "pdf_waits", true);
        req_header(r, "Refresh", "2");
    }
    return OK;
}

enum err privacy_link(struct req *r)
{
    const struct link_in *in = r->in;
    struct privacy_request p;
    enum err e = privacy_by_secret(r->c, in->token, &p);

    if (e == OK)
        e = fill_data(r, &p);
    if (e != OK)
        return e;
    view_text(r->page, "link", arena_printf(r->c->a, "/privacy/requests/%s", in->token));
    if (p.link_at != 0)
        fill_request(r, &p);
    else {       /* a person who has proved nothing reads nothing but that something was asked */
        view_text(r->page, "kind_words", words_of(privacy_kinds, p.kind));
        view_instant(r->page, "at", p.at);
        view_bool(r->page, "closed", p.closed_at != 0);
    }
    return req_page(r, "law/link.cst");
}

enum err privacy_proving(struct req *r)
{
    const struct link_in *in = r->in;
    struct privacy_request p;
    const enum err e = privacy_prove(r->c, in->token, &p);

    return e != OK ? e : req_redirect(r, "/privacy/requests/%s", in->token);
}

static void privacy_sandbox(struct req *r, const char *name)
{
    req_header(r, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
    req_header(r, "Content-Disposition", arena_printf(r->c->a, "attachment; filename=\"%s\"", name));
}

enum err privacy_data(struct req *r)
{
    const struct link_in *in = r->in;
    struct privacy_request p;
    struct personal_data d;
    enum err e = privacy_data_by_secret(r->c, in->token, &p);

    if (e == OK)
        e = personal_data_read(r->c, p.customer_id, &d);
    if (e != OK)
        return e;
    json_write_object(&r->body, personal_data_fields, &d);
    privacy_sandbox(r, "datos-personales.json");
    return req_raw(r, "application/json; charset=utf-8");
}

enum err privacy_file(struct req *r)
{
    const struct link_in *in = r->in;
    struct privacy_request p;
    struct document d;
    enum err e = privacy_data_by_secret(r->c, in->token, &p);

    if (e == OK)
        e = document_data(r->c, p.customer_id, p.closed_at, &d);
    if (e != OK)
        return e;
    if (!streq(d.state, "ready") || !storage_key_ok(d.storage_key))
        return req_fail(r, E_NOT_FOUND, T_PRIVACY_NO_DATA);
    req_header(r, "X-Accel-Redirect", arena_printf(r->c->a, "/_files/%s", d.storage_key));
    privacy_sandbox(r, "datos-personales.pdf");
    return req_raw(r, "application/pdf");
}

/* ---- the desk ---- */

static void fill_chips(struct req *r, const struct privacy_filter *f, const struct privacy_counts *n)
{
    const char *now = f->state != NULL ? f->state : privacy_states[0].value;

    for (const struct word *w = privacy_states; w->value != NULL; w++) {
        struct view_node *row = view_row(r->page, "states");
        const int64_t count = w == privacy_states ? n->open : streq(w->value, "SIN_PROBAR") ? n->unproved : 0;

        view_text(row, "label", w->words);
        view_text(row, "href", w == privacy_states ? "/admin/privacy"
                  : arena_printf(r->c->a, "/admin/privacy?state=%s", w->value));
        view_bool(row, "current", streq(w->value, now));
        if (count > 0)
            view_int(row, "count", count);
    }
}

enum err privacy_desk_list(struct req *r)
{
    const struct privacy_filter *f = r->in;
    struct privacy_requests all;
    struct privacy_counts n;
    enum err e = privacy_list(r->c, f, &all);

    if (e == OK)
        e = privacy_count(r->c, &n);
    if (e != OK)
        return e;
    fill_chips(r, f, &n);
    for (size_t i = 0; i < all.n; i++) {
        struct view_node *row = view_row(r->page, "requests");

        view_fields(row, privacy_request_fields, &all.v[i]);
        view_text(row, "kind_words", words_of(privacy_kinds, all.v[i].kind));
        view_text(row, "outcome_words", words_of(privacy_outcomes, all.v[i].outcome));
        view_text(row, "due", all.v[i].due_day != 0 ? clock_day_exact(r->c->a, all.v[i].due_day) : NULL);
    }
    view_bool(r->page, "filtered", f->state != NULL);
    req_pages(r, all.next);
    return req_page(r, "law/desk.cst");
}

static enum err fill_people(struct req *r, const struct privacy_request *p)
{
    struct privacy_people all;
    const enum err e = privacy_people_of(r->c, p, &all);

    for (size_t i = 0; e == OK && i < all.n; i++) {
        struct view_node *row = view_row(r->page, "people");

        view_fields(row, privacy_person_fields, &all.v[i]);
        view_bool(row, "chosen", all.v[i].id == p->customer_id);
        view_bool(row, "shared", all.v[i].others > 0);
    }
    return e;
}

enum err privacy_desk_one(struct req *r)
{
    const struct id_in *in = r->in;
    struct privacy_request p;
    enum err e = privacy_by_id(r->c, in->id, &p);

    if (e == OK)
        e = fill_people(r, &p);
    if (e != OK)
        return e;
    fill_request(r, &p);
    view_options(r->page, "outcomes", privacy_outcomes);
    view_options(r->page, "deeds", privacy_deeds);
    view_text(r->page, "form.customer_id", NULL);
    req_operation(r);
    req_title(r, arena_printf(r->c->a, "Solicitud %lld", (long long)p.id));
    return req_page(r, "law/desk_one.cst");
}

/* Ends an act of the desk: the page of the request says what was done. */
static enum err desk_end(struct req *r, enum err e, const struct privacy_request *p, const struct text *said)
{
    if (e != OK)
        return e;
    req_flash(r, said, NULL);
    return req_redirect(r, "/admin/privacy/%lld", (long long)p->id);
}

enum err privacy_identifying(struct req *r)
{
    struct privacy_request p;
    const enum err e = privacy_identify(r->c, r->in, &p);

    return desk_end(r, e, &p, T_SAVED);
}

enum err privacy_extending(struct req *r)
{
    struct privacy_request p;
    const enum err e = privacy_extend(r->c, r->in, &p);

    return desk_end(r, e, &p, T_PRIVACY_LONGER);
}

enum err privacy_closing(struct req *r)
{
    struct privacy_request p;
    const enum err e = privacy_close(r->c, r->in, &p);

    return desk_end(r, e, &p, e == OK && p.link_at != 0 ? T_PRIVACY_TOLD : T_PRIVACY_UNTOLD);
}

/* ---- what is kept, and for how long ---- */

enum err retention_page(struct req *r)
{
    struct retention_rows all;
    enum err e = retention_table(r->c, &all);
    bool paused = false, late = false;

    for (size_t i = 0; e == OK && i < all.n; i++) {
        struct view_node *row = view_row(r->page, "kinds");

        view_fields(row, retention_row_fields, &all.v[i]);
        view_text(row, "done", count_text(r->c->a, all.v[i].done));
        view_text(row, "due", count_text(r->c->a, all.v[i].due));
        view_bool(row, "many", all.v[i].due >= RETENTION_COUNTED);
        paused = paused || all.v[i].paused;
        late = late || all.v[i].late;
    }
    view_bool(r->page, "any_paused", paused);
    view_bool(r->page, "any_late", late);
    return e != OK ? e : req_page(r, "law/retention.cst");
}
