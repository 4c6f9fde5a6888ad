/* Answers of JSON routes: they follow the table in the route's row, page by page; and a row that cannot be
 * right is found before the program starts. */
#include <criterion/criterion.h>

#include "tests/unit/web.h"

TestSuite(gives, .timeout = 60);

struct box { int64_t id; const char *name; };
struct boxes { struct box *v; size_t n; };
static const struct field box_rows[] = { FIELD(struct box, id, F_ID, ""), FIELD(struct box, name, F_TEXT, "") };
FIELD_TABLE_HERE(struct box, box_fields, box_rows)

struct list_in { int64_t before, limit; const char *zone; };
#define L struct list_in
static const struct param list_rows[] = {
    PARAM(L, before, P_ID, 0, 0, 0, ""), PARAM(L, limit, P_INT, 0, 1, 9, ""), PARAM(L, zone, P_TEXT, 0, 0, 9, ""),
};
static const struct params list_params = PARAMS(L, list_rows);

static enum err one(struct req *r)
{
    const struct box box = { 7, "Ñ" };   /* on the handler's stack: written before it returns */

    return req_one(r, box_fields, &box);
}

static enum err list(struct req *r)
{
    const L *in = r->in;
    struct box boxes[] = { { in->before ? in->before - 1 : 9, "a" }, { 3, NULL } };
    const struct boxes all = { boxes, 2 };

    return req_list(r, box_fields, all, in->before == 4 ? 0 : 3);
}

static enum err whole(struct req *r)
{
    struct box boxes[] = { { 1, "a" } };
    const struct boxes all = { boxes, 1 };

    return req_all(r, box_fields, all);
}

static enum err nothing(struct req *r)
{
    return req_nothing(r);
}

static const struct route rows[] = {
    { GET, "/api/v1/box", ROLE_PUBLIC, NULL, one, JSON, "Una", NULL, GIVES(201, box_fields) },
    { GET, "/api/v1/boxes", ROLE_PUBLIC, &list_params, list, JSON, "Todas", NULL, GIVES_LIST_OF(200, box_fields) },
    { GET, "/api/v1/whole", ROLE_PUBLIC, NULL, whole, JSON, "Las que hay", NULL, GIVES_ALL_OF(200, box_fields) },
    { GET, "/api/v1/nothing", ROLE_PUBLIC, NULL, nothing, JSON, "Nada", NULL, GIVES_EMPTY },
};
static const struct area right = { "t", rows, COUNT(rows) };

Test(gives, a_route_answers_by_its_row)
{
    struct fixture f;
    struct web w;

    fixture_open(&f);
    web_open(&w, &f, &right);
    cr_assert_eq(web_get(&w, "/api/v1/box"), 201);
    cr_expect_str_eq(w.body, "{\"id\":7,\"name\":\"Ñ\"}");
    cr_assert_eq(web_get(&w, "/api/v1/whole"), 200);
    cr_expect_str_eq(w.body, "{\"items\":[{\"id\":1,\"name\":\"a\"}]}");
    cr_assert_eq(web_get(&w, "/api/v1/nothing"), 200);
    cr_expect_str_eq(w.body, "{}");
    web_close(&w);
    fixture_close(&f);
}

Test(gives, a_list_says_where_the_next_page_begins_and_keeps_what_was_asked)
{
    struct fixture f;
    struct web w;

    fixture_open(&f);
    web_open(&w, &f, &right);
    cr_assert_eq(web_get(&w, "/api/v1/boxes?zone=A%20%26&limit=2&utm_x=1"), 200);
    cr_expect_str_eq(w.body, "{\"items\":[{\"id\":9,\"name\":\"a\"},{\"id\":3,\"name\":null}],\"next\":3}");
    cr_expect_not_null(strstr(w.head, "Link: </api/v1/boxes?before=3&limit=2&zone=A%20%26>; rel=\"next\"\r\n"),
                       "%s", w.head);
    cr_assert_eq(web_get(&w, "/api/v1/boxes?before=4"), 200);
    cr_expect_not_null(strstr(w.body, "\"next\":null}"));
    cr_expect_null(strstr(w.head, "Link:"));
    web_close(&w);
    fixture_close(&f);
}

