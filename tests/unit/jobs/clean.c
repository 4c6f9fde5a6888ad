/* clean-temp: rows whose time is over go, rows that are still needed stay. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "tests/unit/fixture.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package_announce.h"
#include "jobs/jobs.h"

static const struct stmt add_throttle = STMT("t_throttle_add", "si",
    "INSERT INTO throttles (key, count, window_start) VALUES ($1, 1, $2)");
static const struct stmt add_session = STMT("t_session_add", "siii",
    "INSERT INTO sessions (token_hash, user_id, csrf, created_at, seen_at, expires_at, address,"
    " user_agent) VALUES (CAST($1 AS BLOB), 1, 'x', $2, $3, $4, '', '')");
static const struct stmt has_throttle = STMT("t_throttle_has", "s",
    "SELECT count(*) FROM throttles WHERE key = $1");
static const struct stmt has_session = STMT("t_session_has", "s",
    "SELECT count(*) FROM sessions WHERE token_hash = CAST($1 AS BLOB)");

static const struct stmt add_job = STMT("t_job_add", "isi",
    "INSERT INTO jobs (id, queue, kind, args, state, run_at, max_attempts, created_at, finished_at)"
    " VALUES ($1, 'default', 'noop', '{}', $2, 0, 3, 0, $3)");
static const struct stmt add_attempt = STMT("t_attempt_add", "i",
    "INSERT INTO job_attempts (job_id, attempt, started_at, outcome) VALUES ($1, 1, 0, 'ok')");
static const struct stmt has_job = STMT("t_job_has", "i", "SELECT count(*) FROM jobs WHERE id = $1");

struct cleaning { struct ctx *c; struct job_outcome done; };

static enum err effect_tx(struct db *db UNUSED, void *arg)
{
    struct cleaning *x = arg;

    return x->done.effect(x->c, x->done.arg);
}

static void clean(struct fixture *f)
{
    const struct job j = { .kind = "temp.clean", .args = "{}", .queue = "", .worker = "" };
    struct cleaning x = { &f->c, temp_clean_job(&f->c, &j) };

    cr_assert_eq(x.done.result, JOB_DONE);
    cr_assert_eq(db_write(f->db, effect_tx, &x), OK);
}

Test(clean, forgets_what_is_over_and_keeps_the_networks_that_a_user_is_known_by)
{
    static const struct { const char *key; int64_t days; bool stays; } throttles[] = {
        { "known:1:10.0.0.0", 10, true }, { "known:1:10.0.1.0", 31, false },
        { "login:net:10.0.2.0", 2, false }, { "login:net:10.0.3.0", 0, true },
    };
    static const struct { const char *token; int64_t seen_h, left_h; bool stays; } sessions[] = {
        { "fresh", 1, 10, true }, { "idle", 13, 10, false }, { "over", 1, -1, false },
    };
    struct fixture f;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(throttles); i++)
        cr_assert_eq(db_exec(f.db, NULL, &add_throttle, throttles[i].key,
                             f.c.now - throttles[i].days * DAY_SECONDS), OK);
    for (size_t i = 0; i < COUNT(sessions); i++)
        cr_assert_eq(db_exec(f.db, NULL, &add_session, sessions[i].token, f.c.now,
                             f.c.now - sessions[i].seen_h * 3600,
                             f.c.now + sessions[i].left_h * 3600), OK);
    clean(&f);
    for (size_t i = 0; i < COUNT(throttles); i++)
        cr_expect_eq(db_scalar(f.db, -1, &has_throttle, throttles[i].key), throttles[i].stays,
                     "%s", throttles[i].key);
    for (size_t i = 0; i < COUNT(sessions); i++)
        cr_expect_eq(db_scalar(f.db, -1, &has_session, sessions[i].token), sessions[i].stays,
                     "%s", sessions[i].token);
    fixture_close(&f);
}

Test(clean, forgets_jobs_that_ended_long_ago_and_keeps_what_failed_for_half_a_year)
{
    static const struct { const char *state; int64_t days; bool stays; } list[] = {
        { "done", 6, true }, { "done", 8, false }, { "dead", 8, true }, { "dead", 179, true },
        { "dead", 181, false }, { "cancelled", 179, true }, { "cancelled", 181, false },
    };
    struct fixture f;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(list); i++) {
        cr_assert_eq(db_exec(f.db, NULL, &add_job, (int64_t)(i + 1), list[i].state,
                             f.c.now - list[i].days * DAY_SECONDS), OK);
        cr_assert_eq(db_exec(f.db, NULL, &add_attempt, (int64_t)(i + 1)), OK);
    }
    clean(&f);
    for (size_t i = 0; i < COUNT(list); i++)
        cr_expect_eq(db_scalar(f.db, -1, &has_job, (int64_t)(i + 1)), list[i].stays, "%s %d",
                     list[i].state, (int)list[i].days);
    fixture_close(&f);
}

Test(clean, leaves_no_job_behind_however_many_ended_long_ago)
{
    static const struct stmt many = STMT("t_jobs_many", "i",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)"
        " INSERT INTO jobs (id, queue, kind, args, state, run_at, max_attempts, created_at, finished_at)"
        " SELECT 1000 + i, 'default', 'noop', '{}', 'done', 0, 3, 0, $1 FROM n");
    static const struct stmt tried = STMT("t_attempts_many", "",
        "INSERT INTO job_attempts (job_id, attempt, started_at, outcome) SELECT id, 1, 0, 'ok' FROM jobs WHERE id % 2");
    static const struct stmt left = STMT("t_jobs_left", "",
        "SELECT (SELECT count(*) FROM jobs WHERE kind = 'noop') + (SELECT count(*) FROM job_attempts)");
    struct fixture f;

    fixture_open(&f);
    cr_assert_eq(db_exec(f.db, NULL, &many, f.c.now - 8 * DAY_SECONDS), OK);
    cr_assert_eq(db_exec(f.db, NULL, &tried), OK);
    clean(&f);
    cr_expect_eq(db_scalar(f.db, -1, &left), 0, "%lld rows left", (long long)db_scalar(f.db, -1, &left));
    fixture_close(&f);
}

/* True if the file of the database, all of whose pages are in it, holds the text. */
static bool file_holds(struct fixture *f, const char *text)
{
    char *bytes, path[128];
    struct stat st;
    bool found;
    int fd;

    db_checkpoint(f->db);
    snprintf(path, sizeof path, "%s/p.db", f->dir);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert(fd >= 0 && fstat(fd, &st) == 0, "%s", path);
    bytes = arena_alloc(f->a, (size_t)st.st_size + 1);
    cr_assert_eq(read(fd, bytes, (size_t)st.st_size), st.st_size);
    close(fd);
    found = memmem(bytes, (size_t)st.st_size, text, strlen(text)) != NULL;
    return found;
}

