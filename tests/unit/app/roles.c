/* Roles, scopes and where a request comes from: what a row of the route table asks for is asked of everybody, and
 * a route whose row forgot its role is open to nobody. */
#include <criterion/criterion.h>

#include "app/call.h"
#include "base/clock.h"
#include "base/texts.h"
#include "crypto/crypto.h"
#include "domain/people/session.h"
#include "domain/people/token.h"
#include "tests/unit/web.h"

TestSuite(roles, .timeout = 60);
TestSuite(csrf, .timeout = 60);

static enum err say(struct req *r)
{
    return req_nothing(r);
}

static const struct route forgetful[] = {
    { GET, "/api/v1/open", ROLE_PUBLIC, NULL, say, JSON, "Abierta", NULL, GIVES_EMPTY },
    { .method = GET, .path = "/api/v1/forgotten", .handler = say, .answer = JSON, .title = "Olvidada" },
};
static const struct area with = { "t", forgetful, COUNT(forgetful) }, without = { "t", forgetful, 1 };

Test(roles, a_row_without_one_is_found_before_the_program_starts)
{
    cr_assert_null(area_undeclared(&without));
    cr_assert_str_eq(area_undeclared(&with)->path, "/api/v1/forgotten");
}

struct upload_in { struct uploads photos; };
static const struct param upload_rows[] = {
    PARAM(struct upload_in, photos, P_FILES, 0, 0, 1, "Fotos"),
};
static const struct params upload_params = PARAMS(struct upload_in, upload_rows);

static enum err admit_none(struct req *r)
{
    return req_fail(r, E_NOT_FOUND, T_NOT_FOUND);
}

static const struct route greedy[] = {
    { POST, "/photos/{token}", ROLE_PUBLIC, &upload_params, say, PAGE | CSRF_FORM, "Fotos", .admits = admit_none },
    { POST, "/photos", ROLE_PUBLIC, &upload_params, say, PAGE | CSRF_FORM, "Fotos" },
};
static const struct area takes = { "t", greedy, COUNT(greedy) }, admits = { "t", greedy, 1 };

Test(roles, a_public_row_that_takes_files_of_anybody_is_found_before_the_program_starts)
{
    struct arena *a = arena_new();

    cr_assert_null(area_wrong(a, &admits));
    cr_assert_str_eq(area_wrong(a, &takes), "POST /photos takes files of anybody");
    arena_free(a);
}

Test(roles, whom_a_row_does_not_admit_is_refused_before_a_byte_of_the_body_is_read)
{
    struct fixture f;
    struct web w;

    fixture_open(&f);
    web_open(&w, &f, &admits);
    cr_expect_eq(web_send(&w, "POST", "/photos/x", "multipart/form-data; boundary=b", "no multipart at all"), 404, "%d", w.status);
    web_close(&w);
    fixture_close(&f);
}

Test(roles, nor_does_such_a_row_answer_anybody)
{
    struct fixture f;
    struct web w;

    fixture_open(&f);
    web_open(&w, &f, &with);
    cr_assert_eq(web_get(&w, "/api/v1/open"), 200);
    cr_assert_eq(web_get(&w, "/api/v1/forgotten"), 403);
    web_close(&w);
    fixture_close(&f);
}

static enum err go_on(struct req *r)
{
    return req_redirect(r, "/done");
}

static const struct route asking[] = {
    { GET, "/api/v1/read", ROLE_USUARIO, NULL, say, JSON, "Leer", "packages", GIVES_EMPTY },
    { GET, "/api/v1/work", ROLE_OPERADOR, NULL, say, JSON, "Atender", "packages", GIVES_EMPTY },
    { GET, "/api/v1/rule", ROLE_ADMIN, NULL, say, JSON, "Administrar", "users", GIVES_EMPTY },
    { GET, "/read", ROLE_USUARIO, NULL, go_on, PAGE, "Leer" },
    { POST, "/act", ROLE_OPERADOR, NULL, go_on, PAGE, "Actuar" },
    { POST, "/open", ROLE_PUBLIC, NULL, go_on, PAGE | CSRF_FORM, "Formulario público" },
    { GET, "/inner", ROLE_PUBLIC, NULL, go_on, RAW | LOCAL, "Por dentro" },
};
static const struct area asks = { "t", asking, COUNT(asking) };

