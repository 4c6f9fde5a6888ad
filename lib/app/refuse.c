/* Refusing: a client who has waited too long for an answer is told to come back, at the least cost: of the request only
 * its address is looked at, the page is rendered once, and the connection is kept. */
#include "app/call.h"
#include "base/log.h"
#include "base/texts.h"

#define BUSY_PAGE "error/busy.cst"
#define RETRY_AFTER "5"          /* seconds */

/* Renders the page into app->busy, once. */
static enum err busy_page(struct call *k)
{
    if (k->app->busy.len > 0)
        return OK;
    page_open(k);
    view_text(k->r.page, "page.title", problem_title(E_BUSY));
    view_text(k->r.page, "page.asset", k->app->asset);
    view_text(k->r.page, "problem.detail", text_es(T_BUSY));
    return view_render(k->r.view, BUSY_PAGE, &k->app->busy);
}

void app_refuse(struct app *app, struct source from, struct sink to)
{
    struct call k = { .app = app, .c = { .a = app->a, .conf = app->conf } };
    const char *method = from.param(from.self, "REQUEST_METHOD"), *uri = from.param(from.self, "REQUEST_URI");
    enum err e = ctx_fail(&k.c, E_BUSY, NULL, T_BUSY, NULL);

    k.r.c = &k.c;
    k.r.http = &k.http;
    k.http.src = from;
    k.http.head = method != NULL && streq(method, "HEAD");
    k.c.request_id = request_id(&k);
    k.r.status = err_status(e);
    req_header(&k.r, "Retry-After", RETRY_AFTER);
    if (uri != NULL && has_prefix(uri, "/api/")) {
        k.r.type = "application/problem+json; charset=utf-8";
        problem_write(&k.r.body, &k.c, k.r.status);
    } else if (busy_page(&k) == OK) {
        k.r.type = "text/html; charset=utf-8";
        buf_add(&k.r.body, app->busy.data, app->busy.len);
    } else {
        log_error("refuse.page", "request_id", k.c.request_id);
    }
    answer_send(&k, to);
    call_close(&k);
}
