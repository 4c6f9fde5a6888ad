/* Queue: a claim is exclusive, a finish is fenced, jobs of dead workers are taken back. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "tests/unit/fixture.h"
#include "queue/job.h"
#include "queue/queue.h"

static const struct stmt state_of = STMT("t_state", "i",
    "SELECT CASE state WHEN 'ready' THEN 1 WHEN 'running' THEN 2 WHEN 'done' THEN 3 WHEN 'dead' THEN 4 END"
    " FROM jobs WHERE id = $1");
static const struct stmt make_due = STMT("t_due", "", "UPDATE jobs SET run_at = 0");
static const struct stmt outcome_count = STMT("t_outcome", "s",
    "SELECT count(*) FROM job_attempts WHERE outcome = $1");
static const struct stmt outcome_of = STMT("t_outcome_of", "is",
    "SELECT count(*) FROM job_attempts WHERE attempt = $1 AND outcome = $2");
static const struct stmt lease_over = STMT("t_lease_over", "", "UPDATE jobs SET lease_until = 0");
static const struct stmt pause_queue = STMT("t_pause", "i", "UPDATE queues SET paused = $1 WHERE name = 'default'");
static const struct stmt job_count = STMT("t_jobs", "", "SELECT count(*) FROM jobs");
static const struct stmt effects = STMT("t_effects", "", "SELECT count(*) FROM closures");
static const struct stmt effect_add = STMT("t_effect", "i", "INSERT INTO closures (day, reason) VALUES ($1, 'x')");

static enum err add(struct db *db UNUSED, void *arg)
{
    return job_add_tx(arg, &(struct job_new){ .kind = "noop" }, NULL);
}

static enum err add_unknown(struct db *db UNUSED, void *arg)
{
    return job_add_tx(arg, &(struct job_new){ .kind = "nothing" }, NULL);
}

static enum err add_misfit(struct db *db UNUSED, void *arg)
{
    return job_add_tx(arg, &(struct job_new){ .kind = "noop", .args = "{\"x\":1}" }, NULL);
}

/* A change that fails after its job and its message were written. */
static enum err change_that_fails(struct db *db, void *arg)
{
    enum err e = job_add_tx(arg, &(struct job_new){ .kind = "noop" }, NULL);

    cr_assert_eq(e, OK);
    e = db_exec(db, NULL, &effect_add, INT64_C(1));
    cr_assert_eq(e, OK);
    return E_CONFLICT;
}

static enum err effect(struct ctx *c, void *arg)
{
    return db_exec(c->db, NULL, &effect_add, *(int64_t *)arg);
}

Test(queue, a_change_that_is_rolled_back_leaves_no_job)
{
    struct fixture f;

    fixture_open(&f);
    cr_expect_eq(db_write(f.db, change_that_fails, &f.c), E_CONFLICT);
    cr_expect_eq(db_scalar(f.db, -1, &job_count), 0);
    cr_expect_eq(db_scalar(f.db, -1, &effects), 0);
    fixture_close(&f);
}

