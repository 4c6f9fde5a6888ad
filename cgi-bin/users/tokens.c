#include "tokens.h"

#include "cgi-bin/texts.h"
#include "domain/people/user.h"

#define SCOPES_CHARS 1000
#define REASON_CHARS 200

/* ---- parameters ---- */

/* A page has a box for each scope, the API a list of them. */
struct add_in {
    const char *name, *role, *scopes, *days, *reason, *current;
    bool all, boxes[SCOPE_COUNT];
};
#define IN struct add_in
#define SCOPE(id, scope, words) PARAM_AS(IN, boxes[SCOPE_##id], scope, P_BOOL, PARAM_PAGE, 0, 0, words),
static const struct param add_rows[] = {
    PARAM(IN, name, P_TEXT, PARAM_REQUIRED, 2, 100, "Para qué es"),
    PARAM_ENUM(IN, role, PARAM_REQUIRED, user_roles, "Rol, no mayor que el propio"),
    PARAM_ENUM(IN, days, PARAM_REQUIRED, token_lives, "Cuántos días sirve; 0: hasta que se revoque"),
    PARAM(IN, reason, P_TEXT, 0, 0, REASON_CHARS, "Por qué no vence, si days es 0"),
    PARAM(IN, scopes, P_LINES, PARAM_API | PARAM_REQUIRED, 1, SCOPES_CHARS, "Permisos, o * si todos"),
    PARAM(IN, all, P_BOOL, PARAM_PAGE, 0, 0, "Todos los permisos del rol"),
#include "domain/people/token_scope.def"
    PARAM(IN, current, P_RAW, PARAM_REQUIRED | PARAM_PAGE, 1, 512, "Contraseña de quien la crea"),
};
#undef SCOPE
const struct params tokens_add_params = PARAMS(IN, add_rows);

struct id_in { int64_t id; };
static const struct param id_rows[] = { PARAM(struct id_in, id, P_ID, PARAM_PATH | PARAM_REQUIRED, 0, 0, "La credencial") };
const struct params tokens_id_params = PARAMS(struct id_in, id_rows);

/* ---- pages ---- */

static void fill_token(struct req *r, const struct api_token *t)
{
    struct view_node *row = view_row(r->page, "tokens");
    const bool over = t->expires_at != 0 && t->expires_at <= r->c->now;

    view_fields(row, token_fields, t);
    view_bool(row, "all", streq(t->scopes, "*"));
    view_text(row, "state_words", t->revoked_at != 0 ? "Revocada" : over ? "Vencida" : NULL);
}

enum err tokens_list(struct req *r)
{
    struct api_tokens all;
    enum err e = token_list(r->c, &all);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_all(r, token_fields, all);
    for (size_t i = all.n; i > 0; i--)
        fill_token(r, &all.v[i - 1]);
    return req_page(r, "users/tokens.cst");
}

enum err tokens_new(struct req *r)
{
    view_options(r->page, "roles", user_roles);
    view_options(r->page, "lives", token_lives);
    view_options(r->page, "scopes", token_scopes);
    view_text(r->page, "form.role", "OPERADOR");
    view_text(r->page, "form.days", "365");
    return req_page(r, "users/token_new.cst");
}

/* ---- what is done ---- */

/* The scopes that were chosen, as token_add takes them: with spaces between them. */
static const char *scopes_chosen(struct req *r, const struct add_in *in)
{
    char *out = arena_strdup(r->c->a, in->scopes != NULL ? in->scopes : "");

    for (char *s = out; *s != '\0'; s++)
        if (*s == '\n' || *s == '\r')
            *s = ' ';
    if (req_is_api(r))
        return out;
    if (in->all)
        return "*";
    for (size_t i = 0; i < SCOPE_COUNT; i++)
        if (in->boxes[i])
            out = arena_printf(r->c->a, "%s%s%s", out, *out != '\0' ? " " : "", token_scopes[i].value);
    return out;
}

/* Whether who asks has every scope that the new token would have: a program makes none that may more than itself. */
static enum err scopes_held(struct req *r, const char *scopes)
{
    enum err e = OK;

    for (const char *s = scopes; *s != '\0' && e == OK; s += strspn(s, " ")) {
        const size_t n = strcspn(s, " ");

        e = n == 0 ? OK : req_scope(r, arena_strndup(r->c->a, s, n));
        s += n;
    }
    return e;
}

enum err tokens_add(struct req *r)
{
    const struct add_in *in = r->in;
    struct token_in token = { .name = in->name, .role = in->role, .scopes = scopes_chosen(r, in),
                              .reason = in->reason };
    struct token_made made;
    enum err e = req_is_api(r) ? scopes_held(r, token.scopes) : user_confirm(r->c, "current", in->current);

    if (e == OK && !parse_int(in->days, &token.days))
        e = E_INTERNAL;
    if (e == OK)
        e = token_add_own(r->c, &token, &made);
    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_one(r, token_made_fields, &made);
    view_fields(view_child(r->page, "made"), token_fields, &made.row);
    view_text(r->page, "token", made.token);
    return req_page(r, "users/token_made.cst");
}

enum err tokens_revoke(struct req *r)
{
    const struct id_in *in = r->in;
    enum err e = token_revoke(r->c, in->id);

    if (e != OK)
        return e;
    if (req_is_api(r))
        return req_nothing(r);
    req_flash(r, T_TOKEN_REVOKED, NULL);
    return req_redirect(r, "/admin/tokens");
}
