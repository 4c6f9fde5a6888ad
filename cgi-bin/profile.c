/* Profile: a user's own account: password, PIN, open sessions, colours. */
#include "app/route.h"
#include "base/texts.h"
#include "cgi-bin/texts.h"
#include "code/barcode.h"
#include "domain/people/pin.h"
#include "domain/people/session.h"
#include "domain/people/totp.h"
#include "domain/people/user.h"
#include "domain/people/user_own.h"

struct change_in { const char *current, *password, *again; };
static const struct param change_rows[] = {
    PARAM(struct change_in, current, P_RAW, PARAM_REQUIRED, 1, 512, "Contraseña actual"),
    PARAM(struct change_in, password, P_RAW, PARAM_REQUIRED, 1, 512, "Contraseña nueva"),
    PARAM(struct change_in, again, P_RAW, PARAM_REQUIRED, 1, 512, "La misma otra vez"),
};
static const struct params change_params = PARAMS(struct change_in, change_rows);

struct end_in { int64_t id; const char *current; };
static const struct param end_rows[] = {
    PARAM(struct end_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 1, INT64_MAX, "Sesión"),
    PARAM(struct end_in, current, P_RAW, PARAM_REQUIRED, 1, 512, "Contraseña actual"),
};
static const struct params end_params = PARAMS(struct end_in, end_rows);

struct password_in { const char *current; };
static const struct param password_rows[] = {
    PARAM(struct password_in, current, P_RAW, PARAM_REQUIRED, 1, 512, "Contraseña actual"),
};
static const struct params password_params = PARAMS(struct password_in, password_rows);

struct totp_code_in { const char *code; };
static const struct param totp_code_rows[] = {
    PARAM(struct totp_code_in, code, P_RAW, PARAM_REQUIRED, 1, 40, "Código que muestra la aplicación"),
};
static const struct params totp_code_params = PARAMS(struct totp_code_in, totp_code_rows);

struct totp_renew_in { const char *current, *renew_code; };
static const struct param totp_renew_rows[] = {
    PARAM(struct totp_renew_in, current, P_RAW, PARAM_REQUIRED, 1, 512, "Contraseña actual"),
    PARAM(struct totp_renew_in, renew_code, P_RAW, PARAM_REQUIRED, 1, 40, "Código de la aplicación, o uno de recuperación"),
};
static const struct params totp_renew_params = PARAMS(struct totp_renew_in, totp_renew_rows);

struct totp_end_in { const char *own_password, *code; };
static const struct param totp_end_rows[] = {
    PARAM(struct totp_end_in, own_password, P_RAW, PARAM_REQUIRED, 1, 512, "Contraseña"),
    PARAM(struct totp_end_in, code, P_RAW, PARAM_REQUIRED, 1, 40, "Código de la aplicación, o uno de recuperación"),
};
static const struct params totp_end_params = PARAMS(struct totp_end_in, totp_end_rows);

#define P struct user_preferences
static const struct param settings_rows[] = {
    PARAM_ENUM(P, theme, 0, user_themes, "Colores"),
    PARAM_ENUM(P, page_rows, 0, user_page_rows, "Filas de una página de una lista"),
    PARAM_ENUM(P, home, 0, user_homes, "Página en la que empieza"),
};
static const struct params settings_params = PARAMS(P, settings_rows);

struct own_in { struct user_own_edit edit; const char *current; };
static const struct param own_rows[] = {
    PARAM_AS(struct own_in, edit.full_name, "full_name", P_TEXT, PARAM_REQUIRED, 1, 200, "Nombre completo"),
    PARAM_AS(struct own_in, edit.email, "email", P_TEXT, PARAM_REQUIRED, 1, 254, "Correo"),
    PARAM_AS(struct own_in, edit.phone, "phone", P_TEXT, 0, 0, 40, "Celular"),
    PARAM(struct own_in, current, P_RAW, PARAM_REQUIRED, 1, 512, "Contraseña"),
};
static const struct params own_params = PARAMS(struct own_in, own_rows);

