/* Snapshot: all reads of one GET see one state of the database, whoever writes meanwhile; a throttle's
 * count is kept all the same. */
#include <criterion/criterion.h>

#include "domain/ground/throttle.h"
#include "store/db.h"
#include "tests/unit/web.h"

TestSuite(snapshot, .timeout = 60);

static const struct stmt closures = STMT("t_closures", "", "SELECT count(*) FROM closures");
static const struct stmt bump = STMT("t_bump", "",
    "INSERT INTO closures (day, reason) SELECT coalesce(max(day), 0) + 1, 'x' FROM closures");
static const struct stmt counted = STMT("t_counted", "", "SELECT coalesce(sum(count), 0) FROM throttles");
static const struct stmt truncate = STMT("t_truncate", "", "PRAGMA wal_checkpoint(TRUNCATE)");
static const struct stmt no_table = STMT("t_no_table", "", "SELECT 1 FROM nothing_of_that_name");

static struct db *other;         /* the connection of a second process, as it were */

static enum err bump_tx(struct db *db, void *arg UNUSED)
{
    return db_exec(db, NULL, &bump);
}

struct counts { int64_t before, after; };
static const struct field counts_rows[] = {
    FIELD(struct counts, before, F_INT, ""), FIELD(struct counts, after, F_INT, ""),
};
FIELD_TABLE_HERE(struct counts, counts_fields, counts_rows)

static enum err answer(struct req *r, int64_t before, int64_t after)
{
    return req_one(r, counts_fields, &((struct counts){ before, after }));
}

static enum err two_reads(struct req *r)
{
    int64_t before = db_scalar(r->c->db, -1, &closures);

    cr_assert_eq(db_write(other, bump_tx, NULL), OK);
    return answer(r, before, db_scalar(r->c->db, -1, &closures));
}

static enum err counting(struct req *r)
{
    int64_t before = db_scalar(r->c->db, -1, &counted);
    enum err e = throttle_window(r->c, "t", 2, 60);

    return e != OK ? e : answer(r, before, db_scalar(r->c->db, -1, &counted));
}

static enum err spoiled(struct req *r)
{
    struct rows q;
    enum err e = db_query(r->c->db, &q, &no_table);

    cr_expect_eq(e, E_INTERNAL);
    cr_expect_eq(db_scalar(r->c->db, -1, &closures), -1, "nothing is read after an error");
    return e;
}

static const struct route routes[] = {
    { GET, "/api/v1/two", ROLE_PUBLIC, NULL, two_reads, JSON, "Dos lecturas", NULL, GIVES(200, counts_fields) },
    { GET, "/api/v1/counting", ROLE_PUBLIC, NULL, counting, JSON, "Contada", NULL, GIVES(200, counts_fields) },
    { GET, "/spoiled", ROLE_PUBLIC, NULL, spoiled, PAGE, "Rota" },
};
static const struct area area_here = { "t", routes, COUNT(routes) };

static void opened(struct fixture *f, struct web *w)
{
    fixture_open(f);
    other = f->db;
    web_open(w, f, &area_here);
}

static void closed(struct fixture *f, struct web *w)
{
    web_close(w);
    fixture_close(f);
}

Test(snapshot, two_reads_of_a_get_see_one_state_though_somebody_commits_between_them)
{
    struct fixture f;
    struct web w;
    struct rows q;

    opened(&f, &w);
    cr_assert_eq(web_get(&w, "/api/v1/two"), 200);
    cr_expect(web_says(&w, "\"before\":0,\"after\":0"), "%s", w.body);
    cr_assert_eq(web_get(&w, "/api/v1/two"), 200);
    cr_expect(web_says(&w, "\"before\":1,\"after\":1"), "the next one sees it: %s", w.body);
    cr_assert_eq(db_one(f.db, &q, &truncate), OK);
    cr_expect_eq(db_int(&q, 0), 0, "no reader is left that a checkpoint would wait for");
    cr_expect_eq(db_end(&q), OK);
    closed(&f, &w);
}

Test(snapshot, a_get_that_is_throttled_counts_and_reads_on_behind_what_it_wrote)
{
    struct fixture f;
    struct web w;

    opened(&f, &w);
    w.address = "10.9.8.7";
    cr_assert_eq(web_get(&w, "/api/v1/counting"), 200);
    cr_expect(web_says(&w, "\"before\":0,\"after\":1"), "%s", w.body);
    cr_assert_eq(web_get(&w, "/api/v1/counting"), 200);
    cr_expect_eq(web_get(&w, "/api/v1/counting"), 429);
    cr_expect_eq(db_scalar(f.db, -1, &counted), 2);
    closed(&f, &w);
}

Test(snapshot, an_error_of_the_store_ends_it_and_the_page_that_says_so_reads_another)
{
    struct fixture f;
    struct web w;

    opened(&f, &w);
    cr_expect_eq(web_get(&w, "/spoiled"), 500);
    cr_expect(web_says(&w, "</html>"), "%s", w.body);
    cr_expect_eq(web_get(&w, "/api/v1/two"), 200);
    closed(&f, &w);
}

Test(snapshot, the_database_is_open_from_the_first_request_until_a_rest_and_from_the_next_one_on)
{
    struct fixture f;
    struct web w;

    opened(&f, &w);
    cr_expect_null(w.app.db, "nobody has asked yet");
    app_rest(&w.app);
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(web_get(&w, "/spoiled"), 500, "a page, whose template is parsed again after a rest");
        cr_expect(web_says(&w, "</html>"), "%s", w.body);
        cr_expect_eq(web_get(&w, "/api/v1/two"), 200);
        cr_expect_not_null(w.app.db);
        app_rest(&w.app);
        cr_expect_null(w.app.db);
    }
    closed(&f, &w);
}
