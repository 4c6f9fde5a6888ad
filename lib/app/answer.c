/* The answer: a page, a JSON document, a redirect, bytes of the handler's own, or
 * a fault in the shape that the caller understands. */
#include <assert.h>
#include <stdarg.h>
#include <strings.h>

#include "app/call.h"
#include "app/texts.h"
#include "base/log.h"
#include "base/texts.h"
#include "domain/money/texts.h"
#include "domain/people/texts.h"
#include "http/texts.h"

#define ERROR_PAGE "error/page.cst"
#define SIGNED_OUT_PAGE "error/signed_out.cst"

#define POLICY(scripts)                                                                         \
    "default-src 'none'; script-src " scripts "; style-src 'self'; media-src 'self'; "              \
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "   \
    "frame-ancestors 'none'; img-src 'self' blob: data:"       /* last: req_images_from goes on */

/* Headers of every answer, unless the handler set the same header (security.md 12, 28, 53, 54). */
static const struct standing { const char *name, *value, *scans; } standing[] = {
    { "Content-Security-Policy", POLICY("'self'"), .scans = POLICY("'self' 'wasm-unsafe-eval'") },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "same-origin" },
    { "Permissions-Policy", "camera=()", .scans = "camera=(self)" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Cache-Control", "no-store" },
};

static bool has_header(const struct req *r, const char *name)
{
    const char *line = r->headers.len > 0 ? r->headers.data : "";
    size_t n = strlen(name);

    for (; *line != '\0'; line = strchr(line, '\n') + 1)
        if (strncasecmp(line, name, n) == 0 && line[n] == ':')
            return true;
    return false;
}

static void add_header(struct buf *b, const char *name, const char *value)
{
    buf_str(b, name);
    buf_str(b, ": ");
    buf_str(b, value);
    buf_str(b, "\r\n");
}

void req_header(struct req *r, const char *name, const char *value)
{
    assert(name[strcspn(name, ":\r\n ")] == '\0');
    if (value[strcspn(value, "\r\n")] != '\0') {
        log_error("header.refused", "name", name, "request_id", r->c->request_id);
        return;
    }
    add_header(&r->headers, name, value);
}

/* ---- endings of a handler ---- */

enum err req_page(struct req *r, const char *template)
{
    r->template = template;
    r->layout = r->route->role > ROLE_PUBLIC ? LAYOUT_STAFF : LAYOUT_PUBLIC;
    return OK;
}

enum err req_bare(struct req *r, const char *template)
{
    r->template = template;
    r->layout = LAYOUT_NONE;
    return OK;
}

enum err req_redirect(struct req *r, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    r->location = arena_vprintf(r->c->a, fmt, ap);
    va_end(ap);
    if (r->location[0] != '/' || r->location[1] == '/' || r->location[1] == '\\'
        || r->location[strcspn(r->location, "\r\n")] != '\0') {
        log_error("redirect.refused", "request_id", r->c->request_id);
        r->location = "/";
    }
    return OK;
}

enum err req_redirect_away(struct req *r, const char *url)
{
    r->location = url;
    r->status = 302;
    return OK;
}

void req_images_from(struct req *r, const char *origin)
{
    r->images_from = origin;
}

void req_scans(struct req *r)
{
    r->scans = true;
}

enum err req_raw(struct req *r, const char *type)
{
    r->type = type;
    return OK;
}

enum err req_fail(struct req *r, enum err e, const struct text *t)
{
    return ctx_fail(r->c, e, NULL, t, NULL);
}

bool req_wants_fragment(const struct req *r)
{
    return request_header(r->http, "HX-Request") != NULL;
}

enum err req_form_again(struct req *r, enum err e, const char *template)
{
    struct call *k = call_of(r);

    assert(e != OK && r->c->fault.err == e);
    k->posted = r->route;
    k->shown = arena_memdup(r->c->a, &r->c->fault, sizeof r->c->fault);
    r->status = err_status(e);
    return req_page(r, template);
}

/* ---- rendering ---- */

enum err answer_render(struct call *k)
{
    struct req *r = &k->r;

