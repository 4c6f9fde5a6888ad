/* CSRF: a POST with a cookie needs the session's token and must come from our own
 * pages by its Origin or Sec-Fetch-Site.  Public forms, the sign-in among them,
 * carry a signed token instead. */
#include "app/call.h"
#include "app/texts.h"
#include "crypto/crypto.h"
#include "http/texts.h"

#define FORM_SECRET "csrf_key"
#define FORM_SECONDS (12 * 3600)
#define FORM_RENEW_S 60
#define FORM_VALUE "form"

bool from_ourselves(const struct call *k)
{
    const char *origin = request_header(&k->http, "Origin");
    const char *site = request_header(&k->http, "Sec-Fetch-Site");

    if (site != NULL && !streq(site, "same-origin"))
        return false;
    /* A browser that hides the origin says "null", but may still say that the page is ours. */
    if (origin == NULL || streq(origin, "null"))
        return site != NULL;
    return streq(origin, arena_printf(k->c.a, "%s://%s", k->http.scheme, k->http.host));
}

static bool session_fits(const struct call *k, const char *sent)
{
    return k->session.id != 0 && same_text(sent, k->session.csrf);
}

static bool form_fits(const struct call *k, const char *sent)
{
    const char *value = sign_open(k->c.a, k->c.conf, FORM_SECRET, sent, k->c.now);

    return value != NULL && streq(value, FORM_VALUE);
}

/* A page of another site can send a form to the API, but neither a bearer token nor JSON: so whoever shows no
 * token must send JSON. */
static bool could_be_form(const struct call *k)
{
    return (k->r.route->answer & (JSON | CSRF_NONE)) == JSON && k->token.id == 0 && !request_is_json(&k->http);
}

enum err csrf_step(struct call *k)
{
    const struct route *rt = k->r.route;
    const char *sent;
    enum err e;

    if (k->http.method == GET)
        return OK;
    if (could_be_form(k))
        return ctx_fail(&k->c, E_MEDIA, NULL, T_JSON_ONLY, NULL);
    if (!(rt->answer & (JSON | CSRF_NONE)) && !from_ourselves(k))
        return ctx_fail(&k->c, E_FORBIDDEN, NULL, T_ORIGIN, NULL);
    e = rt->answer & OWN_BODY ? request_bytes(&k->c, &k->http) : request_body(&k->c, &k->http);
    if (e != OK)
        return e;
    if (rt->answer & (JSON | CSRF_NONE))
        return OK;
    if (pairs_repeat(&k->http.post, "csrf") || pairs_repeat(&k->http.post, "operation_id"))
        return ctx_fail(&k->c, E_MALFORMED, NULL, T_MALFORMED, NULL);
    sent = pairs_get(&k->http.post, "csrf");
    if (sent == NULL)
        sent = request_header(&k->http, "X-CSRF-Token");
    if (sent != NULL
        && (session_fits(k, sent) || ((rt->answer & CSRF_FORM) && form_fits(k, sent))))
        return OK;
    return ctx_fail(&k->c, E_FORBIDDEN, NULL, T_CSRF, NULL);
}

/* Token of the public forms; since every public page carries it, it is signed only once a minute. */
static const char *form_token(struct app *app, const struct ctx *c)
{
    const int64_t age = c->now - app->form_token_at;
    const char *made;
    size_t n;

    if (age >= 0 && age < FORM_RENEW_S)
        return app->form_token;
    made = sign_text(c->a, c->conf, FORM_SECRET, FORM_VALUE, c->now + FORM_SECONDS);
    n = made == NULL ? 0 : strlen(made) + 1;
    if (n > 0 && n <= sizeof app->form_token) {
        memcpy(app->form_token, made, n);
        app->form_token_at = c->now;
    }
    return made;
}

const char *csrf_token(struct call *k)
{
    if (k->session.id != 0)
        return k->session.csrf;
    return form_token(k->app, &k->c);
}
