/* Queue: a claim is exclusive, a finish is fenced, jobs of dead workers are taken back. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "tests/unit/fixture.h"
#include "queue/job.h"
#include "queue/kept.h"

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
    struct job_outcome o = { .result = JOB_DONE, .effect = effect };
    int moved;

    fixture_open(&f);
    cr_assert(worker_open(&w, f.a, f.conf, 1));
    cr_assert_eq(db_write(f.db, add, &f.c), OK);
    cr_assert_eq(job_claim(&f.c, &w, &j), OK);
    cr_assert_eq(db_exec(f.db, NULL, &lease_over), OK);
    kept_write(&f.c, w.page, &j, &o);
    cr_assert_eq(job_reap(&f.c, NULL, &moved), OK);
    cr_expect_eq(moved, 0);
    kept_write(&f.c, w.page, &(struct job){ .id = j.id, .attempt = j.attempt + 1 }, &o);
    cr_assert_eq(job_reap(&f.c, NULL, &moved), OK);
    cr_expect_eq(moved, 1, "that is another attempt");
    cr_assert_eq(db_exec(f.db, NULL, &make_due), OK);
    cr_assert_eq(job_claim(&f.c, &w, &j), OK);
    kept_write(&f.c, w.page, &j, &o);
    close(w.lock);               /* the system does so when a process is killed */
    cr_assert_eq(job_reap(&f.c, NULL, &moved), OK);
    cr_expect_eq(moved, 1);
    cr_expect_eq(db_scalar(f.db, 0, &state_of, j.id), 1, "ready: its effect cannot be made anew");
    fixture_close(&f);
}

static int64_t restored_day;

static bool day_restore(struct ctx *c UNUSED, const char *memo, struct job_outcome *o)
{
    o->effect = effect;
    o->arg = &restored_day;
    return parse_int(memo, &restored_day);
}

/* A worker that is killed when it knows the outcome of its job and has not written it. */
static struct job killed_with(struct fixture *f, struct worker *w, const struct job_outcome *o)
{
    struct job j;

    cr_assert(worker_open(w, f->a, f->conf, 1));
    cr_assert_eq(db_write(f->db, add, &f->c), OK);
    cr_assert_eq(job_claim(&f->c, w, &j), OK);
    fixture_disk_full(true);
    kept_write(&f->c, w->page, &j, o);
    close(w->lock);
    return j;
}

Test(queue, an_outcome_that_a_killed_worker_kept_is_written_by_the_reaper_once_there_is_room)
{
    static const struct { struct job_outcome o; int state; const char *outcome; int effects; } rows[] = {
        { { .result = JOB_DONE, .effect = effect, .memo = "7" }, 3, "ok", 1 },
        { { .result = JOB_RETRY, .error = "no contestó «\"»", .provider_failed = true }, 1, "error", 0 },
        { { .result = JOB_DEAD, .error = "no existe" }, 4, "error", 0 },
        { { .result = JOB_DONE, .effect = effect }, 1, "crashed", 0 },
        { { .result = JOB_DONE, .effect = effect, .memo = "not a day" }, 1, "crashed", 0 },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        bool written = !streq(rows[i].outcome, "crashed");
        struct fixture f;
        struct worker w;
        struct job j;
        int moved;

        fixture_open(&f);
        j = killed_with(&f, &w, &rows[i].o);
        cr_expect_eq(job_reap(&f.c, day_restore, &moved), written ? OK : E_FULL, "row %zu", i);
        cr_expect_eq(db_scalar(f.db, 0, &state_of, j.id), 2, "row %zu: nothing can be written", i);
        fixture_disk_full(false);
        cr_expect_eq(job_reap(&f.c, day_restore, &moved), OK);
        cr_expect_eq(moved, 1, "row %zu", i);
        cr_expect_eq(db_scalar(f.db, 0, &state_of, j.id), rows[i].state, "row %zu", i);
        cr_expect_eq(db_scalar(f.db, 0, &outcome_count, rows[i].outcome), 1, "row %zu", i);
        cr_expect_eq(db_scalar(f.db, -1, &effects), rows[i].effects, "row %zu", i);
        cr_expect_neq(access(arena_printf(f.a, "%s/worker.%s.lock", f.conf->run_dir, w.name), F_OK), 0, "row %zu", i);
        fixture_close(&f);
    }
}

Test(queue, what_is_kept_moves_to_the_lock_that_replaces_one_that_was_removed_and_half_of_it_is_nothing)
{
    const struct job_outcome o = { .result = JOB_DONE };
    const struct job j = { .id = 3, .attempt = 2 };
    struct fixture f;
    struct worker w;
    struct kept k;
    const char *path;

    fixture_open(&f);
    cr_assert(worker_open(&w, f.a, f.conf, 1));
    path = arena_printf(f.a, "%s/worker.%s.lock", f.conf->run_dir, w.name);
    cr_expect_not(kept_read(&f.c, path, &k), "nothing yet");
    kept_write(&f.c, w.page, &j, &o);
    unlink(path);
    cr_expect_not(kept_read(&f.c, path, &k));
    worker_watch(&w, f.conf);
    cr_expect(kept_read(&f.c, path, &k) && k.whole && k.job == 3 && k.attempt == 2 && k.o.result == JOB_DONE);
    w.page[20] = '\0';
    cr_expect_not(kept_read(&f.c, path, &k), "the process was killed while it wrote");
    kept_write(&f.c, w.page, &j, &o);
    kept_clear(w.page);
    cr_expect_not(kept_read(&f.c, path, &k));
    worker_close(&w, f.conf);
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
        cr_assert_eq(job_reap(&f.c, NULL, &moved), OK);
        cr_assert_eq(moved, 0, "it lives");
        close(w.lock);           /* the system does so when a process is killed */
        cr_assert_eq(job_reap(&f.c, NULL, &moved), OK);
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
    cr_assert_eq(job_reap(&f.c, NULL, &moved), OK);
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
    cr_assert_eq(job_reap(&f.c, NULL, &moved), OK);
    cr_assert_eq(moved, 1);
    cr_assert_eq(db_scalar(f.db, 0, &state_of, j.id), 1);
    worker_close(&w, f.conf);
    fixture_close(&f);
}