    if (r->location != NULL || r->type != NULL)
        return OK;
    if (r->template == NULL)     /* an answer without a body, such as 204 */
        return OK;
    r->type = "text/html; charset=utf-8";
    if (page_render(k) == OK)
        return OK;
    return ctx_fail(&k->c, E_INTERNAL, NULL, T_INTERNAL, NULL);
}

/* ---- faults ---- */

static void forget_result(struct req *r)
{
    buf_reset(&r->body);
    buf_reset(&r->pieces);
    r->template = r->location = r->type = NULL;
    r->scans = false;
}

static const struct text *default_text(enum err e)
{
    switch (e) {
    case E_MALFORMED: return T_MALFORMED;
    case E_AUTH: return T_AUTH;
    case E_FORBIDDEN: return T_FORBIDDEN;
    case E_NOT_FOUND: return T_NOT_FOUND;
    case E_METHOD: return T_METHOD;
    case E_MEDIA: return T_MEDIA;
    case E_BUSY: return T_BUSY;
    case E_FULL: return T_DISK_FULL;
    default: return T_INTERNAL;
    }
}

/* Adds how much of a limit is left, if the request was counted against one. */
static void limit_headers(struct call *k)
{
    if (!(k->r.route != NULL && (k->r.route->answer & JSON)) || k->c.counted.most == 0)
        return;
    req_header(&k->r, "RateLimit-Limit", arena_printf(k->c.a, "%lld", (long long)k->c.counted.most));
    req_header(&k->r, "RateLimit-Remaining", arena_printf(k->c.a, "%lld", (long long)k->c.counted.left));
    req_header(&k->r, "RateLimit-Reset", arena_printf(k->c.a, "%lld", (long long)k->c.counted.reset_s));
}

static void fault_headers(struct call *k)
{
    const struct fault *f = &k->c.fault;

    if (f->err == E_BUSY || f->err == E_THROTTLED)
        req_header(&k->r, "Retry-After",
                   arena_printf(k->c.a, "%d", f->retry_after > 0 ? f->retry_after : 2));
    if (f->err == E_AUTH && (k->r.route->answer & JSON))
        req_header(&k->r, "WWW-Authenticate", "Bearer");
}

/* Redirects to the sign-in, which afterwards leads back to the page that was asked for. */
static void answer_sign_in(struct call *k)
{
    const char *query = is_blank(k->http.query) ? "" : arena_printf(k->c.a, "?%s", k->http.query);
    const char *next = NULL;

    if (k->http.method == GET && !req_wants_fragment(&k->r))
        next = arena_printf(k->c.a, "%s%s", k->http.path, query);
    (void)req_redirect(&k->r, "%s", link_add(k->c.a, "/auth/login", "next", next));
    if (req_wants_fragment(&k->r)) {      /* htmx would follow a 303 by itself and show it as a part */
        req_header(&k->r, "HX-Redirect", k->r.location);
        k->r.location = NULL;
        k->r.status = 401;
    }
}

/* If the session ended while a form was being filled in, answers with a page that keeps the typed values
 * until the user has signed in in another tab.  False: there are no values to keep. */
static bool answer_signed_out(struct call *k)
{
    struct req *r = &k->r;

    if (k->http.method != POST || r->route->form == NULL || req_wants_fragment(r)
        || !from_ourselves(k) || request_body(&k->c, &k->http) != OK)
        return false;
    r->status = 401;
    page_open(k);
    req_title(r, problem_title(E_AUTH));
    kept_values(k);
    r->template = SIGNED_OUT_PAGE;
    r->layout = LAYOUT_PUBLIC;
    return answer_render(k) == OK;
}

bool takes_form(enum err e)
{
    return e == E_INVALID || e == E_CONFLICT || e == E_THROTTLED || e == E_BUSY || e == E_FULL
        || e == E_NOT_FOUND || e == E_TOO_LARGE || e == E_FORBIDDEN || e == E_PRECONDITION;
}

