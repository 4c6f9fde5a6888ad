#include "staff.h"

#include "cgi-bin/texts.h"
#include "domain/message/account.h"
#include "domain/people/session.h"
#include "domain/people/texts.h"
#include "domain/people/user_change.h"

/* ---- parameters ---- */

#define ID_ROW(st) PARAM(st, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "De quién")
/* A page asks for it before what lets somebody in, or in as somebody else.  A token of the API proves nobody's
 * password: it shows no link, makes no ADMIN and changes no role and no e-mail, and to an ADMIN it does nothing
 * (user_change.h). */
#define PASSWORD_ROW(st) PARAM(st, current, P_RAW, PARAM_REQUIRED | PARAM_PAGE, 1, 512, "Contraseña de quien lo hace")
#define SHOWN_ROW(st, path) PARAM_AS(st, path, "shown", P_BOOL, PARAM_PAGE, 0, 0, "El enlace se muestra aquí, en vez de salir por correo")

struct id_in { int64_t id; };
static const struct param id_rows[] = { ID_ROW(struct id_in) };
const struct params staff_id_params = PARAMS(struct id_in, id_rows);

struct invite_in { struct user_invite_in who; const char *current; };
#define I struct invite_in
#define INVITE_ROWS(roles) \
    PARAM_AS(I, who.full_name, "full_name", P_TEXT, PARAM_REQUIRED, 1, 200, "Nombre completo"), \
    PARAM_AS(I, who.email, "email", P_TEXT, PARAM_REQUIRED, 1, 254, "Correo"), \
    PARAM_AS(I, who.username, "username", P_TEXT, PARAM_REQUIRED, 1, 60, "Usuario con el que ingresa"), \
    PARAM_ENUM_AS(I, who.role, "role", PARAM_REQUIRED, roles, "Rol")
static const struct param invite_rows[] = {
    INVITE_ROWS(user_roles),
    SHOWN_ROW(I, who.shown),
    PASSWORD_ROW(I),
};
static const struct param add_rows[] = { INVITE_ROWS(user_roles_by_token) };
const struct params staff_invite_params = PARAMS(I, invite_rows), staff_add_params = PARAMS(I, add_rows);

struct save_in { struct user_edit edit; const char *current; };
#define S struct save_in
static const struct param save_rows[] = {
    PARAM_AS(S, edit.id, "id", P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "De quién"),
    PARAM_AS(S, edit.full_name, "full_name", P_TEXT, PARAM_REQUIRED, 1, 200, "Nombre completo"),
    PARAM_AS(S, edit.email, "email", P_TEXT, PARAM_REQUIRED, 1, 254, "Correo"),
    PARAM_ENUM_AS(S, edit.role, "role", 0, user_roles, "Rol"),
    PARAM_AS(S, edit.version, "version", P_INT, 0, 0, INT64_MAX, "La versión que se vio"),
    PASSWORD_ROW(S),
};
const struct params staff_save_params = PARAMS(S, save_rows);

static const struct param patch_rows[] = {
    PARAM_AS(S, edit.id, "id", P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "De quién"),
    PARAM_AS(S, edit.full_name, "full_name", P_TEXT, 0, 1, 200, "Nombre completo"),
};
const struct params staff_patch_params = PARAMS(S, patch_rows);

struct link_in { int64_t id; bool shown; const char *current; };
static const struct param link_rows[] = {
    ID_ROW(struct link_in),
    SHOWN_ROW(struct link_in, shown),
    PASSWORD_ROW(struct link_in),
};
const struct params staff_link_params = PARAMS(struct link_in, link_rows);

struct enable_in { int64_t id; const char *current; };
static const struct param enable_rows[] = { ID_ROW(struct enable_in), PASSWORD_ROW(struct enable_in) };
const struct params staff_enable_params = PARAMS(struct enable_in, enable_rows);

/* ---- pages ---- */

static const char *staff_state(const struct user *u)
{
    return !u->is_active ? "deshabilitado" : u->joined_at != 0 ? "activo" : u->invited_until != 0 ? "invitado" : "vencido";
}

static void fill_user(struct view_node *n, const struct user *u)
{
    static const struct word states[] = {
        { "activo", "Activo" }, { "invitado", "Invitado" }, { "vencido", "Invitación vencida" },
        { "deshabilitado", "Deshabilitado" }, WORDS_END
    };

    view_fields(n, user_fields, u);
    view_text(n, "state", staff_state(u));
    view_text(n, "state_words", words_of(states, staff_state(u)));
}

enum err staff_list(struct req *r)
{
    struct users all;
    enum err e = user_list(r->c, &all);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_all(r, user_fields, all);
    for (size_t i = 0; i < all.n; i++)
        fill_user(view_row(r->page, "people"), &all.v[i]);
    return req_page(r, "users/staff.cst");
}