static const struct param pin_rows[] = {
    PARAM(struct pin_in, current, P_RAW, PARAM_REQUIRED, 1, 512, "Contraseña"),
    PARAM(struct pin_in, pin, P_RAW, PARAM_REQUIRED, 1, 20, "PIN nuevo, de cuatro a ocho dígitos; de un administrador, al menos seis"),
    PARAM(struct pin_in, again, P_RAW, PARAM_REQUIRED, 1, 20, "El mismo otra vez"),
};
static const struct params pin_params = PARAMS(struct pin_in, pin_rows);

struct pin_clear_in { int64_t id; const char *own_password; };
static const struct param pin_clear_rows[] = {
    PARAM(struct pin_clear_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "De quién"),
    PARAM(struct pin_clear_in, own_password, P_RAW, 0, 0, 512, "Contraseña; la pide quitar el propio"),
};
static const struct params pin_clear_params = PARAMS(struct pin_clear_in, pin_clear_rows);

static enum err profile(struct req *r)
{
    struct sessions list;
    struct user u;
    enum err e = user_by_id(r->c, r->c->user_id, &u);

    if (e == OK)
        e = session_list(r->c, &list);
    if (e != OK)
        return e;
    view_fields(view_child(r->page, "profile"), user_fields, &u);
    view_text(r->page, "email_waiting", user_email_waiting(r->c));
    for (size_t i = 0; i < list.n; i++) {
        struct view_node *row = view_row(r->page, "sessions");

        view_fields(row, session_fields, &list.v[i]);
        view_text(row, "device", list.v[i].device);
        view_bool(row, "is_current", list.v[i].is_current);
    }
    view_bool(r->page, "has_others", list.n > 1);
    return req_page(r, "profile/profile.cst");
}

static enum err change_form(struct req *r)
{
    struct user u;
    enum err e = user_by_id(r->c, r->c->user_id, &u);

    if (e != OK)
        return e;
    view_bool(r->page, "must_change", u.must_change_password);
    return req_page(r, "profile/password.cst");
}

static enum err profile_change(struct req *r)
{
    const struct change_in *in = r->in;
    char *token;
    enum err e;

    if (!streq(in->password, in->again))
        return ctx_fail(r->c, E_INVALID, "again", T_PASSWORD_TWICE, NULL);
    e = user_change_password(r->c, in->current, in->password, &token);
    if (e != OK)
        return e;
    req_sign_in(r, token);
    req_flash(r, T_PASSWORD_CHANGED, NULL);
    return req_redirect(r, "/profile");
}

/* An ADMIN sees who else has a PIN, to take it from somebody who has left or has told it. */
static enum err pin_form(struct req *r)
{
    struct users all = { 0 };
    enum err e = r->c->role < ROLE_ADMIN ? OK : pin_people(r->c, ROLE_USUARIO, &all);

    for (size_t i = 0; i < all.n; i++)
        if (all.v[i].id != r->c->user_id)
            view_fields(view_row(r->page, "people"), user_fields, &all.v[i]);
    view_instant(r->page, "pin.at", pin_set_at(r->c, r->c->user_id));
    view_int(r->page, "pin.owner", r->c->user_id);
    return e != OK ? e : req_page(r, "profile/pin.cst");
}

static enum err profile_pin(struct req *r)
{
    enum err e = pin_set(r->c, r->in);

    if (e != OK)
        return e;
    req_flash(r, T_PIN_SAVED, NULL);
    return req_redirect(r, "/profile");
}

static enum err profile_pin_clear(struct req *r)
{
    const struct pin_clear_in *in = r->in;
    enum err e = pin_clear(r->c, in->id, in->own_password);

    if (e != OK)
        return e;
    req_flash(r, T_PIN_CLEARED, NULL);
    return req_redirect(r, "/profile/pin");
}

static enum err profile_end(struct req *r)
{
    const struct end_in *in = r->in;
    enum err e = user_confirm(r->c, "current", in->current);