/* Adds the values posted for a row: all values of a list, else only the first. */
static void form_pairs(struct call *k, const struct param *row, struct pairs *to)
{
    bool several = row->type == P_IDS || row->type == P_LINES, found = false;

    for (size_t i = 0; i < k->http.post.n && (several || !found); i++) {
        const struct pair *sent = &k->http.post.v[i];

        if ((found = streq(sent->name, row->name)))
            pairs_add(k->c.a, to, (struct pair){ row->name, sent->value, strlen(sent->value) });
    }
}

static bool param_needed(const struct params *p, const struct fault *f)
{
    for (; f != NULL; f = f->next)
        for (size_t i = 0; i < p->count; i++)
            if ((p->rows[i].flags & PARAM_REQUIRED) && f->field != NULL && streq(p->rows[i].name, f->field))
                return true;
    return false;
}

/* Reads the parameters of the form's GET route from the posted values; path values have the same names in
 * both.  A wrong value is left out, unless the GET route requires it. */
enum err form_input(struct call *k, const struct route *rt)
{
    struct request get = k->http;
    const struct params *p = rt->params;
    void *in = NULL;
    enum err e;

    get.method = GET;
    get.get = (struct pairs){ 0 };
    for (size_t i = 0; p != NULL && i < p->count; i++)
        if (!(p->rows[i].flags & PARAM_PATH))
            form_pairs(k, &p->rows[i], &get.get);
    if (p == NULL)
        return OK;
    e = param_read(&k->c, p, &get, READ_PAGE | READ_LENIENT, &in);
    if (e != OK && (e != E_INVALID || in == NULL || param_needed(p, &k->c.fault)))
        return e;
    k->c.fault = (struct fault){ 0 };
    k->r.in = in;
    return OK;
}

/* The address at which a form that failed is asked for, as far as it was understood: a browser that loads the page again
 * asks there, and sends nothing twice. */
static const char *form_address(struct call *k, const struct route *rt)
{
    const char *path = "", *from = rt->path;

    for (const char *open; (open = strchr(from, '{')) != NULL; from = strchr(open, '}') + 1) {
        const char *name = arena_strndup(k->c.a, open + 1, strcspn(open, "}") - 1);

        path = arena_printf(k->c.a, "%s%.*s%s", path, (int)(open - from), from, pairs_get(&k->http.path_values, name));
    }
    path = arena_printf(k->c.a, "%s%s", path, from);
    return rt->params == NULL ? path : param_link(k->c.a, path, rt->params, k->r.in, NULL, NULL);
}

/* Makes the page of the failed form again by the handler of its GET route; false when there is none. */
static bool answer_form(struct call *k, enum err e)
{
    struct req *r = &k->r;
    const struct route *rt = NULL;

    if (k->shown != NULL || r->route == NULL || r->route->form == NULL || !takes_form(e)
        || k->c.db == NULL)
        return false;
    rt = route_named(k->app->area, GET, r->route->form);
    assert(rt != NULL && "a row's form names a GET row");
    if (k->c.role < rt->role)
        return false;
    k->shown = arena_memdup(k->c.a, &k->c.fault, sizeof k->c.fault);
    k->posted = r->route;
    k->c.fault = (struct fault){ 0 };
    k->c.operation_key = NULL;
    r->route = rt;
    r->status = err_status(e);
    page_open(k);
    e = form_input(k, rt);
    if (e == OK)
        k->again = form_address(k, rt);
    if (e == OK && rt->handler(r) == OK && answer_render(k) == OK) {
        k->c.fault = *k->shown;
        r->route = k->posted;
        r->status = r->location != NULL ? 0 : r->status;
        return true;
    }
    r->route = k->posted;
    k->c.fault = *k->shown;
    return false;
}

