/* Finds who makes a request, and whether they may.  Pages know people by the session cookie, JSON routes by a
 * bearer token or not at all; a page accepts no token and a JSON route no cookie. */
#include <strings.h>

#include "app/call.h"
#include "app/texts.h"
#include "base/texts.h"
#include "domain/money/texts.h"
#include "domain/people/texts.h"

bool is_loopback(const char *address)
{
    return has_prefix(address, "127.") || streq(address, "::1");
}

bool req_is_local(const struct req *r)
{
    return is_loopback(r->http->address);
}

/* If the look-up of a session or token says E_AUTH, nobody is signed in, and the request goes on; with any
 * other error it is refused. */
static enum err nobody_is_fine(struct call *k, enum err e)
{
    if (e != E_AUTH)
        return e;
    k->c.fault = (struct fault){ 0 };
    return OK;
}

/* Whether nobody on the way can read along. */
static bool is_private(const struct call *k)
{
    return streq(k->http.scheme, "https") || is_loopback(k->http.address);
}

static enum err by_cookie(struct call *k)
{
    const char *token = cookie_get(&k->r, "sid");
    enum err e;

    if (token == NULL || !is_private(k))
        return OK;
    e = nobody_is_fine(k, session_open(&k->c, token, &k->session));
    k->idle = e == OK && k->session.id != 0 && session_is_idle(&k->c, &k->session);
    return e;
}

/* A page that tells a fault keeps staff where they were, also when nobody was asked for before the fault. */
void visitor_known(struct call *k)
{
    struct fault told = k->c.fault;

    if (k->session.id == 0 && k->r.route == NULL && k->c.db != NULL && by_cookie(k) != OK)
        k->session = (struct session){ 0 };
    k->c.fault = told;
}

static enum err by_bearer(struct call *k)
{
    const char *h = request_header(&k->http, "Authorization");

    if (h == NULL)
        return OK;
    if (strncasecmp(h, "Bearer ", 7) != 0)
        return ctx_fail(&k->c, E_AUTH, NULL, T_TOKEN_BAD, NULL);
    if (!is_private(k))
        return ctx_fail(&k->c, E_AUTH, NULL, T_TOKEN_HTTPS, NULL);
    k->c.channel = "api";
    return token_open(&k->c, h + 7 + strspn(h + 7, " "), &k->token);
}

/* A page of the public is nobody's at a counter that waits for a PIN. */
enum err actor_step(struct call *k)
{
    unsigned answer = k->r.route->answer;
    enum err e;

    if ((answer & LOCAL) && !is_loopback(k->http.address))
        return ctx_fail(&k->c, E_NOT_FOUND, NULL, T_NOT_FOUND, NULL);
    if (k->c.db == NULL)
        return k->app->area->without_db ? OK : ctx_fail(&k->c, E_BUSY, NULL, T_BUSY, NULL);
    if (answer & JSON) {
        k->c.channel = "api";
        return by_bearer(k);
    }
    if ((e = by_cookie(k)) == OK && k->idle && k->r.route->role == ROLE_PUBLIC) {
        k->session = (struct session){ 0 };
        session_leave(&k->c);
    }
    return e;
}

/* Leads to the page of what must be done first, from all pages but those in `allowed`, of which it is the first. */
static enum err confine(struct call *k, const char *const *allowed, size_t n)
{
    return text_is_one_of(k->r.route->path, allowed, n) ? OK : req_redirect(&k->r, "%s", allowed[0]);
}

/* Leads a user to what must be done before anything else: change a password that somebody else set; set up the app
 * for codes. */
static enum err first_things(struct call *k)
{
    static const char *const password[] = { "/profile/change-password", "/logout" };
    static const char *const codes[] = { "/profile/totp", "/profile/totp/begin", "/profile/totp/confirm",
                                         "/profile/totp/qr.svg", "/logout" };

    if (k->session.must_change)
        return confine(k, password, COUNT(password));
    return k->session.lacks != NULL ? confine(k, codes, COUNT(codes)) : OK;
}

bool req_is_idle(struct req *r)
{
    return call_of(r)->idle;
}

/* After a while nobody knows who stands at a shared counter: the page that was asked for comes after a PIN, and a form
 * that was sent is kept as when a session has ended. */
static enum err idle_check(struct call *k)
{
    static const char *const allowed[] = { "/auth/pin", "/logout" };
    const char *query = is_blank(k->http.query) ? "" : arena_printf(k->c.a, "?%s", k->http.query);

    if (!k->idle || text_is_one_of(k->r.route->path, allowed, COUNT(allowed)))
        return OK;
    if (k->http.method != GET || req_wants_fragment(&k->r))
        return ctx_fail(&k->c, E_AUTH, NULL, T_AUTH, NULL);
    return req_redirect(&k->r, "%s", link_add(k->c.a, allowed[0], "next", arena_printf(k->c.a, "%s%s", k->http.path, query)));
}

static enum err scope_check(struct call *k, const char *scope)
{
    if (k->token.id != 0 && scope != NULL && !token_has_scope(&k->token, scope))
        return ctx_fail(&k->c, E_FORBIDDEN, NULL, T_TOKEN_SCOPE, scope, NULL);
    return OK;
}

enum err req_scope(struct req *r, const char *scope)
{
    return scope_check(call_of(r), scope);
}

enum err role_step(struct call *k)
{
    const struct route *rt = k->r.route;
    enum err e;

    if (rt->role == ROLE_PUBLIC)
        return OK;
    if (rt->role == ROLE_NONE)
        return ctx_fail(&k->c, E_FORBIDDEN, NULL, T_FORBIDDEN, NULL);
    if (k->session.id == 0 && k->token.id == 0)
        return ctx_fail(&k->c, E_AUTH, NULL, T_AUTH, NULL);
    if (k->c.role < rt->role)
        return ctx_fail(&k->c, E_FORBIDDEN, NULL, T_FORBIDDEN, NULL);
    if ((e = scope_check(k, rt->scope)) != OK)
        return e;
    if ((e = idle_check(k)) != OK || k->r.location != NULL)
        return e;
    return first_things(k);
}

/* A part that a page asks for again and again is no use of the session: a tab that is left open keeps nobody signed
 * in. */
void actor_touch(struct call *k)
{
    if (k->r.route != NULL && (k->r.route->answer & POLLED))
        return;
    if (k->session.id != 0 && k->c.session_id != 0 && !k->idle)
        session_touch(&k->c, &k->session);
    if (k->token.id != 0)
        token_touch(&k->c, &k->token);
}
