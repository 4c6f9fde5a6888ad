/* Ops: whether the process lives, whether it is ready, and its metrics, for programs that watch.  A
 * stranger learns no details: the name of an area that is away stands in its addresses. */
#include "app/route.h"
#include "domain/console/health.h"

static enum err plain(struct req *r, int status, const char *text)
{
    r->status = status;
    buf_str(&r->body, text);
    return req_raw(r, "text/plain; charset=utf-8");
}

static enum err health(struct req *r)
{
    return plain(r, 200, "ok\n");
}

static enum err ready(struct req *r)
{
    const char *away;

    if (health_ready(r->c, &away))
        return plain(r, 200, "ready\n");
    return plain(r, 503, away == NULL ? "not ready\n" : arena_printf(r->c->a, "not ready: %s\n", away));
}

static enum err metrics(struct req *r)
{
    health_metrics(r->c, &r->body);
    return req_raw(r, "text/plain; version=0.0.4; charset=utf-8");
}

static const struct route routes[] = {
    { GET, "/health", ROLE_PUBLIC, NULL, health, RAW | QUIET, "El proceso vive" },
    { GET, "/ready", ROLE_PUBLIC, NULL, ready, RAW | QUIET, "Puede atender" },
    { GET, "/metrics", ROLE_PUBLIC, NULL, metrics, RAW | QUIET | LOCAL, "Métricas" },
};
const struct area area = { "ops", routes, COUNT(routes), .without_db = true };