    if (e == OK)
        e = session_end_own(r->c, in->id);
    if (e != OK)
        return e;
    req_flash(r, T_SESSION_ENDED, NULL);
    return req_redirect(r, "/profile");
}

static enum err end_others(struct req *r)
{
    const struct password_in *in = r->in;
    enum err e = user_confirm(r->c, "current", in->current);

    if (e == OK)
        e = session_end_others(r->c);
    if (e != OK)
        return e;
    req_flash(r, T_SESSIONS_ENDED, NULL);
    return req_redirect(r, "/profile");
}

static enum err own_form(struct req *r)
{
    struct user u;
    enum err e = user_by_id(r->c, r->c->user_id, &u);

    if (e != OK)
        return e;
    view_text(r->page, "form.full_name", u.full_name);
    view_text(r->page, "form.email", u.email);
    view_phone(r->page, "form.phone", u.phone);
    view_text(r->page, "email_waiting", user_email_waiting(r->c));
    return req_page(r, "profile/edit.cst");
}

static enum err profile_own(struct req *r)
{
    const struct own_in *in = r->in;
    bool letter = false;
    enum err e = user_confirm(r->c, "current", in->current);

    if (e == OK)
        e = user_edit_own(r->c, &in->edit, &letter);
    if (e != OK)
        return e;
    req_flash(r, letter ? T_OWN_LETTER : T_SAVED, in->edit.email);
    return req_redirect(r, "/profile");
}

/* Where one may begin: of the counter only who works there. */
static void fill_homes(struct req *r)
{
    for (const struct word *home = user_homes; home->value != NULL; home++) {
        const char *path = user_home_path(r->c->a, r->c->role, home->value);

        if (streq(path + 1, home->value))
            view_option(r->page, "homes", home->value, home->words);
    }
}

/* ---- the app for codes ---- */

static enum err totp_form(struct req *r)
{
    struct totp t;
    enum err e = totp_read(r->c, &t);

    if (e != OK)
        return e;
    view_instant(r->page, "totp.at", t.confirmed_at);
    view_int(r->page, "totp.left", t.codes_left);
    view_text(r->page, "totp.key", t.secret);
    view_bool(r->page, "totp.owed", totp_is_owed(r->c, r->c->user_id));
    return req_page(r, "profile/totp.cst");
}

static enum err totp_picture(struct req *r)
{
    struct totp t;
    enum err e = totp_read(r->c, &t);

    if (e == OK && t.uri == NULL)
        return req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
    if (e == OK)
        e = barcode_svg(&r->body, BARCODE_QR, t.uri);
    return e != OK ? e : req_raw(r, BARCODE_TYPE);
}

static enum err profile_totp_begin(struct req *r)
{
    const struct password_in *in = r->in;
    enum err e = user_confirm(r->c, "current", in->current);

    if (e == OK)
        e = totp_begin(r->c);
    return e != OK ? e : req_redirect(r, "/profile/totp");
}

/* Ends with the recovery codes, which this answer alone shows. */
static enum err codes_shown(struct req *r, const struct recovery_codes *codes)
{
    for (size_t i = 0; i < RECOVERY_CODES; i++)
        view_text(view_row(r->page, "codes"), "code", codes->v[i]);
    return req_page(r, "profile/totp_codes.cst");
}

static enum err profile_totp_confirm(struct req *r)
{
    const struct totp_code_in *in = r->in;
    struct recovery_codes codes;
    enum err e = totp_confirm(r->c, in->code, &codes);

    return e != OK ? e : codes_shown(r, &codes);
}

static enum err profile_totp_renew(struct req *r)
{
    const struct totp_renew_in *in = r->in;
    struct recovery_codes codes;
    enum err e = user_confirm(r->c, "current", in->current);

    if (e == OK)
        e = totp_renew(r->c, in->renew_code, &codes);
    return e != OK ? e : codes_shown(r, &codes);
}

static enum err profile_totp_end(struct req *r)
{
    const struct totp_end_in *in = r->in;
    enum err e = user_confirm(r->c, "own_password", in->own_password);