struct signing { struct ctx c; char *token; };

static enum err start_tx(struct db *db UNUSED, void *arg)
{
    struct signing *x = arg;

    return session_start_tx(&x->c, 1, NULL, &x->token);
}

/* Signs user 1 in, and gives the token that the forms of the session carry. */
static const char *signed_in(struct web *w)
{
    struct fixture *f = w->f;
    struct signing x = { .c = f->c };
    struct session s;

    x.c.now = clock_now();
    x.c.user_agent = "Firefox";
    cr_assert_eq(db_write(f->db, start_tx, &x), OK);
    pairs_add(f->a, &w->cookies, (struct pair){ "sid", x.token, strlen(x.token) });
    cr_assert_eq(session_open(&x.c, x.token, &s), OK);
    return s.csrf;
}

static const char *bearer(struct fixture *f, const char *role, const char *scopes)
{
    char *token;
    int64_t id;

    cr_assert_eq(token_add(&f->c, &(struct token_in){ "Prueba", "jefe", role, scopes, NULL, 0 }, &id, &token), OK);
    return arena_printf(f->a, "Bearer %s", token);
}

Test(roles, each_opens_what_asks_for_it_or_for_less_and_nothing_above)
{
    static const struct { const char *role; int read, work, rule; } rows[] = {
        { NULL, 401, 401, 401 }, { "USUARIO", 200, 403, 403 }, { "OPERADOR", 200, 200, 403 }, { "ADMIN", 200, 200, 200 },
    };
    struct fixture f;
    struct web w;

    fixture_open(&f);
    web_open(&w, &f, &asks);
    for (size_t i = 0; i < COUNT(rows); i++) {
        w.bearer = rows[i].role == NULL ? NULL : bearer(&f, rows[i].role, "*");
        cr_expect_eq(web_get(&w, "/api/v1/read"), rows[i].read, "%s: %d", rows[i].role, w.status);
        cr_expect_eq(web_get(&w, "/api/v1/work"), rows[i].work, "%s: %d", rows[i].role, w.status);
        cr_expect_eq(web_get(&w, "/api/v1/rule"), rows[i].rule, "%s: %d", rows[i].role, w.status);
    }
    web_close(&w);
    fixture_close(&f);
}

Test(roles, a_token_opens_only_what_its_scopes_name)
{
    struct fixture f;
    struct web w;

    fixture_open(&f);
    web_open(&w, &f, &asks);
    w.bearer = bearer(&f, "ADMIN", "packages jobs");
    cr_expect_eq(web_get(&w, "/api/v1/work"), 200);
    cr_expect_eq(web_get(&w, "/api/v1/rule"), 403, "users is not among them");
    w.bearer = bearer(&f, "ADMIN", "user packagess");
    cr_expect_eq(web_get(&w, "/api/v1/work"), 403, "a scope that only begins alike");
    cr_expect_eq(web_get(&w, "/api/v1/rule"), 403);
    web_close(&w);
    fixture_close(&f);
}

Test(roles, a_password_that_somebody_else_chose_is_changed_before_anything_else)
{
    static const struct stmt must = STMT("t_must_change", "", "UPDATE users SET must_change_password = 1 WHERE id = 1");
    struct fixture f;
    struct web w;

    fixture_open(&f);
    web_open(&w, &f, &asks);
    signed_in(&w);
    cr_expect_eq(web_get(&w, "/read"), 303);
    cr_expect_str_eq(web_header(&w, "Location"), "/done");
    cr_assert_eq(db_exec(f.db, NULL, &must), OK);
    cr_expect_eq(web_get(&w, "/read"), 303);
    cr_expect_str_eq(web_header(&w, "Location"), "/profile/change-password");
    web_close(&w);
    fixture_close(&f);
}

