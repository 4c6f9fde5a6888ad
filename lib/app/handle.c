/* The fixed order of a request (architecture.md §3), as a table of steps. */
#include <malloc.h>
#include <stdio.h>

#include "app/call.h"
#include "app/texts.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/room.h"
#include "base/texts.h"
#include "domain/people/texts.h"
#include "http/texts.h"
#include "metric/metric.h"
#include "base/random.h"
#include "crypto/crypto.h"
#include "queue/hint.h"

#define DB_LOOK_S 1
#define LIST_ROWS 50             /* the parameters that all lists have by themselves */
#define BODY_KEPT 131072         /* bytes of room for an answer's body that an idle process keeps at most */

static enum err limits_step(struct call *k)
{
    enum err e = request_open(&k->c, &k->http, k->http.src);

    k->opened = true;
    k->c.address = k->http.address != NULL ? k->http.address : "";
    return e;
}

static enum err route_step(struct call *k)
{
    const char *allow;

    k->r.route = glued_route(k);
    if (k->r.route != NULL)
        return OK;
    k->r.route = route_match(k->c.a, k->app->area, &k->http, &k->http.path_values);
    if (k->r.route != NULL)
        return k->http.content_length <= BODY_BYTES || route_takes_files(k->r.route) ? OK
            : ctx_fail(&k->c, E_TOO_LARGE, NULL, T_TOO_LARGE, "64 KB", NULL);
    allow = route_allow(k->c.a, k->app->area, k->http.path);
    if (*allow == '\0')
        return ctx_fail(&k->c, E_NOT_FOUND, NULL, T_NOT_FOUND, NULL);
    req_header(&k->r, "Allow", allow);
    return ctx_fail(&k->c, E_METHOD, NULL, T_METHOD, NULL);
}

/* Begins a snapshot: everything that a GET reads, from its session to the values of its page, comes from the
 * same state of the database. */
static enum err snapshot_step(struct call *k)
{
    return k->http.method == GET && k->c.db != NULL ? db_read_begin(k->c.db) : OK;
}

/* The body was read before, so that a form is shown again with what was typed. */
static enum err room_step(struct call *k)
{
    return k->http.method == GET || (k->r.route->answer & WHEN_FULL) || room_for_writes(k->c.conf) ? OK
        : ctx_fail(&k->c, E_FULL, NULL, T_DISK_LEAST, NULL);
}

/* A public address takes files only of whom its row admits. */
static enum err admit_step(struct call *k)
{
    const struct route *rt = k->r.route;

    return rt->admits == NULL ? OK : rt->admits(&k->r);
}

/* A page's list whose address does not say how many rows has as many as the person likes. */
static void preferred_rows(struct call *k, const struct params *p)
{
    if (k->session.id == 0 || k->session.page_rows == LIST_ROWS || k->http.method != GET)
        return;
    for (size_t i = 0; i < p->count; i++) {
        const struct param *row = &p->rows[i];
        int64_t *at = (int64_t *)(void *)((char *)k->r.in + row->offset);

        if (streq(row->name, "limit") && row->type == P_INT && !(row->flags & PARAM_MAYBE) && *at == 0
            && k->session.page_rows <= row->max)
            *at = k->session.page_rows;
    }
}

static enum err params_step(struct call *k)
{
    static const struct params none = { NULL, 0, 1 };
    const struct route *rt = k->r.route;
    unsigned how = rt->answer & JSON ? READ_API : READ_PAGE;
    enum err e;

    if (rt->role == ROLE_PUBLIC && k->http.method == GET)
        how |= READ_LENIENT;
    e = param_read(&k->c, rt->params != NULL ? rt->params : &none, &k->http, how, &k->r.in);
    if (e == OK && rt->params != NULL)
        preferred_rows(k, rt->params);
    return e;
}

static enum err handler_step(struct call *k)
{
    if (k->r.route->answer & PAGE)
        page_open(k);
    return k->r.route->handler(&k->r);
}

static enum err sender_step(struct call *k)
{
    k->r.status = 204;
    return k->session.id != 0 || k->token.id != 0 || k->r.route->admits != NULL ? OK : ctx_fail(&k->c, E_AUTH, NULL, T_AUTH, NULL);
}

/* nginx asks, before it takes a body with files, whether the sender may send it (nginx.conf.in, /_may_send): who has
 * signed in, and whom the row of a public route admits.
 * To a question without a body the answer is its status alone: 204, 401, 403, or 503 while the database is away or
 * after too long a wait, which nginx passes on. */
static enum err (*const question_steps[])(struct call *k) = {
    limits_step, route_step, actor_step, role_step, admit_step, sender_step,
};

static void question_handle(struct call *k, struct sink to)
{
    enum err e = OK;

    for (size_t i = 0; i < COUNT(question_steps) && e == OK; i++)
        e = question_steps[i](k);
    k->r.location = NULL;        /* the request itself leads to the change of the password */
    if (e != OK)
        k->r.status = e == E_AUTH || e == E_BUSY ? err_status(e) : err_status(E_FORBIDDEN);
    answer_send(k, to);
}

static enum err (*const steps[])(struct call *k) = {
    limits_step, route_step, snapshot_step, actor_step, role_step, admit_step, csrf_step, room_step, operation_step,
    params_step, handler_step, answer_render, polled_step,
};

const char *request_id(struct call *k)
{
    const char *given = k->http.src.param(k->http.src.self, "HTTP_X_REQUEST_ID");
    size_t n = given == NULL ? 0 : strspn(given, ALPHABET_BASE62 "-_.");

    if (n >= 8 && n <= 64 && given[n] == '\0')
        return arena_strdup(k->c.a, given);
    return random_text(k->c.a, ALPHABET_BASE62, 22);
}

