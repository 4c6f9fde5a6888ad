/* Sign-in, sign-out, the forgotten password, and another person at the same counter by a PIN. */
#include "app/route.h"
#include "base/log.h"
#include "base/utf8.h"
#include "cgi-bin/texts.h"
#include "domain/ground/throttle.h"
#include "domain/message/account.h"
#include "domain/people/pin.h"
#include "domain/people/session.h"
#include "domain/people/texts.h"
#include "domain/people/totp.h"
#include "domain/people/user.h"
#include "domain/people/user_invite.h"
#include "domain/people/user_own.h"

struct next_in { const char *next; };
static const struct param next_rows[] = {
    PARAM(struct next_in, next, P_TEXT, 0, 0, 2000, "Página a la que se vuelve"),
};
static const struct params next_params = PARAMS(struct next_in, next_rows);

struct login_in { const char *username, *password, *next; };
static const struct param login_rows[] = {
    PARAM(struct login_in, username, P_TEXT, PARAM_REQUIRED, 1, 254, "Usuario o correo"),
    PARAM(struct login_in, password, P_RAW, PARAM_REQUIRED, 1, 512, "Contraseña"),
    PARAM(struct login_in, next, P_TEXT, 0, 0, 2000, "Página a la que se vuelve"),
};
static const struct params login_params = PARAMS(struct login_in, login_rows);

struct code_in { const char *code, *next; };
static const struct param code_rows[] = {
    PARAM(struct code_in, code, P_RAW, PARAM_REQUIRED, 1, 40, "Código de la aplicación, o uno de recuperación"),
    PARAM(struct code_in, next, P_TEXT, 0, 0, 2000, "Página a la que se vuelve"),
};
static const struct params code_params = PARAMS(struct code_in, code_rows);

struct forgot_in { const char *username; };
static const struct param forgot_rows[] = {
    PARAM(struct forgot_in, username, P_TEXT, PARAM_REQUIRED, 1, 254, "Usuario o correo"),
};
static const struct params forgot_params = PARAMS(struct forgot_in, forgot_rows);

struct letter_in { const char *token; };
static const struct param letter_rows[] = {
    PARAM(struct letter_in, token, P_RAW, PARAM_REQUIRED, 1, 200, "Token del correo"),
};
static const struct params letter_params = PARAMS(struct letter_in, letter_rows);

struct reset_in { const char *token, *password, *again; };
static const struct param reset_rows[] = {
    PARAM(struct reset_in, token, P_RAW, PARAM_REQUIRED, 1, 200, "Token del correo"),
    PARAM(struct reset_in, password, P_RAW, PARAM_REQUIRED, 1, 512, "Contraseña nueva"),
    PARAM(struct reset_in, again, P_RAW, PARAM_REQUIRED, 1, 512, "La misma otra vez"),
};
static const struct params reset_params = PARAMS(struct reset_in, reset_rows);

struct join_in { struct user_join_in join; const char *again; };
#define J struct join_in
static const struct param join_rows[] = {
    PARAM_AS(J, join.token, "token", P_RAW, PARAM_REQUIRED, 1, 200, "Token de la invitación"),
    PARAM_AS(J, join.full_name, "full_name", P_TEXT, PARAM_REQUIRED, 1, 200, "Nombre completo"),
    PARAM_AS(J, join.password, "password", P_RAW, PARAM_REQUIRED, 1, 512, "Contraseña"),
    PARAM(J, again, P_RAW, PARAM_REQUIRED, 1, 512, "La misma otra vez"),
    PARAM_AS(J, join.pin, "pin", P_RAW, 0, 0, 20, "PIN para el mostrador, si lo quiere de una vez"),
    PARAM_AS(J, join.pin_again, "pin_again", P_RAW, 0, 0, 20, "El PIN otra vez"),
};
static const struct params join_params = PARAMS(J, join_rows);

struct switch_in { struct pin_try try; const char *next; };
static const struct param switch_rows[] = {
    PARAM_AS(struct switch_in, try.user_id, "person", P_ID, PARAM_REQUIRED, 0, 0, "Quién sigue en el mostrador"),
    PARAM_AS(struct switch_in, try.pin, "pin", P_RAW, PARAM_REQUIRED, 1, 20, "Su PIN"),
    PARAM(struct switch_in, next, P_TEXT, 0, 0, 2000, "Página a la que se vuelve"),
};
static const struct params switch_params = PARAMS(struct switch_in, switch_rows);

/* Tells the page, too, so that it promises no letter. */
static bool mail_is_off(struct req *r)
{
    bool off = !channel_is_on(r->c, "email");

    view_bool(r->page, "mail_off", off);
    return off;
}

/* Leads whoever has signed in to where they wanted to go, else to where they like to begin. */
static enum err begin(struct req *r, const char *next)
{
    struct user u;
    enum err e = is_blank(next) ? user_by_id(r->c, r->c->user_id, &u) : OK;

    if (e != OK)
        return e;
    return req_redirect(r, "%s", is_blank(next) ? user_home_path(r->c->a, r->c->role, u.home) : next);
}

static enum err login_form(struct req *r)
{
    const struct next_in *in = r->in;