/* ---- tables of another struct ---- */

struct crate { struct box box; int64_t weight; };
static const struct field crate_rows[] = {
    FIELD(struct box, id, F_ID, ""),     /* a row of the first member's struct, not of crate's */
    FIELD(struct crate, weight, F_INT, ""),
};
FIELD_TABLE_HERE(struct crate, crate_fields, crate_rows)

struct lid { struct box box; const char *name; };
static const struct field twice_rows[] = {
    FIELD_INNER(struct lid, box, "box", F_PART, box_fields, NULL), FIELD(struct lid, name, F_TEXT, ""),
};
FIELD_TABLE_HERE(struct lid, twice_fields, twice_rows)

struct crate_in { L list; int64_t id; };
static const struct param crate_params_rows[] = {
    PARAM(L, limit, P_INT, 0, 1, 9, ""), PARAM(struct crate_in, id, P_ID, 0, 0, 0, ""),
};
static const struct params crate_params = PARAMS(struct crate_in, crate_params_rows);

Test(gives, a_table_with_a_row_of_another_struct_is_found_before_the_program_starts)
{
    static const struct route bad_in[] = { { GET, "/in", ROLE_PUBLIC, &crate_params, one, PAGE, "" } };
    static const struct route bad_out[] = { { GET, "/out", ROLE_PUBLIC, NULL, one, JSON, "", NULL, GIVES(200, crate_fields) } };
    static const struct route silent[] = { { GET, "/silent", ROLE_PUBLIC, NULL, one, JSON, "" } };
    static const struct route endless[] = { { GET, "/endless", ROLE_PUBLIC, NULL, one, JSON, "", NULL, GIVES_LIST_OF(200, box_fields) } };
    static const struct route twice[] = { { GET, "/twice", ROLE_PUBLIC, NULL, one, JSON, "", NULL, GIVES(200, twice_fields) } };
    static const struct route loud[] = { { GET, "/loud", ROLE_PUBLIC, NULL, one, PAGE, "", NULL, GIVES(200, box_fields) } };
    static const struct route thoughtless[] = { { POST, "/twice", ROLE_PUBLIC, NULL, one, JSON, "", NULL, GIVES(200, box_fields) } };
    static const struct route wordy[] = {
        { POST, "/key", ROLE_PUBLIC, NULL, one, JSON | OPTIONAL_KEY, "", NULL, GIVES(200, box_fields), .keyless = "solo lee" },
    };
    static const struct route reads[] = {
        { POST, "/reads", ROLE_PUBLIC, NULL, one, JSON, "", NULL, GIVES(200, box_fields), .keyless = "solo lee" },
    };
    struct arena *a = arena_new();

    cr_expect_null(area_wrong(a, &right));
    cr_expect_null(area_wrong(a, &(struct area){ "t", reads, 1 }));
    cr_expect_str_eq(area_wrong(a, &(struct area){ "t", thoughtless, 1 }),
                     "POST /twice takes no operation key and does not say why, or says why and takes one");
    cr_expect_str_eq(area_wrong(a, &(struct area){ "t", wordy, 1 }),
                     "POST /key takes no operation key and does not say why, or says why and takes one");
    cr_expect_str_eq(area_wrong(a, &(struct area){ "t", silent, 1 }), "GET /silent does not say what it gives");
    cr_expect_str_eq(area_wrong(a, &(struct area){ "t", endless, 1 }),
                     "GET /endless gives a list page by page and takes neither before nor after");
    cr_expect_str_eq(area_wrong(a, &(struct area){ "t", twice, 1 }), "GET /twice gives a member twice");
    cr_expect_str_eq(area_wrong(a, &(struct area){ "t", loud, 1 }), "GET /loud gives JSON and is no route of it");
    cr_expect_str_eq(area_wrong(a, &(struct area){ "t", bad_in, 1 }), "GET /in has a parameter of another struct");
    cr_expect_str_eq(area_wrong(a, &(struct area){ "t", bad_out, 1 }), "GET /out gives a member of another struct");
    arena_free(a);
}
