#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/conf.h"
#include "base/texts.h"
#include "json/json.h"
#include "http/request.h"
#include "tests/helpers/memory_source.h"

static struct ctx *ctx_make(void)
{
    struct arena *a = arena_new();
    struct ctx *c = arena_alloc(a, sizeof(*c));
    const char *why;

    c->a = a;
    c->conf = conf_parse(a, "", &why);
    c->request_id = "r-1";
    return c;
}

static enum err open_with(struct ctx *c, struct request *r, const char *const *vars)
{
    struct memory_source *m = arena_alloc(c->a, sizeof(*m));

    m->vars = vars;
    return request_open(c, r, memory_source(m));
}

Test(request, an_address_is_decoded_once_and_checked)
{
    static const struct { const char *uri; enum err e; const char *path, *query; } rows[] = {
        { "/packages/7?x=1&y=%41", OK, "/packages/7", "x=1&y=%41" },
        { "/a%20b/%C3%B1", OK, "/a b/ñ", "" },
        { "/%2541", OK, "/%41", "" },                    /* decoded only once */
        { "/a?", OK, "/a", "" },
        { "/a.b/..c/...", OK, "/a.b/..c/...", "" },
        { "/a+b", OK, "/a+b", "" },
        { "", E_MALFORMED, "", "" }, { "a", E_MALFORMED, "", "" }, { "*", E_MALFORMED, "", "" },
        { "http://x/a", E_MALFORMED, "", "" },
        { "/a%00b", E_MALFORMED, "", "" }, { "/a%0a", E_MALFORMED, "", "" },
        { "/a%", E_MALFORMED, "", "" }, { "/a%4", E_MALFORMED, "", "" },
        { "/a%zz", E_MALFORMED, "", "" }, { "/a%ff", E_MALFORMED, "", "" },
        { "/%c0%ae%c0%ae/x", E_MALFORMED, "", "" }, { "/%ed%a0%80", E_MALFORMED, "", "" },
        { "/..", E_MALFORMED, "", "" }, { "/a/../b", E_MALFORMED, "", "" },
        { "/a/%2e%2E/b", E_MALFORMED, "", "" }, { "/a/.%2e", E_MALFORMED, "", "" },
        { "/./a", E_MALFORMED, "", "" }, { "/a%2f..%2fb", E_MALFORMED, "", "" },
        { "/a\\..\\b", E_MALFORMED, "", "" }, { "/a%5c..%5cb", E_MALFORMED, "", "" },
        { "/a#b", E_MALFORMED, "", "" },
        { "/a?%00=1", E_MALFORMED, "", "" }, { "/a?%ff=1", E_MALFORMED, "", "" },
    };
    struct ctx *c = ctx_make();
    struct request r;
    char *uri;

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *vars[] = { "REQUEST_METHOD", "GET", "REQUEST_URI", rows[i].uri, NULL };

        cr_assert_eq(open_with(c, &r, vars), rows[i].e, "row %zu: %s", i, rows[i].uri);
        if (rows[i].e == OK) {
            cr_assert_str_eq(r.path, rows[i].path);
            cr_assert_str_eq(r.query, rows[i].query);
        } else {
            cr_assert_eq(c->fault.err, rows[i].e);
        }
    }
    uri = arena_alloc(c->a, 5000);
    memset(uri, 'a', 4096);
    uri[0] = '/';
    cr_assert_eq(open_with(c, &r, (const char *[]){ "REQUEST_URI", uri, NULL }), OK);
    uri[4096] = 'a';
    cr_assert_eq(open_with(c, &r, (const char *[]){ "REQUEST_URI", uri, NULL }), E_TOO_LARGE);
    cr_assert_eq(open_with(c, &r, NULL), E_MALFORMED, "no variable at all");
    arena_free(c->a);
}