    if (r->c->user_id != 0)
        return begin(r, in->next);
    view_text(r->page, "next", in->next);
    mail_is_off(r);
    return req_page(r, "auth/login.cst");
}

static enum err login(struct req *r)
{
    const struct login_in *in = r->in;
    const char *scheme = r->http->scheme;
    char *token;
    enum err e;

    if (!streq(scheme, "https") && !req_is_local(r))
        return req_fail(r, E_FORBIDDEN, T_HTTPS);
    e = user_sign_in(r->c, in->username, in->password, req_session_token(r), &token);
    if (e != OK)
        return e;
    req_sign_in(r, token);
    if (totp_is_on(r->c, r->c->user_id))
        return req_redirect(r, "%s", link_add(r->c->a, "/auth/totp", "next", in->next));
    return begin(r, in->next);
}

/* ---- the code of an app ---- */

static enum err code_form(struct req *r)
{
    const struct next_in *in = r->in;
    const char *token = req_session_token(r);
    int64_t user_id;

    if (token == NULL || session_waiting(r->c, token, &user_id) != OK)
        return req_redirect(r, "/auth/login");
    view_text(r->page, "next", in->next);
    return req_page(r, "auth/totp.cst");
}

static enum err auth_code(struct req *r)
{
    const struct code_in *in = r->in;
    const char *old = req_session_token(r);
    char *token;
    enum err e = old == NULL ? ctx_fail(r->c, E_AUTH, NULL, T_AUTH, NULL)
                             : user_sign_in_code(r->c, in->code, old, &token);

    if (e != OK)
        return e;
    req_sign_in(r, token);
    return begin(r, in->next);
}

/* A browser keeps things of the person before, which are not for the next. */
static void forget_before(struct req *r)
{
    req_header(r, "Clear-Site-Data", "\"cache\", \"storage\"");
}

static enum err logout(struct req *r)
{
    enum err e = session_end(r->c);

    if (e != OK && e != E_NOT_FOUND)
        return e;
    req_sign_out(r);
    forget_before(r);
    req_flash(r, T_SIGNED_OUT, NULL);
    return req_redirect(r, "/auth/login");
}

/* ---- another person at the same counter ---- */

static enum err switch_form(struct req *r)
{
    const struct next_in *in = r->in;
    const bool idle = req_is_idle(r);
    struct users all;
    const char *only = NULL;
    size_t others = 0;
    enum err e = pin_people(r->c, ROLE_OPERADOR, &all);

    for (size_t i = 0; i < all.n; i++) {
        const struct user *u = &all.v[i];

        if (u->id == r->c->user_id && !idle)
            continue;
        only = others++ == 0 ? arena_strdup(r->c->a, NUM(u->id)) : NULL;
        view_option(r->page, "people", arena_strdup(r->c->a, NUM(u->id)), u->full_name);
    }
    view_text(r->page, "form.person", idle ? arena_strdup(r->c->a, NUM(r->c->user_id)) : only);
    view_text(r->page, "next", in->next);
    view_bool(r->page, "idle", idle);
    view_bool(r->page, "has_pin", pin_set_at(r->c, r->c->user_id) != 0);
    return e != OK ? e : req_page(r, "auth/pin.cst");
}

static enum err auth_switch(struct req *r)
{
    const struct switch_in *in = r->in;
    const bool another = in->try.user_id != r->c->user_id;
    struct pin_try try = in->try;
    char *token;
    enum err e;

    try.least = ROLE_OPERADOR;
    e = pin_switch(r->c, &try, req_session_token(r), &token);
    if (e != OK)
        return e;
    req_sign_in(r, token);
    if (another)
        forget_before(r);
    req_flash(r, T_SWITCHED, NULL);
    return req_redirect(r, "%s", is_blank(in->next) ? "/dashboard" : in->next);
}

static enum err forgot_form(struct req *r)
{
    mail_is_off(r);
    return req_page(r, "auth/forgot.cst");
}

static enum err auth_forgot(struct req *r)
{
    const struct forgot_in *in = r->in;
    enum err e;

    if (mail_is_off(r))
        return req_fail(r, E_CONFLICT, T_RESET_NO_MAIL);
    e = user_reset_ask(r->c, in->username);
    if (e != OK)
        return e;
    req_flash(r, T_RESET_SENT, NULL);
    return req_redirect(r, "/auth/login");
}

static enum err reset_form(struct req *r)
{
    const struct letter_in *in = r->in;
    const char *token = utf8_unglued(r->c->a, in->token);
    enum err e = user_reset_check(r->c, token);

    if (e != OK)
        return e;
    view_text(r->page, "token", token);
    return req_page(r, "auth/reset.cst");
}

static enum err auth_reset(struct req *r)
{
    const struct reset_in *in = r->in;
    enum err e;

    if (!streq(in->password, in->again))
        return ctx_fail(r->c, E_INVALID, "again", T_PASSWORD_TWICE, NULL);
    e = user_reset(r->c, in->token, in->password);
    if (e != OK)
        return e;
    req_flash(r, T_RESET_DONE, NULL);
    return req_redirect(r, "/auth/login");
}