Test(clean, seals_the_links_of_before_the_upgrade_and_they_go_on_opening)
{
    static const struct stmt unseal = STMT("t_unseal", "is",
        "UPDATE packages SET link_version = 0, public_token = $2 WHERE id = $1");
    const char *old = "OldLinkOldLinkOldLink1";
    struct packages made;
    struct package p, found;
    struct fixture f;

    fixture_open(&f);
    cr_assert_eq(package_announce(&f.c, &(struct announce_in){ .name = "Ana Ríos", .phone = "3005550001",
                 .guides = "SELLO001", .consent = true }, &made), OK, "%s", fixture_fault(&f));
    cr_assert_eq(db_exec(f.db, NULL, &unseal, made.v[0].id, old), OK);
    f.c.now = clock_now();
    clean(&f);
    cr_assert_eq(package_by_token(&f.c, old, &p), OK);
    cr_expect_str_eq(link_token(&f.c, &p), old, "programs of before may still run");
    cr_expect(file_holds(&f, old));

    f.c.now = clock_now() + 11 * 60;
    clean(&f);
    cr_assert_eq(package_by_token(&f.c, old, &p), OK, "it was sent to a phone");
    cr_expect(!streq(link_token(&f.c, &p), old));
    cr_assert_eq(package_by_token(&f.c, link_token(&f.c, &p), &found), OK);
    cr_expect_eq(found.id, p.id);
    cr_expect(!file_holds(&f, old));
    cr_expect(!file_holds(&f, link_token(&f.c, &p)));
    cr_expect_eq(package_by_token(&f.c, p.public_token, &found), E_NOT_FOUND, "what is stored opens nothing");
    fixture_close(&f);
}