Test(queue, claims_once_finishes_once_and_keeps_the_attempts)
{
    struct fixture f;
    struct worker w, other;
    struct job j, twin;
    int64_t day = 5;

    fixture_open(&f);
    cr_assert(worker_open(&w, f.a, f.conf, 1));
    other = w;
    other.name = "9.9";
    cr_assert_eq(db_write(f.db, add_unknown, &f.c), E_INTERNAL);
    cr_assert_eq(db_write(f.db, add_misfit, &f.c), E_INTERNAL);
    cr_assert_eq(job_claim(&f.c, &w, &j), E_NOT_FOUND);
    cr_assert_eq(db_write(f.db, add, &f.c), OK);
    cr_assert_eq(db_exec(f.db, NULL, &pause_queue, (int64_t)1), OK);
    cr_assert_eq(job_claim(&f.c, &w, &j), E_NOT_FOUND, "paused");
    cr_assert_eq(db_exec(f.db, NULL, &pause_queue, (int64_t)0), OK);
    cr_assert_eq(job_claim(&f.c, &w, &j), OK);
    cr_assert_eq(job_claim(&f.c, &other, &twin), E_NOT_FOUND, "one job, one worker");
    cr_assert_eq(j.attempt, 1);

    struct job_outcome retry = { .result = JOB_RETRY, .error = "x" };
    cr_assert_eq(job_finish(&f.c, &w, &j, &retry, NULL), OK);
    cr_assert_eq(db_scalar(f.db, 0, &state_of, j.id), 1);
    cr_assert_eq(job_claim(&f.c, &w, &j), E_NOT_FOUND, "it waits");
    cr_assert_eq(db_exec(f.db, NULL, &make_due), OK);
    cr_assert_eq(job_claim(&f.c, &w, &twin), OK);
    cr_assert_eq(twin.attempt, 2);

    struct job_outcome done = { .result = JOB_DONE, .effect = effect, .arg = &day };
    cr_assert_eq(job_finish(&f.c, &w, &j, &done, NULL), E_CONFLICT, "the first attempt is over");
    cr_assert_eq(db_scalar(f.db, -1, &effects), 0, "a fenced job leaves nothing");
    cr_assert_eq(job_finish(&f.c, &w, &twin, &done, NULL), OK);
    cr_assert_eq(db_scalar(f.db, -1, &effects), 1);
    cr_assert_eq(db_scalar(f.db, 0, &state_of, j.id), 3);
    cr_assert_eq(job_finish(&f.c, &w, &twin, &done, NULL), E_CONFLICT, "done is done");
    worker_close(&w, f.conf);
    fixture_close(&f);
}

struct refusal { enum err says; const char *words; int runs; };

static enum err refused_effect(struct ctx *c, void *arg)
{
    struct refusal *x = arg;
    enum err e = db_exec(c->db, NULL, &effect_add, INT64_C(1));

    x->runs++;
    cr_expect_eq(e, OK);
    return x->says;
}

static const struct stmt last_error = STMT("t_last_error", "i", "SELECT last_error FROM jobs WHERE id = $1");

Test(queue, a_job_whose_effect_the_store_refuses_is_tried_again_and_says_why_it_is_not_fenced)
{
    struct refusal list[] = {
        { E_BUSY, "la base de datos no respondió", 0 }, { E_INTERNAL, "la base de datos lo rechazó", 0 },
        { E_CONFLICT, "la base de datos lo rechazó", 0 },
    };
    struct fixture f;
    struct worker w;
    struct job j, next;
    struct rows q;

    fixture_open(&f);
    cr_assert(worker_open(&w, f.a, f.conf, 1));
    for (size_t i = 0; i < COUNT(list); i++) {
        struct job_outcome o = { .result = JOB_DONE, .effect = refused_effect, .arg = &list[i] };

        cr_assert_eq(db_write(f.db, add, &f.c), OK);
        cr_assert_eq(job_claim(&f.c, &w, &j), OK);
        cr_expect_eq(job_finish(&f.c, &w, &j, &o, &next), list[i].says == E_CONFLICT ? E_INTERNAL : list[i].says);
        cr_expect_eq(db_scalar(f.db, 0, &state_of, j.id), 2, "nothing has happened");
        cr_assert_eq(job_end(&f.c, &w, &j, &o, &next), OK);
        cr_expect_eq(db_scalar(f.db, 0, &state_of, j.id), 1, "it waits for another try");
        cr_assert_eq(db_one(f.db, &q, &last_error, j.id), OK);
        cr_expect(strstr(db_text(&q, 0), list[i].words) != NULL, "%s", db_text(&q, 0));
        cr_assert_eq(db_end(&q), OK);
        cr_expect_gt(list[i].runs, list[i].says == E_BUSY ? 4 : 1);
    }
    cr_expect_eq(db_scalar(f.db, -1, &outcome_count, "fenced"), 0);
    cr_expect_eq(db_scalar(f.db, -1, &outcome_count, "error"), (int64_t)COUNT(list));
    cr_expect_eq(db_scalar(f.db, -1, &effects), 0);
    worker_close(&w, f.conf);
    fixture_close(&f);
}