static void answer_error_page(struct call *k)
{
    struct req *r = &k->r;
    const char *sentence = fault_sentence(k->c.a, &k->c.fault);

    r->status = err_status(k->c.fault.err);
    visitor_known(k);
    page_open(k);
    view_int(r->page, "problem.status", r->status);
    view_text(r->page, "problem.title", problem_title(k->c.fault.err));
    view_text(r->page, "problem.detail", sentence);
    if (k->c.fault.err == E_INVALID)     /* no form shows the wrong fields of an address */
        fault_values(k, &k->c.fault);
    req_title(r, problem_title(k->c.fault.err));
    r->template = ERROR_PAGE;
    r->layout = k->session.id != 0 ? LAYOUT_STAFF : LAYOUT_PUBLIC;
    k->shown = NULL;
    if (answer_render(k) == OK)
        return;
    buf_reset(&r->body);         /* the error page cannot be rendered either: plain text */
    r->type = "text/plain; charset=utf-8";
    buf_printf(&r->body, "%s\n(%s)\n", sentence, k->c.request_id);
}

void answer_fault(struct call *k, enum err e)
{
    struct req *r = &k->r;
    const char *uri = k->http.src.param(k->http.src.self, "REQUEST_URI");   /* its path may be unreadable */
    bool json = r->route != NULL ? (r->route->answer & JSON) != 0
                                 : uri != NULL && has_prefix(uri, "/api/");

    if (k->c.fault.err != e)
        (void)ctx_fail(&k->c, e, NULL, default_text(e), NULL);
    forget_result(r);
    if (!json && e == E_AUTH && r->route != NULL) {
        if (!answer_signed_out(k))
            answer_sign_in(k);
        return;
    }
    if (r->route != NULL)
        fault_headers(k);
    if (json) {
        r->status = err_status(e);
        r->type = "application/problem+json; charset=utf-8";
        problem_write(&r->body, &k->c, r->status);
    } else if (!answer_form(k, e)) {
        forget_result(r);
        answer_error_page(k);
    }
}

/* ---- sending ---- */

static const char *standing_value(const struct req *r, const struct standing *s)
{
    const char *value = r->scans && s->scans != NULL ? s->scans : s->value;

    return r->images_from == NULL || s != standing ? value
        : arena_printf(r->c->a, "%s %s", value, r->images_from);
}

static void standing_add(const struct req *r, struct buf *head)
{
    for (size_t i = 0; i < COUNT(standing); i++)
        if (!has_header(r, standing[i].name))
            add_header(head, standing[i].name, standing_value(r, &standing[i]));
}

/* Adds the standing headers, which are the same for all answers that have none of their own. */
static void standing_write(struct call *k, struct buf *head)
{
    const struct req *r = &k->r;
    struct buf *same = &k->app->standing;

    if (r->headers.len > 0 || r->scans || r->images_from != NULL) {
        standing_add(r, head);
        return;
    }
    if (same->len == 0)
        standing_add(r, same);
    buf_add(head, same->data, same->len);
}

static void head_write(struct call *k, struct buf *head)
{
    const struct req *r = &k->r;

    add_header(head, "Status", NUM(r->status));
    if (r->status != 304)        /* 304 has no body, so its type and length would be wrong */
        add_header(head, "Content-Length", NUM((int64_t)r->body.len));
    add_header(head, "X-Request-Id", k->c.request_id);
    if (r->type != NULL)
        add_header(head, "Content-Type", r->type);
    standing_write(k, head);
    buf_add(head, r->headers.data, r->headers.len);
    buf_str(head, "\r\n");
}

void answer_send(struct call *k, struct sink to)
{
    struct req *r = &k->r;
    struct buf *head = &k->app->head;

    if (r->location != NULL && r->route != NULL && r->route->keep != NULL && req_wants_fragment(r))
        answer_lead(r);
    if (r->location != NULL) {
        r->status = r->status ? r->status : 303;
        req_header(r, "Location", r->location);
    }
    if (r->status == 0)
        r->status = 200;
    if (k->c.replayed)
        req_header(r, "Idempotent-Replayed", "true");
    limit_headers(k);
    buf_reset(head);
    head_write(k, head);
    to.write(to.self, head->data, head->len);
    if (!k->http.head && r->body.len > 0)
        to.write(to.self, r->body.data, r->body.len);
    if (to.end != NULL)
        to.end(to.self);
}