    if (e == OK)
        e = totp_end(r->c, in->code);
    if (e != OK)
        return e;
    req_flash(r, T_TOTP_ENDED, NULL);
    return req_redirect(r, "/profile");
}

/* ---- preferences ---- */

static enum err settings_form(struct req *r)
{
    struct user u;
    enum err e = user_by_id(r->c, r->c->user_id, &u);

    if (e != OK)
        return e;
    view_options(r->page, "themes", user_themes);
    view_text(r->page, "form.theme", u.theme);
    view_options(r->page, "page_rows", user_page_rows);
    view_int(r->page, "form.page_rows", u.page_rows);
    fill_homes(r);
    view_text(r->page, "form.home", user_home_path(r->c->a, r->c->role, u.home) + 1);
    return req_page(r, "profile/settings.cst");
}

static enum err profile_settings(struct req *r)
{
    enum err e = user_set_preferences(r->c, r->in);

    if (e != OK)
        return e;
    req_flash(r, T_SAVED, NULL);
    return req_redirect(r, "/settings");
}

static const struct route routes[] = {
    { GET, "/profile", ROLE_USUARIO, NULL, profile, PAGE, "Mi perfil" },
    { GET, "/profile/change-password", ROLE_USUARIO, NULL, change_form, PAGE,
      "Cambiar mi contraseña" },
    { POST, "/profile/change-password", ROLE_USUARIO, &change_params, profile_change, PAGE | WHEN_FULL,
      "Cambiar mi contraseña", .form = "/profile/change-password" },
    { GET, "/profile/pin", ROLE_OPERADOR, NULL, pin_form, PAGE, "Mi PIN" },
    { POST, "/profile/pin", ROLE_OPERADOR, &pin_params, profile_pin, PAGE | WHEN_FULL, "Mi PIN",
      .form = "/profile/pin" },
    { POST, "/profile/pin/{id}/clear", ROLE_OPERADOR, &pin_clear_params, profile_pin_clear, PAGE, "Quitar un PIN",
      .form = "/profile/pin" },
    { POST, "/profile/sessions/{id}/end", ROLE_USUARIO, &end_params, profile_end, PAGE,
      "Cerrar una de mis sesiones", .form = "/profile" },
    { POST, "/profile/sessions/end-others", ROLE_USUARIO, &password_params, end_others, PAGE,
      "Cerrar mis otras sesiones", .form = "/profile" },
    { GET, "/profile/edit", ROLE_USUARIO, NULL, own_form, PAGE, "Mis datos" },
    { POST, "/profile/edit", ROLE_USUARIO, &own_params, profile_own, PAGE, "Mis datos", .form = "/profile/edit" },
    { GET, "/profile/totp", ROLE_USUARIO, NULL, totp_form, PAGE, "Código de ingreso" },
    { GET, "/profile/totp/qr.svg", ROLE_USUARIO, NULL, totp_picture, RAW, "QR de la aplicación de códigos" },
    { POST, "/profile/totp/begin", ROLE_USUARIO, &password_params, profile_totp_begin, PAGE, "Poner una aplicación de códigos",
      .form = "/profile/totp" },
    { POST, "/profile/totp/confirm", ROLE_USUARIO, &totp_code_params, profile_totp_confirm, PAGE, "Códigos de recuperación",
      .form = "/profile/totp" },
    { POST, "/profile/totp/codes", ROLE_USUARIO, &totp_renew_params, profile_totp_renew, PAGE, "Códigos de recuperación",
      .form = "/profile/totp" },
    { POST, "/profile/totp/end", ROLE_USUARIO, &totp_end_params, profile_totp_end, PAGE, "Quitar la aplicación de códigos",
      .form = "/profile/totp" },
    { GET, "/settings", ROLE_USUARIO, NULL, settings_form, PAGE, "Preferencias" },
    { POST, "/settings", ROLE_USUARIO, &settings_params, profile_settings, PAGE, "Preferencias",
      .form = "/settings" },
};
const struct area area = { "profile", routes, COUNT(routes) };
