/* Photo links: for whom, for how long and for which form a phone may send photos, and that each goes along once. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/parcel/photo.h"
#include "domain/parcel/photo_link.h"
#include "domain/parcel/texts.h"
#include "queue/job.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

TestSuite(photo_link, .timeout = 60);

static const struct stmt add_session = STMT("t_link_session", "ii",
    "INSERT INTO sessions (token_hash, user_id, csrf, created_at, seen_at, expires_at, address, user_agent)"
    " VALUES (randomblob(8), 1, 'x', $1, $1, $2, '', '') RETURNING id");
static const struct stmt end_session = STMT("t_link_session_end", "i", "DELETE FROM sessions WHERE id = $1");
static const struct stmt stored = STMT("t_link_stored", "ss",
    "SELECT count(*) FROM photo_links WHERE hex(token_hash) LIKE '%' || hex($1) || '%' OR form = $2");
static const struct stmt files_of = STMT("t_link_files", "i", "SELECT count(*) FROM package_files WHERE package_id = $1");
static const struct stmt rows = STMT("t_link_rows", "",
    "SELECT (SELECT count(*) FROM photo_links) + (SELECT count(*) FROM linked_photos)");

/* Opens the fixture with a session of its operator, and a link for a new form. */
static void link_open(struct fixture *f, struct photo_link *link)
{
    fixture_open(f);
    cr_assert_eq(db_value(f->db, &f->c.session_id, &add_session, f->c.now, f->c.now + DAY_SECONDS), OK);
    cr_assert_eq(photo_link_new(&f->c, NULL, link), OK, "%s", fixture_fault(f));
}

/* Acts as a phone does: it has no session and is nobody. */
static struct ctx phone_of(const struct fixture *f)
{
    struct ctx c = f->c;

    c.user_id = c.session_id = 0;
    c.actor = ACTOR_CUSTOMER;
    c.role = ROLE_PUBLIC;
    return c;
}

static enum err photos_sent(struct fixture *f, const struct photo_link *link, size_t n)
{
    static const struct photo_in six[] = {
        { .path = "/nowhere/1", .size = 10 }, { .path = "/nowhere/2", .size = 10 }, { .path = "/nowhere/3", .size = 10 },
        { .path = "/nowhere/4", .size = 10 }, { .path = "/nowhere/5", .size = 10 }, { .path = "/nowhere/6", .size = 10 },
    };
    struct ctx c = phone_of(f);

    return photo_link_send(&c, link->token, six, n);
}

Test(photo_link, is_a_secret_of_22_symbols_that_no_row_has)
{
    struct photo_link link, other;
    struct fixture f;

    link_open(&f, &link);
    cr_expect_eq(strlen(link.token), 22u);
    cr_expect_eq(db_scalar(f.db, 9, &stored, link.token, link.token), 0);
    cr_assert_eq(photo_link_new(&f.c, "../otro", &other), OK);
    cr_expect_str_neq(other.form, "../otro", "a form gets its id from us");
    fixture_close(&f);
}

Test(photo_link, lives_for_600_seconds_and_says_always_the_same_once_it_does_not)
{
    struct photo_link link, got;
    struct fixture f;
    struct ctx c;

    link_open(&f, &link);
    c = phone_of(&f);
    cr_assert_eq(photo_link_open(&c, link.token, &got), OK);
    cr_expect(got.until == f.c.now + 600 && got.photos == 0 && streq(got.form, link.form));
    c.now = f.c.now + 599;
    cr_expect_eq(photo_link_admit(&c, link.token), OK);
    c.now = f.c.now + 600;
    for (int i = 0; i < 3; i++) {
        const char *token = i == 0 ? link.token : i == 1 ? "xxxxxxxxxxxxxxxxxxxxxx" : NULL;

        c.fault = (struct fault){ 0 };
        cr_expect_eq(photo_link_admit(&c, token), E_NOT_FOUND);
        cr_expect_eq(c.fault.text, T_PHOTO_LINK_DEAD);
    }
    fixture_close(&f);
}

Test(photo_link, ends_with_its_form_its_successor_and_its_session)
{
    struct photo_link link, next, got;
    struct fixture f;
    struct ctx c;

    link_open(&f, &link);
    c = phone_of(&f);
    cr_assert_eq(photo_link_new(&f.c, link.form, &next), OK);
    cr_expect_eq(photo_link_open(&c, link.token, &got), E_NOT_FOUND);
    cr_expect_eq(photo_link_open(&c, next.token, &got), OK);
    cr_assert_eq(photo_link_end(&f.c, next.form), OK);
    cr_expect_eq(photo_link_open(&c, next.token, &got), E_NOT_FOUND);
    cr_assert_eq(photo_link_new(&f.c, next.form, &next), OK);
    cr_assert_eq(db_exec(f.db, NULL, &end_session, f.c.session_id), OK);
    cr_expect_eq(photo_link_open(&c, next.token, &got), E_NOT_FOUND);
    fixture_close(&f);
}