Test(request, its_facts_come_from_the_server)
{
    static const char *const vars[] = {
        "REQUEST_METHOD", "HEAD", "REQUEST_URI", "/x", "HTTP_HOST", "h:8080", "HTTPS", "on",
        "REMOTE_ADDR", "127.0.0.1", "CONTENT_TYPE", "text/x", "HTTP_IDEMPOTENCY_KEY", "k",
        "HTTP_X_FORWARDED_PROTO", "http", "CONTENT_LENGTH", "", NULL,
    };
    static const struct { const char *name; enum method m; } methods[] = {
        { "GET", GET }, { "POST", POST }, { "PATCH", PATCH }, { "DELETE", DELETE },
        { "PUT", METHOD_OTHER }, { "TRACE", METHOD_OTHER }, { "get", METHOD_OTHER },
        { "", METHOD_OTHER },
    };
    static const struct { const char *length; enum err e; } lengths[] = {
        { "0", OK }, { "83886080", OK }, { "83886081", E_TOO_LARGE },
        { "99999999999999999999", E_TOO_LARGE }, { "-1", E_MALFORMED }, { "1x", E_MALFORMED },
        { " 1", E_MALFORMED }, { "+1", E_MALFORMED },
    };
    struct ctx *c = ctx_make();
    struct request r;

    cr_assert_eq(open_with(c, &r, vars), OK);
    cr_assert(r.head && r.method == GET && r.content_length == 0);
    cr_assert_str_eq(r.host, "h:8080");
    cr_assert_str_eq(r.scheme, "https");
    cr_assert_str_eq(r.address, "127.0.0.1");
    cr_assert_str_eq(request_header(&r, "Idempotency-Key"), "k");
    cr_assert_str_eq(request_header(&r, "content-type"), "text/x");
    cr_assert_null(request_header(&r, "If-Match"));
    cr_assert_null(request_header(&r, "an-absurdly-long-header-name-that-no-program-of-ours-"
                                      "ever-asks-for"));
    for (size_t i = 0; i < COUNT(methods); i++) {
        const char *v[] = { "REQUEST_METHOD", methods[i].name, "REQUEST_URI", "/", NULL };

        cr_assert_eq(open_with(c, &r, v), OK);
        cr_assert_eq(r.method, methods[i].m, "%s", methods[i].name);
        cr_assert_str_eq(r.scheme, "http");
    }
    for (size_t i = 0; i < COUNT(lengths); i++) {
        const char *v[] = { "REQUEST_URI", "/", "CONTENT_LENGTH", lengths[i].length, NULL };

        cr_assert_eq(open_with(c, &r, v), lengths[i].e, "%s", lengths[i].length);
    }
    arena_free(c->a);
}

Test(request, a_cookie_is_found_by_its_whole_name)
{
    static const struct { const char *header, *value; } rows[] = {
        { "sid=abc", "abc" }, { "a=1; sid=abc", "abc" }, { "a=1;sid=abc;b=2", "abc" },
        { "xsid=1; sid=2", "2" }, { "sid=a=b==", "a=b==" }, { "sid=", "" },
        { "sid=abc  ; b=1", "abc" },
        { "sid=1; sid=2", "1" }, { "SID=1", NULL }, { "sid", NULL }, { "sid ;=x", NULL },
        { "", NULL }, { ";;; ;", NULL }, { "sidx=1", NULL }, { "a=sid=1", NULL },
    };
    const char *without[] = { "REQUEST_URI", "/", NULL };    /* the request reads it later */
    struct ctx *c = ctx_make();
    struct request r;

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *v[] = { "REQUEST_URI", "/", "HTTP_COOKIE", rows[i].header, NULL };
        const char *got;

        cr_assert_eq(open_with(c, &r, v), OK);
        got = request_cookie(&r, "sid");
        if (rows[i].value == NULL) {
            cr_assert_null(got, "row %zu gave %s", i, got);
        } else {
            cr_assert_not_null(got, "row %zu", i);
            cr_assert_str_eq(got, rows[i].value);
        }
    }
    cr_assert_eq(open_with(c, &r, without), OK);
    cr_assert_null(request_cookie(&r, "sid"));
    arena_free(c->a);
}

Test(form, is_read_as_browsers_write_it)
{
    static const char s[] = "a=1&b=x+y%20z&c&=empty&d=%C3%B1&e=1%002&f=100%&g=%zz&&a=2&h=%4&i=a=b";
    static const struct { const char *name, *value; size_t len; } rows[] = {
        { "a", "1", 1 }, { "b", "x y z", 5 }, { "c", "", 0 }, { "", "empty", 5 }, { "d", "ñ", 2 },
        { "e", "1\0" "2", 3 }, { "f", "100%", 4 }, { "g", "%zz", 3 }, { "a", "2", 1 },
        { "h", "%4", 2 }, { "i", "a=b", 3 },
    };
    struct ctx *c = ctx_make();
    struct pairs p = { 0 };
    struct buf b = { 0 };

    cr_assert_eq(form_parse(c, s, sizeof(s) - 1, &p), OK);
    cr_assert_eq(p.n, COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_assert_str_eq(p.v[i].name, rows[i].name);
        cr_assert_eq(p.v[i].len, rows[i].len);
        cr_assert_eq(memcmp(p.v[i].value, rows[i].value, rows[i].len + 1), 0);
    }
    cr_assert_str_eq(pairs_get(&p, "a"), "1");
    cr_assert_null(pairs_get(&p, "z"));

    for (int i = 0; i <= FORM_PAIRS; i++)
        buf_str(&b, "a&");
    p = (struct pairs){ 0 };
    cr_assert_eq(form_parse(c, b.data, b.len, &p), E_TOO_LARGE);
    buf_free(&b);
    arena_free(c->a);
}

Test(link, says_a_value_so_that_the_form_parser_reads_the_same)
{
    static const char *const values[] = { "30+", "ana ñáñez", "a=1&b=2", "100%", "/t/x?y#z", "~-_.", "\"<'" };
    struct ctx *c = ctx_make();
    const char *link = link_add(c->a, "/packages", "none", NULL);
    struct pairs p = { 0 };

    cr_assert_str_eq(link, "/packages");
    cr_assert_str_eq(link_add(c->a, link, "empty", ""), "/packages");
    for (size_t i = 0; i < COUNT(values); i++)
        link = link_add(c->a, link, "v", values[i]);
    cr_assert(has_prefix(link, "/packages?v=30%2B&v=ana%20"), "%s", link);
    link = strchr(link, '?') + 1;
    cr_assert_eq(form_parse(c, link, strlen(link), &p), OK);
    cr_assert_eq(p.n, COUNT(values));
    for (size_t i = 0; i < COUNT(values); i++)
        cr_assert_str_eq(p.v[i].value, values[i]);
    arena_free(c->a);
}