Test(roles, what_is_for_this_machine_answers_no_other)
{
    struct fixture f;
    struct web w;

    fixture_open(&f);
    web_open(&w, &f, &asks);
    cr_expect_eq(web_get(&w, "/inner"), 303);
    w.address = "::1";
    cr_expect_eq(web_get(&w, "/inner"), 303);
    w.address = "10.1.2.3";
    cr_expect_eq(web_get(&w, "/inner"), 404);
    web_close(&w);
    fixture_close(&f);
}

/* Posts `token` as the form's token, as a browser on the page `origin` would. */
static int posted(struct web *w, const char *uri, const char *token, const char *origin, const char *site)
{
    w->origin = origin;
    w->site = site;
    return web_send(w, "POST", uri, NULL, arena_printf(w->f->a, "csrf=%s", token));
}

Test(csrf, a_form_of_staff_needs_the_sessions_own_token_and_our_own_page)
{
    static const char own[] = "http://paquetes.test";
    struct fixture f;
    struct web w;
    const char *csrf, *form;

    fixture_open(&f);
    web_open(&w, &f, &asks);
    csrf = signed_in(&w);
    form = sign_text(f.a, f.conf, "csrf_key", "form", clock_now() + 60);
    cr_expect_eq(posted(&w, "/act", csrf, own, "same-origin"), 303, "%d", w.status);
    cr_expect_eq(posted(&w, "/act", csrf, NULL, "same-origin"), 303, "no Origin, but Sec-Fetch-Site");
    cr_expect_eq(posted(&w, "/act", csrf, own, NULL), 303, "an old browser says only Origin");
    cr_expect_eq(posted(&w, "/act", csrf, NULL, NULL), 403, "neither");
    cr_expect_eq(posted(&w, "/act", csrf, "null", "same-origin"), 303, "one that hides the origin says that it is ours");
    cr_expect_eq(posted(&w, "/act", csrf, "null", NULL), 403, "or says nothing");
    cr_expect_eq(posted(&w, "/act", csrf, "null", "cross-site"), 403);
    cr_expect_eq(posted(&w, "/act", csrf, own, "cross-site"), 403);
    cr_expect_eq(posted(&w, "/act", csrf, own, "same-site"), 403);
    cr_expect_eq(posted(&w, "/act", csrf, "http://otro.test", "same-origin"), 403);
    cr_expect_eq(posted(&w, "/act", csrf, "https://paquetes.test", NULL), 403, "another scheme");
    cr_expect_eq(posted(&w, "/act", "", own, "same-origin"), 403);
    cr_expect_eq(posted(&w, "/act", arena_printf(f.a, "%c%s", csrf[0] == 'x' ? 'y' : 'x', csrf + 1), own, "same-origin"), 403, "one letter");
    cr_expect_eq(posted(&w, "/act", form, own, "same-origin"), 403, "the token of public forms is for these");
    web_close(&w);
    fixture_close(&f);
}

Test(csrf, a_public_form_is_good_for_twelve_hours)
{
    static const char own[] = "http://paquetes.test";
    struct fixture f;
    struct web w;
    struct call k;
    const char *token;

    fixture_open(&f);
    web_open(&w, &f, &asks);
    k = (struct call){ .app = &w.app, .c = f.c };
    k.c.now = clock_now();
    token = csrf_token(&k);
    cr_expect_eq(strtoll(strchr(token, '.') + 1, NULL, 10), k.c.now + 43200);
    cr_expect_eq(posted(&w, "/open", token, own, "same-origin"), 303, "%d", w.status);
    cr_expect_eq(posted(&w, "/open", sign_text(f.a, f.conf, "csrf_key", "form", clock_now() - 1), own, "same-origin"), 403);
    cr_expect_eq(posted(&w, "/open", sign_text(f.a, f.conf, "csrf_key", "otro", clock_now() + 60), own, "same-origin"), 403);
    web_close(&w);
    fixture_close(&f);
}