static const char *or_empty(const char *s)
{
    return s == NULL ? "" : s;
}

static void database_open(struct app *app)
{
    const char *why = NULL;

    app->db = db_open(app->conf, true, &why);
    if (app->db == NULL && !app->db_missed)
        log_error("app.database", "area", app->area->name, "why", why);
    app->db_missed = app->db == NULL;
}

/* Opens the database for the first request, for the first one after a rest, and again if its file was removed or
 * replaced.  This is checked once a second; meanwhile a removed database can only be read, since db_write checks each
 * time. */
static void database_ready(struct app *app)
{
    double now = clock_mono();

    if (app->db != NULL && now - app->db_seen < DB_LOOK_S)
        return;
    app->db_seen = now;
    if (app->db != NULL && !db_is_there(app->db)) {
        db_close(app->db);
        app->db = NULL;
    }
    if (app->db == NULL)
        database_open(app);
}

static void call_open(struct call *k, struct app *app, struct source from)
{
    k->started = clock_mono();
    database_ready(app);
    k->app = app;
    k->c = (struct ctx){ .a = app->a, .db = app->db, .conf = app->conf, .hint = app->hint,
                         .now = clock_now(),
                         .actor = ACTOR_CUSTOMER, .role = ROLE_PUBLIC, .address = "", .channel = "web" };
    k->http.a = app->a;
    k->http.src = from;
    k->c.request_id = request_id(k);
    k->c.user_agent = arena_strndup(app->a, or_empty(from.param(from.self, "HTTP_USER_AGENT")),
                                    200);
    k->r.c = &k->c;
    k->r.http = &k->http;
    k->r.body = app->body;
    app->body = (struct buf){ 0 };
}

static void call_account(struct call *k)
{
    const struct route *rt = k->r.route;
    const char *path = rt != NULL ? rt->path : "-";
    const char *method = k->opened ? method_name(k->http.method) : "-";
    double took = clock_mono() - k->started;
    int64_t tenths = (int64_t)(took * 10000 + 0.5);

    metric_inc(M_HTTP_REQUESTS, k->app->area->name, path, method, NUM(k->r.status), NULL);
    metric_observe(M_HTTP_DURATION, took, k->app->area->name, path, NULL);
    metric_add(M_HTTP_BYTES, k->r.body.len, k->app->area->name, NULL);
    if (rt != NULL && (rt->answer & QUIET))
        return;
    log_info("request", "method", method, "route", path, "status", NUM(k->r.status),
             "ms", arena_join(k->c.a, arena_join(k->c.a, NUM(tenths / 10), "."), NUM(tenths % 10)),
             "request_id", k->c.request_id, "user", NUM(k->c.user_id), "address", k->c.address);
}

/* The room of a usual answer is kept for the next one. */
static void body_keep(struct app *app, struct buf *body)
{
    if (body->cap > BODY_KEPT)
        buf_free(body);
    buf_reset(body);
    buf_free(&app->body);        /* a refusal has a body of its own */
    app->body = *body;
}

void call_close(struct call *k)
{
    request_close(&k->http);
    body_keep(k->app, &k->r.body);
    buf_free(&k->r.pieces);
    buf_free(&k->r.headers);
    arena_reset(k->app->a);
}

static void snapshot_end(struct call *k)
{
    if (k->c.db != NULL)
        db_read_end(k->c.db);
}

/* Answers a fault in a snapshot of its own, since the fault may have spoiled the handler's: the answer may be
 * the page of a form, which reads the database. */
static void call_fail(struct call *k, enum err e)
{
    snapshot_end(k);
    if (answer_kept(k, e))
        return;
    if (k->c.db != NULL && db_read_begin(k->c.db) != OK)
        log_warn("fault.snapshot", "request_id", k->c.request_id);
    answer_fault(k, e);
}

bool app_lets_others_first(struct app *app, struct source from)
{
    const char *method = from.param(from.self, "REQUEST_METHOD");
    struct ctx c = { .a = app->a, .conf = app->conf, .now = clock_now(),
                     .address = or_empty(from.param(from.self, "REMOTE_ADDR")) };
    bool first;

    database_ready(app);
    c.db = app->db;
    first = app->area->lets_others_first != NULL && app->db != NULL
        && app->area->lets_others_first(&c, method != NULL && streq(method, "POST") ? POST : GET);
    arena_reset(app->a);
    return first;
}

void app_handle(struct app *app, struct source from, struct sink to)
{
    struct call k = { 0 };
    enum err e = OK;

    call_open(&k, app, from);
    if (from.param(from.self, "MAY_SEND") != NULL) {
        question_handle(&k, to);
        call_close(&k);
        return;
    }
    for (size_t i = 0; i < COUNT(steps) && e == OK && k.r.location == NULL; i++)
        e = steps[i](&k);
    if (e != OK)
        call_fail(&k, e);
    snapshot_end(&k);
    answer_send(&k, to);
    actor_touch(&k);
    call_account(&k);
    call_close(&k);
}

void app_open(struct app *app, const struct area *ar, const struct conf *conf)
{
    *app = (struct app){ .area = ar, .conf = conf, .a = arena_new() };
    crypto_open();
    asset_version(app);
    app->hint = hint_open(conf);
}

void app_rest(struct app *app)
{
    view_forget();
    buf_free(&app->body);
    db_close(app->db);
    app->db = NULL;
    malloc_trim(0);
}

void app_close(struct app *app)
{
    view_forget();
    buf_free(&app->busy);
    buf_free(&app->body);
    buf_free(&app->head);
    buf_free(&app->standing);
    hint_close(app->hint);
    db_close(app->db);
    arena_free(app->a);
}