static void fill_mail(struct req *r)
{
    view_bool(r->page, "mail_off", !channel_is_on(r->c, "email"));
}

enum err staff_new(struct req *r)
{
    view_options(r->page, "roles", user_roles);
    view_text(r->page, "form.role", "OPERADOR");
    fill_mail(r);
    return req_page(r, "users/staff_new.cst");
}

enum err staff_person(struct req *r)
{
    const struct id_in *in = r->in;
    struct user u;
    enum err e = user_by_id(r->c, in->id, &u);

    if (e != OK)
        return e;
    if (req_is_api(r)) {
        req_tag(r, u.version);
        return req_one(r, user_fields, &u);
    }
    fill_user(view_child(r->page, "person"), &u);
    view_options(r->page, "roles", user_roles);
    view_text(r->page, "form.full_name", u.full_name);
    view_text(r->page, "form.email", u.email);
    view_text(r->page, "form.role", u.role);
    view_bool(r->page, "is_self", u.id == r->c->user_id);
    fill_mail(r);
    req_title(r, u.full_name);
    return req_page(r, "users/staff_person.cst");
}

/* ---- what is done ---- */

/* Whether who acts in a browser knows their own password. */
static enum err staff_confirm(struct req *r, const char *password)
{
    return req_is_api(r) ? OK : user_confirm(r->c, "current", password);
}

/* Ends with the link, which this answer alone shows, or with the person's page when it went by e-mail. */
static enum err staff_linked(struct req *r, const struct user_linked *x)
{
    if (req_is_api(r))
        return req_one(r, user_fields, &x->user);
    if (x->link == NULL) {
        req_flash(r, T_LINK_MAILED, x->user.email);
        return req_redirect(r, "/admin/users/%lld", (long long)x->user.id);
    }
    fill_user(view_child(r->page, "person"), &x->user);
    view_text(r->page, "link", x->link);
    req_title(r, x->user.full_name);
    return req_page(r, "users/staff_link.cst");
}

enum err staff_invite(struct req *r)
{
    const struct invite_in *in = r->in;
    struct user_linked x;
    enum err e = staff_confirm(r, in->current);

    if (e == OK)
        e = user_invite(r->c, &in->who, &x);
    return e != OK ? e : staff_linked(r, &x);
}

enum err staff_link(struct req *r)
{
    const struct link_in *in = r->in;
    struct user_linked x;
    enum err e = staff_confirm(r, in->current);

    if (e == OK)
        e = user_link_again(r->c, in->id, in->shown, &x);
    return e != OK ? e : staff_linked(r, &x);
}

/* Ends what was done to a user: with what they are now, or with their page. */
static enum err staff_done(struct req *r, enum err e, int64_t id, const struct text *said)
{
    struct user u;

    if (e == OK)
        e = user_by_id(r->c, id, &u);
    if (e != OK)
        return e;
    if (r->route->answer & TAGGED)
        req_tag(r, u.version);
    if (req_is_api(r))
        return req_one(r, user_fields, &u);
    req_flash(r, said, u.full_name);
    return req_redirect(r, "/admin/users/%lld", (long long)id);
}

enum err staff_save(struct req *r)
{
    const struct save_in *in = r->in;
    struct user_edit edit = in->edit;
    enum err e = staff_confirm(r, in->current);

    if (e == OK && req_is_api(r) && !req_if_match(r, &edit.version))
        return req_fail(r, E_PRECONDITION, T_USER_CHANGED);
    return staff_done(r, e != OK ? e : user_edit(r->c, &edit), edit.id, T_SAVED);
}

enum err staff_disable(struct req *r)
{
    const struct id_in *in = r->in;

    return staff_done(r, user_set_active(r->c, in->id, false), in->id, T_USER_DISABLED);
}

enum err staff_enable(struct req *r)
{
    const struct enable_in *in = r->in;
    enum err e = staff_confirm(r, in->current);

    return staff_done(r, e != OK ? e : user_set_active(r->c, in->id, true), in->id, T_USER_ENABLED);
}

enum err staff_sessions_end(struct req *r)
{
    const struct id_in *in = r->in;

    return staff_done(r, user_end_sessions(r->c, in->id), in->id, T_USER_SESSIONS_ENDED);
}

enum err staff_totp_clear(struct req *r)
{
    const struct enable_in *in = r->in;
    enum err e = staff_confirm(r, in->current);

    return staff_done(r, e != OK ? e : user_clear_totp(r->c, in->id), in->id, T_TOTP_CLEARED);
}
