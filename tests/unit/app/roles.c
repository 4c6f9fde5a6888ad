/* Roles: a route whose row forgot its role is open to nobody. */
#include <criterion/criterion.h>

#include "tests/unit/web.h"

TestSuite(roles, .timeout = 60);

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