/* An effect that finds the disk full so many times. */
struct full { int64_t left; };

static enum err effect_when_room(struct ctx *c, void *arg)
{
    struct full *x = arg;
    enum err e = db_exec(c->db, NULL, &effect_add, INT64_C(7));

    return e == OK && --x->left >= 0 ? E_FULL : e;
}

Test(queue, an_outcome_that_finds_the_disk_full_is_kept_until_there_is_room)
{
    struct fixture f;
    struct worker w;
    struct job j;
    struct full x = { .left = 8 };
    struct job_outcome o = { .result = JOB_DONE, .effect = effect_when_room, .arg = &x };

    fixture_open(&f);
    cr_assert(worker_open(&w, f.a, f.conf, 1));
    cr_assert_eq(db_write(f.db, add, &f.c), OK);
    cr_assert_eq(job_claim(&f.c, &w, &j), OK);
    cr_assert_eq(job_end(&f.c, &w, &j, &o, NULL), OK);
    cr_expect_lt(x.left, 0, "more often than the six times of one without a lock");
    cr_expect_eq(db_scalar(f.db, 0, &state_of, j.id), 3, "done");
    cr_expect_eq(db_scalar(f.db, 0, &effects), 1);
    worker_close(&w, f.conf);
    fixture_close(&f);
}

Test(queue, whose_worker_keeps_an_outcome_is_not_taken_back_when_its_lease_is_over_but_when_the_worker_dies)
{
    struct fixture f;
    struct worker w;
    struct job j;
    int moved;

    fixture_open(&f);
    cr_assert(worker_open(&w, f.a, f.conf, 1));
    cr_assert_eq(db_write(f.db, add, &f.c), OK);
    cr_assert_eq(job_claim(&f.c, &w, &j), OK);
    cr_assert_eq(db_exec(f.db, NULL, &lease_over), OK);
    worker_keep(&w, &j);
    cr_assert_eq(job_reap(&f.c, &moved), OK);
    cr_expect_eq(moved, 0);
    worker_keep(&w, &(struct job){ .id = j.id, .attempt = j.attempt + 1 });
    cr_assert_eq(job_reap(&f.c, &moved), OK);
    cr_expect_eq(moved, 1, "that is another attempt");
    cr_assert_eq(db_exec(f.db, NULL, &make_due), OK);
    cr_assert_eq(job_claim(&f.c, &w, &j), OK);
    worker_keep(&w, &j);
    close(w.lock);               /* the system does so when a process is killed */
    cr_assert_eq(job_reap(&f.c, &moved), OK);
    cr_expect_eq(moved, 1);
    fixture_close(&f);
}

Test(queue, takes_a_job_back_when_its_worker_dies_and_ends_it_when_tries_are_used_up)
{
    struct fixture f;
    struct worker w;
    struct job j;
    int moved;

    fixture_open(&f);
    cr_assert_eq(db_write(f.db, add, &f.c), OK);
    for (int n = 1; n <= 3; n++) {
        cr_assert(worker_open(&w, f.a, f.conf, n));
        cr_assert_eq(db_exec(f.db, NULL, &make_due), OK);
        cr_assert_eq(job_claim(&f.c, &w, &j), OK, "try %d", n);
        cr_assert_eq(job_reap(&f.c, &moved), OK);
        cr_assert_eq(moved, 0, "it lives");
        close(w.lock);           /* the system does so when a process is killed */
        cr_assert_eq(job_reap(&f.c, &moved), OK);
        cr_assert_eq(moved, 1);
    }
    cr_assert_eq(db_scalar(f.db, 0, &state_of, j.id), 4, "three tries, then dead");
    cr_assert_eq(db_scalar(f.db, 0, &outcome_count, "crashed"), 3);
    fixture_close(&f);
}