/* ---- an e-mail that is confirmed ---- */

static enum err email_form(struct req *r)
{
    const struct letter_in *in = r->in;
    const char *token = utf8_unglued(r->c->a, in->token), *email;
    enum err e = user_email_check(r->c, token, &email);

    view_text(r->page, "token", token);
    view_text(r->page, "email", email);
    return e != OK ? e : req_page(r, "auth/email.cst");
}

static enum err auth_email(struct req *r)
{
    const struct letter_in *in = r->in;
    enum err e = user_email_confirm(r->c, in->token);

    if (e != OK)
        return e;
    req_flash(r, T_EMAIL_CONFIRMED, NULL);
    return req_redirect(r, "/auth/login");
}

/* ---- who was invited ---- */

static enum err join_form(struct req *r)
{
    const struct letter_in *in = r->in;
    const char *token = utf8_unglued(r->c->a, in->token);
    struct user u;
    enum err e = user_invited(r->c, token, &u);

    if (e != OK)
        return e;
    view_text(r->page, "token", token);
    view_text(r->page, "invited.username", u.username);
    view_bool(r->page, "invited.is_admin", role_parse(u.role) >= ROLE_ADMIN);
    view_bool(r->page, "invited.is_operator", role_parse(u.role) >= ROLE_OPERADOR);
    view_text(r->page, "form.full_name", u.full_name);
    return req_page(r, "auth/invite.cst");
}

static enum err auth_join(struct req *r)
{
    const struct join_in *in = r->in;
    enum err e;

    if (!streq(in->join.password, in->again))
        return ctx_fail(r->c, E_INVALID, "again", T_PASSWORD_TWICE, NULL);
    e = user_join(r->c, &in->join);
    if (e != OK)
        return e;
    req_flash(r, T_JOINED, NULL);
    return req_redirect(r, "/auth/login");
}

static enum err whoami(struct req *r)
{
    struct user u;
    enum err e = user_by_id(r->c, r->c->user_id, &u);

    if (e != OK)
        return e;
    u.role = role_name(r->c->role);      /* a token may have less than its user */
    return req_one(r, user_fields, &u);
}

static const struct route routes[] = {
    { GET, "/auth/login", ROLE_PUBLIC, &next_params, login_form, PAGE, "Ingresar" },
    { POST, "/auth/login", ROLE_PUBLIC, &login_params, login, PAGE | CSRF_FORM | WHEN_FULL, "Ingresar",
      .form = "/auth/login" },
    { GET, "/auth/totp", ROLE_PUBLIC, &next_params, code_form, PAGE, "Código de ingreso" },
    { POST, "/auth/totp", ROLE_PUBLIC, &code_params, auth_code, PAGE | CSRF_FORM | WHEN_FULL, "Código de ingreso",
      .form = "/auth/totp" },
    { POST, "/logout", ROLE_USUARIO, NULL, logout, PAGE | WHEN_FULL, "Salir" },
    { GET, "/auth/pin", ROLE_OPERADOR, &next_params, switch_form, PAGE, "Cambiar de persona" },
    { POST, "/auth/pin", ROLE_OPERADOR, &switch_params, auth_switch, PAGE | WHEN_FULL, "Cambiar de persona",
      .form = "/auth/pin" },
    { GET, "/auth/forgot-password", ROLE_PUBLIC, NULL, forgot_form, PAGE, "Olvidé mi contraseña" },
    { POST, "/auth/forgot-password", ROLE_PUBLIC, &forgot_params, auth_forgot, PAGE | CSRF_FORM | WHEN_FULL,
      "Olvidé mi contraseña", .form = "/auth/forgot-password" },
    { GET, "/auth/reset-password", ROLE_PUBLIC, &letter_params, reset_form, PAGE,
      "Contraseña nueva" },
    { POST, "/auth/reset-password", ROLE_PUBLIC, &reset_params, auth_reset, PAGE | CSRF_FORM | WHEN_FULL,
      "Contraseña nueva", .form = "/auth/reset-password" },
    { GET, "/auth/invite", ROLE_PUBLIC, &letter_params, join_form, PAGE, "Bienvenido" },
    { POST, "/auth/invite", ROLE_PUBLIC, &join_params, auth_join, PAGE | CSRF_FORM, "Bienvenido", .form = "/auth/invite" },
    { GET, "/auth/email", ROLE_PUBLIC, &letter_params, email_form, PAGE, "Confirmar su correo" },
    { POST, "/auth/email", ROLE_PUBLIC, &letter_params, auth_email, PAGE | CSRF_FORM, "Confirmar su correo",
      .form = "/auth/email" },
    { GET, "/api/v1/whoami", ROLE_USUARIO, NULL, whoami, JSON, "Quién es el dueño del token",
      NULL, GIVES(200, user_fields) },
};
/* A password costs 50 ms of a core: who guesses from somewhere new waits behind those who work here. */
static bool sign_in_waits(struct ctx *c, enum method method)
{
    return method == POST && !throttle_exempt(c) && !user_network_known(c);
}

const struct area area = { "auth", routes, COUNT(routes), .about = "Quién usa el token", .lets_others_first = sign_in_waits };