Test(photo_link, takes_six_photos_of_a_form_and_twenty_four_bodies)
{
    struct photo_link link;
    struct fixture f;
    struct ctx c;
    int admitted = 0;

    link_open(&f, &link);
    cr_expect_eq(photos_sent(&f, &link, 5), OK);
    cr_expect_eq(photos_sent(&f, &link, 2), E_INVALID);
    cr_expect_eq(photos_sent(&f, &link, 1), OK);
    cr_assert_eq(photo_link_new(&f.c, link.form, &link), OK);
    cr_expect_eq(photos_sent(&f, &link, 1), E_INVALID, "another link of the form makes no more room");
    c = phone_of(&f);
    while (admitted < 100 && photo_link_admit(&c, link.token) == OK)
        admitted++;
    cr_expect_eq(admitted, 24);
    cr_expect_eq(c.fault.err, E_THROTTLED);
    fixture_close(&f);
}

Test(photo_link, a_photo_goes_along_once_and_only_with_its_own_form)
{
    struct photo_link link, other;
    struct linked_photos all;
    struct photo_in photo = { .kind = "DANO" };
    struct package p;
    struct fixture f;
    struct ctx stranger;

    link_open(&f, &link);
    cr_assert_eq(photo_link_new(&f.c, NULL, &other), OK);
    cr_assert_eq(photos_sent(&f, &link, 1), OK);
    cr_assert_eq(linked_photos(&f.c, link.form, &all), OK);
    cr_assert_eq(all.n, 1u);
    p = parcel_received(&f, .guide = "GUIA0001");
    photo.linked = all.v[0].id;
    photo.form = other.form;
    cr_expect_eq(package_add_photos(&f.c, p.id, &photo, 1), E_INVALID);
    photo.form = link.form;
    stranger = f.c;
    stranger.session_id++;
    cr_expect_eq(package_add_photos(&stranger, p.id, &photo, 1), E_INVALID, "another session");
    stranger = f.c;
    stranger.now += 3600;
    cr_expect_eq(package_add_photos(&stranger, p.id, &photo, 1), E_INVALID, "after an hour");
    cr_expect_eq(db_scalar(f.db, 9, &files_of, p.id), 0);
    cr_expect_eq(package_add_photos(&f.c, p.id, &photo, 1), OK, "%s", fixture_fault(&f));
    cr_expect_eq(package_add_photos(&f.c, p.id, &photo, 1), E_INVALID);
    cr_expect_eq(f.c.fault.text, T_LINKED_PHOTO_GONE);
    cr_expect_eq(db_scalar(f.db, 9, &files_of, p.id), 1);
    fixture_close(&f);
}

Test(photo_link, a_number_of_what_is_gone_is_given_to_no_other)
{
    struct linked_photos all;
    struct photo_link link;
    int64_t photo, session;
    struct fixture f;

    link_open(&f, &link);
    cr_assert_eq(photos_sent(&f, &link, 1), OK);
    cr_assert_eq(linked_photos(&f.c, link.form, &all), OK);
    cr_assert_eq(all.n, 1u);
    photo = all.v[0].id;
    cr_assert_eq(linked_photo_remove(&f.c, link.form, photo), OK);
    cr_assert_eq(photos_sent(&f, &link, 1), OK);
    cr_assert_eq(linked_photos(&f.c, link.form, &all), OK);
    cr_expect_gt(all.v[0].id, photo, "the job of the first would make its preview the second's");
    session = f.c.session_id;
    cr_assert_eq(db_exec(f.db, NULL, &end_session, session), OK);
    cr_assert_eq(db_value(f.db, &f.c.session_id, &add_session, f.c.now, f.c.now + DAY_SECONDS), OK);
    cr_expect_gt(f.c.session_id, session, "the links of the session that ended would live again");
    fixture_close(&f);
}

static enum err discard_tx(struct db *db UNUSED, void *arg)
{
    return job_discard_tx(arg, 1);
}

Test(photo_link, a_photo_whose_job_ends_without_being_done_is_said_to_be_unreadable)
{
    struct linked_photos all;
    struct photo_link link;
    struct fixture f;

    link_open(&f, &link);
    cr_assert_eq(photos_sent(&f, &link, 1), OK);
    cr_assert_eq(db_write(f.db, discard_tx, &f.c), OK);
    cr_assert_eq(linked_photos(&f.c, link.form, &all), OK);
    cr_expect_str_eq(all.v[0].state, "failed");
    fixture_close(&f);
}

static enum err sweep_tx(struct db *db UNUSED, void *arg)
{
    return photo_links_sweep_tx(arg);
}

Test(photo_link, and_what_came_by_it_are_forgotten_after_an_hour)
{
    struct photo_link link;
    struct fixture f;

    link_open(&f, &link);
    cr_assert_eq(photos_sent(&f, &link, 2), OK);
    f.c.now += 3599;
    cr_assert_eq(db_write(f.db, sweep_tx, &f.c), OK);
    cr_expect_eq(db_scalar(f.db, 9, &rows), 3);
    f.c.now++;
    cr_assert_eq(db_write(f.db, sweep_tx, &f.c), OK);
    cr_expect_eq(db_scalar(f.db, 9, &rows), 0);
    fixture_close(&f);
}