static enum err body(struct ctx *c, struct request *r, const char *type, const char *text,
                     const char *length, size_t step)
{
    struct memory_source *m = arena_alloc(c->a, sizeof(*m));
    const char *vars[] = { "REQUEST_METHOD", "POST", "REQUEST_URI", "/", "CONTENT_TYPE", type,
                           "CONTENT_LENGTH", length, NULL };

    m->vars = vars;
    m->body = text;
    m->n = strlen(text);
    m->step = step;
    cr_assert_eq(request_open(c, r, memory_source(m)), OK);
    m->vars = NULL;
    return request_body(c, r);
}

Test(body, is_read_whole_by_its_content_type)
{
    static const struct { const char *type, *text, *length; enum err e; } rows[] = {
        { "application/x-www-form-urlencoded", "a=1", "3", OK },
        { "application/x-www-form-urlencoded; charset=UTF-8", "a=1", "3", OK },
        { "Application/X-WWW-Form-Urlencoded;charset=\"utf-8\"", "a=1", "3", OK },
        { "application/json", "{\"a\":1}", "7", OK },
        { "application/json;charset=utf-8", "{\"a\":1}", "7", OK },
        { "application/json", "{'a':1}", "7", E_MALFORMED },
        { "application/json", "{\"a\":1}", "8", E_MALFORMED },        /* the body is a byte short */
        { "application/x-www-form-urlencoded", "a=1", "4", E_MALFORMED },
        { "application/x-www-form-urlencoded; charset=iso-8859-1", "a=1", "3", E_MEDIA },
        { "text/plain", "a=1", "3", E_MEDIA }, { "", "a=1", "3", E_MEDIA },
        { "application/json2", "{}", "2", E_MEDIA }, { "application/js", "{}", "2", E_MEDIA },
        { "multipart/form-data", "x", "1", E_MALFORMED },
        { "multipart/form-data; boundary=", "x", "1", E_MALFORMED },
        { "multipart/form-data; boundary=\"a", "x", "1", E_MALFORMED },
        { "multipart/form-data; boundary=\"a \"", "x", "1", E_MALFORMED },
        { "multipart/form-data; boundary=a{b", "x", "1", E_MALFORMED },
        { "multipart/form-data; boundary=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
          "ffffffffffgggggggggghh", "x", "1", E_MALFORMED },
        { "text/plain", "", "0", OK }, { "text/plain", "", "", OK },
        { "application/json", "", "65537", E_TOO_LARGE },
        { "application/x-www-form-urlencoded", "", "262145", E_TOO_LARGE },
    };
    struct ctx *c = ctx_make();
    struct request r;

    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t step = 0; step < 3; step++) {
            enum err e = body(c, &r, rows[i].type, rows[i].text, rows[i].length, step);

            cr_assert_eq(e, rows[i].e, "row %zu gave %s", i, err_name(e));
            if (e == OK && r.json == NULL && r.content_length > 0)
                cr_assert_str_eq(pairs_get(&r.post, "a"), "1");
            cr_assert_eq(request_body(c, &r), OK, "a second call reads nothing");
            request_close(&r);
            request_close(&r);
        }
    }
    arena_free(c->a);
}

Test(problem, is_what_rfc_9457_says)
{
    static const char expected[] =
        "{\"type\":\"\\/docs\\/errors\\/invalid\",\"title\":\"Datos por corregir\","
        "\"status\":422,\"detail\":\"Escriba este dato: hace falta para continuar.\","
        "\"instance\":\"r-1\",\"errors\":[{\"pointer\":\"#\\/phone\",\"message\":"
        "\"Escriba este dato: hace falta para continuar.\"},{\"pointer\":\"#\\/a~1b~0c\","
        "\"message\":\"No conocemos el campo «a\\/b~c».\"}]}";
    struct ctx *c = ctx_make();
    struct buf b = { 0 };

    ctx_invalid(c, "phone", T_REQUIRED, NULL);
    ctx_invalid(c, "a/b~c", T_UNKNOWN_FIELD, "a/b~c", NULL);
    problem_write(&b, c, 422);
    cr_assert_str_eq(b.data, expected, "%s", b.data);
    buf_reset(&b);
    (void)ctx_fail(c, E_CONFLICT, "guide", T_GUIDE_ACTIVE, "A1", NULL);
    problem_write(&b, c, 409);
    cr_assert_null(strstr(b.data, "errors\":["));
    cr_assert_not_null(strstr(b.data, "La guía A1 ya está"));
    buf_free(&b);
    arena_free(c->a);
}