Test(queue, ends_a_job_at_its_third_failure_and_counts_each_crash)
{
    static const struct stmt crashes_of = STMT("t_crashes", "i", "SELECT crashes FROM jobs WHERE id = $1");
    static const enum job_result ends[] = { JOB_CRASHED, JOB_CRASHED, JOB_RETRY };
    struct fixture f;
    struct worker w;
    struct job j;

    fixture_open(&f);
    cr_assert_eq(db_write(f.db, add, &f.c), OK);
    cr_assert(worker_open(&w, f.a, f.conf, 1));
    for (int n = 0; n < 3; n++) {
        cr_assert_eq(db_exec(f.db, NULL, &make_due), OK);
        cr_assert_eq(job_claim(&f.c, &w, &j), OK, "try %d", n);
        cr_expect_eq(j.attempt, n + 1);
        cr_expect_eq(j.crashes, n);
        cr_assert_eq(job_finish(&f.c, &w, &j, &(struct job_outcome){ .result = ends[n], .error = "x" }, NULL), OK);
        cr_expect_eq(db_scalar(f.db, 0, &state_of, j.id), n < 2 ? 1 : 4, "try %d", n);
    }
    cr_expect_eq(db_scalar(f.db, 0, &crashes_of, j.id), 2);
    worker_close(&w, f.conf);
    fixture_close(&f);
}

Test(queue, records_as_fenced_what_was_taken_from_a_worker_that_was_only_stopped)
{
    struct fixture f;
    struct worker stopped, other;
    struct job j, again;
    int64_t day = 5;
    struct job_outcome done = { .result = JOB_DONE, .effect = effect, .arg = &day };
    int moved;

    fixture_open(&f);
    cr_assert(worker_open(&stopped, f.a, f.conf, 1));
    cr_assert(worker_open(&other, f.a, f.conf, 2));
    cr_assert_eq(db_write(f.db, add, &f.c), OK);
    cr_assert_eq(job_claim(&f.c, &stopped, &j), OK);
    cr_assert_eq(db_exec(f.db, NULL, &lease_over), OK);
    cr_assert_eq(job_reap(&f.c, &moved), OK);
    cr_assert_eq(moved, 1);
    cr_assert_eq(db_scalar(f.db, 0, &outcome_of, (int64_t)1, "timeout"), 1, "for all that is known");
    cr_assert_eq(job_claim(&f.c, &other, &again), OK);
    cr_assert_eq(job_finish(&f.c, &other, &again, &done, NULL), OK);
    cr_assert_eq(job_finish(&f.c, &stopped, &j, &done, NULL), E_CONFLICT);
    cr_assert_eq(db_scalar(f.db, 0, &outcome_of, (int64_t)1, "fenced"), 1, "it lived after all");
    cr_assert_eq(db_scalar(f.db, 0, &outcome_of, (int64_t)2, "ok"), 1);
    cr_assert_eq(db_scalar(f.db, -1, &effects), 1);
    worker_close(&stopped, f.conf);
    worker_close(&other, f.conf);
    fixture_close(&f);
}

Test(queue, gives_all_running_jobs_back_after_a_reboot)
{
    struct fixture f;
    struct worker w;
    struct job j;
    int moved;
    char *path;
    FILE *out;

    fixture_open(&f);
    path = arena_printf(f.a, "%s/boot", f.dir);
    f.conf->boot_id_file = path;
    out = fopen(path, "w");
    fputs("first\n", out);
    fclose(out);
    cr_assert(worker_open(&w, f.a, f.conf, 1));
    cr_assert_eq(db_write(f.db, add, &f.c), OK);
    cr_assert_eq(job_claim(&f.c, &w, &j), OK);
    out = fopen(path, "w");
    fputs("second\n", out);
    fclose(out);
    cr_assert_eq(job_reap(&f.c, &moved), OK);
    cr_assert_eq(moved, 1);
    cr_assert_eq(db_scalar(f.db, 0, &state_of, j.id), 1);
    worker_close(&w, f.conf);
    fixture_close(&f);
}
