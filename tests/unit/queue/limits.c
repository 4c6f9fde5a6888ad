/* Limits of a queue: the breaker, the bucket, how many may run; who goes first; and how long a job may
 * wait. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "tests/unit/fixture.h"
#include "queue/job.h"

#define WORKERS 8
#define PLENTY 1000              /* slots, so that no queue keeps any for another */
#define DAY 86400

static const struct stmt breaker_is = STMT("t_breaker", "iiii",
    "SELECT count(*) FROM queues WHERE name = 'default' AND failures = $1 AND open_for = $2"
    " AND open_until BETWEEN $3 AND $4");
static const struct stmt breaker_over = STMT("t_breaker_over", "i",
    "UPDATE queues SET open_until = $1 WHERE name = 'default'");
static const struct stmt breaker_opened = STMT("t_breaker_opened", "ii",
    "UPDATE queues SET open_until = $1, open_for = $2 WHERE name = 'default'");
static const struct stmt limit_set = STMT("t_limit", "i",
    "UPDATE queues SET max_running = $1 WHERE name = 'default'");
static const struct stmt bucket_set = STMT("t_bucket", "",
    "UPDATE queues SET rate = 1, burst = 2, tokens = 2 WHERE name = 'default'");
static const struct stmt bucket_wait = STMT("t_bucket_wait", "i",
    "UPDATE queues SET tokens_at = tokens_at - $1 WHERE name = 'default'");
static const struct stmt expires_of = STMT("t_expires", "i", "SELECT expires_at FROM jobs WHERE id = $1");
static const struct stmt expire_all = STMT("t_expire_all", "i", "UPDATE jobs SET expires_at = $1");
static const struct stmt make_due = STMT("t_make_due", "", "UPDATE jobs SET run_at = 0 WHERE state = 'ready'");
static const struct stmt state_is = STMT("t_state_is", "s", "SELECT count(*) FROM jobs WHERE state = $1");
static const struct stmt beaten_at = STMT("t_beaten", "", "SELECT max(heartbeat_at) FROM workers");
static const struct stmt beat_long_ago = STMT("t_long_ago", "", "UPDATE workers SET heartbeat_at = 1");

struct adding { struct ctx *c; struct job_new job; int64_t id; };

static enum err add_tx(struct db *db UNUSED, void *arg)
{
    struct adding *x = arg;

    return job_add_tx(x->c, &x->job, &x->id);
}

static int64_t add(struct fixture *f, struct job_new job)
{
    struct adding x = { &f->c, job, 0 };

    cr_assert_eq(db_write(f->db, add_tx, &x), OK);
    return x.id;
}

static int64_t noop(struct fixture *f)
{
    return add(f, (struct job_new){ .kind = "noop" });
}

static void workers_open(struct fixture *f, struct worker *w, int n)
{
    for (int i = 0; i < n; i++) {
        cr_assert(worker_open(&w[i], f->a, f->conf, i + 1));
        w[i].slots = PLENTY;
    }
}

static void workers_close(struct fixture *f, struct worker *w, int n)
{
    for (int i = 0; i < n; i++)
        worker_close(&w[i], f->conf);
}

static void finish(struct fixture *f, struct worker *w, const struct job *j, struct job_outcome o)
{
    cr_assert_eq(job_finish(&f->c, w, j, &o, NULL), OK);
}

static const struct job_outcome provider_failed = { .result = JOB_RETRY, .error = "x", .provider_failed = true };

static bool breaker(struct fixture *f, int64_t failures, int64_t open_for)
{
    int64_t now = clock_now();

    return db_scalar(f->db, 0, &breaker_is, failures, open_for, open_for ? now + open_for - 5 : 0,
                     open_for ? now + open_for : 0) == 1;
}

Test(breaker, opens_for_30_s_at_the_fifth_failure_however_many_were_under_way)
{
    struct fixture f;
    struct worker w[WORKERS];
    struct job j[WORKERS], none;

    fixture_open(&f);
    workers_open(&f, w, WORKERS);
    for (int i = 0; i < WORKERS; i++)
        noop(&f);
    for (int i = 0; i < WORKERS; i++)
        cr_assert_eq(job_claim(&f.c, &w[i], &j[i]), OK);
    for (int i = 0; i < 4; i++)
        finish(&f, &w[i], &j[i], provider_failed);
    cr_expect(breaker(&f, 4, 0), "four are not enough");
    for (int i = 4; i < WORKERS; i++)
        finish(&f, &w[i], &j[i], provider_failed);
    cr_expect(breaker(&f, WORKERS, 30), "what was under way does not double it");
    cr_assert_eq(db_exec(f.db, NULL, &make_due), OK);
    cr_expect_eq(job_claim(&f.c, &w[0], &none), E_NOT_FOUND, "an outage burns no tries");
    workers_close(&f, w, WORKERS);
    fixture_close(&f);
}

Test(breaker, lets_one_probe_through_when_half_open_and_closes_when_that_is_answered)
{
    struct fixture f;
    struct worker w[WORKERS];
    struct job j[WORKERS], probe, other;

    fixture_open(&f);
    workers_open(&f, w, WORKERS);
    for (int i = 0; i < WORKERS; i++)
        noop(&f);
    for (int i = 0; i < 5; i++) {
        cr_assert_eq(job_claim(&f.c, &w[i], &j[i]), OK);
        finish(&f, &w[i], &j[i], provider_failed);
    }
    cr_assert_eq(db_exec(f.db, NULL, &breaker_over, clock_now()), OK);
    cr_assert_eq(job_claim(&f.c, &w[0], &probe), OK);
    cr_assert_eq(job_claim(&f.c, &w[1], &other), E_NOT_FOUND, "one at a time");
    finish(&f, &w[0], &probe, provider_failed);
    cr_expect(breaker(&f, 6, 60), "the probe failed: twice as long");
    cr_assert_eq(db_exec(f.db, NULL, &breaker_over, clock_now()), OK);
    cr_assert_eq(job_claim(&f.c, &w[0], &probe), OK);
    finish(&f, &w[0], &probe, (struct job_outcome){ .result = JOB_DONE, .provider_answered = true });
    cr_expect(breaker(&f, 0, 0));
    cr_expect_eq(job_claim(&f.c, &w[0], &probe), OK);
    cr_expect_eq(db_exec(f.db, NULL, &make_due), OK);
    cr_expect_eq(job_claim(&f.c, &w[1], &other), OK, "all at once again");
    workers_close(&f, w, WORKERS);
    fixture_close(&f);
}

Test(limits, no_more_run_at_once_than_the_queue_allows)
{
    struct fixture f;
    struct worker w[2];
    struct job one, two;

    fixture_open(&f);
    workers_open(&f, w, 2);
    noop(&f);
    noop(&f);
    cr_assert_eq(db_exec(f.db, NULL, &limit_set, (int64_t)1), OK);
    cr_assert_eq(job_claim(&f.c, &w[0], &one), OK);
    cr_assert_eq(job_claim(&f.c, &w[1], &two), E_NOT_FOUND);
    finish(&f, &w[0], &one, (struct job_outcome){ .result = JOB_DONE });
    cr_assert_eq(job_claim(&f.c, &w[1], &two), OK);
    workers_close(&f, w, 2);
    fixture_close(&f);
}

Test(limits, the_bucket_gives_its_burst_and_then_one_for_each_second)
{
    struct fixture f;
    struct worker w[4];
    struct job j;

    fixture_open(&f);
    workers_open(&f, w, 4);
    for (int i = 0; i < 4; i++)
        noop(&f);
    cr_assert_eq(db_exec(f.db, NULL, &bucket_set), OK);
    cr_assert_eq(job_claim(&f.c, &w[0], &j), OK);
    cr_assert_eq(job_claim(&f.c, &w[1], &j), OK);
    cr_assert_eq(job_claim(&f.c, &w[2], &j), E_NOT_FOUND, "empty");
    cr_assert_eq(db_exec(f.db, NULL, &bucket_wait, (int64_t)1000), OK);
    cr_assert_eq(job_claim(&f.c, &w[2], &j), OK, "a second later");
    workers_close(&f, w, 4);
    fixture_close(&f);
}

Test(limits, what_is_more_urgent_goes_first_then_what_is_due_longer)
{
    struct fixture f;
    struct worker w;
    struct job j;
    int64_t now = clock_now(), late, early, urgent;

    fixture_open(&f);
    workers_open(&f, &w, 1);
    late = add(&f, (struct job_new){ .kind = "noop", .run_at = now - 10 });
    early = add(&f, (struct job_new){ .kind = "noop", .run_at = now - 20 });
    urgent = add(&f, (struct job_new){ .kind = "noop", .run_at = now - 1, .priority = 50 });
    add(&f, (struct job_new){ .kind = "noop", .run_at = now + DAY, .priority = 1 });
    for (size_t i = 0; i < 3; i++) {
        const int64_t order[] = { urgent, early, late };

        cr_assert_eq(job_claim(&f.c, &w, &j), OK);
        cr_expect_eq(j.id, order[i]);
    }
    cr_expect_eq(job_claim(&f.c, &w, &j), E_NOT_FOUND, "not due yet");
    workers_close(&f, &w, 1);
    fixture_close(&f);
}

Test(limits, a_unique_key_is_taken_once)
{
    struct fixture f;
    struct adding x = { &f.c, { .kind = "noop", .unique_key = "cron:x:1" }, 0 };

    fixture_open(&f);
    cr_assert_eq(db_write(f.db, add_tx, &x), OK);
    cr_assert_eq(db_write(f.db, add_tx, &x), E_CONFLICT);
    cr_expect_eq(db_scalar(f.db, 0, &state_is, "ready"), 1);
    fixture_close(&f);
}

/* Jobs are added by SQL here, so that their queue can be chosen. */
static const struct stmt add_to = STMT("t_add_to", "sii",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)"
    " INSERT INTO jobs (queue, kind, args, state, run_at, max_attempts, created_at)"
    " SELECT $1, 'noop', '{}', 'ready', $3, 3, $3 FROM n");
static const struct stmt queue_exists = STMT("t_queue_exists", "s", "SELECT count(*) FROM queues WHERE name = $1");
static const struct stmt queue_count = STMT("t_queue_count", "", "SELECT count(*) FROM queues");

static void pile(struct fixture *f, const char *queue, int64_t n, int64_t due)
{
    cr_assert_eq(db_exec(f->db, NULL, &add_to, queue, n, due), OK);
}

Test(turns, are_taken_by_all_queues_that_there_are)
{
    struct fixture f;
    int64_t n = 0;

    fixture_open(&f);
    for (; queue_names[n] != NULL; n++)
        cr_expect_eq(db_scalar(f.db, 0, &queue_exists, queue_names[n]), 1, "%s", queue_names[n]);
    cr_expect_eq(db_scalar(f.db, 0, &queue_count), n);
    fixture_close(&f);
}

/* However slow its jobs are: none of them ends here. */
Test(turns, a_queue_gets_what_the_others_can_spare_and_each_of_them_a_slot_at_once)
{
    struct fixture f;
    struct worker w[8];
    struct job j;
    int taken = 0;

    fixture_open(&f);
    workers_open(&f, w, 8);
    for (int i = 0; i < 8; i++)
        w[i].slots = 8;
    pile(&f, "sms", 3000, clock_now() - 600);
    while (taken < 8 && job_claim(&f.c, &w[taken], &j) == OK)
        taken++;
    cr_expect_eq(taken, 4, "half of the slots stay free: %d", taken);
    for (size_t i = 0; i < 3; i++) {
        const char *const next[] = { "mail", "reports", "files" };

        pile(&f, next[i], 3000, clock_now());
        cr_assert_eq(job_claim(&f.c, &w[taken++], &j), OK, "%s", next[i]);
        cr_expect_str_eq(j.queue, next[i]);
        cr_expect_eq(job_claim(&f.c, &w[taken], &j), E_NOT_FOUND, "the last slots are for queues that run nothing");
    }
    workers_close(&f, w, 8);
    fixture_close(&f);
}

Test(turns, even_at_a_single_slot_a_younger_job_of_another_queue_waits_for_one_job_only)
{
    static const char *const order[] = { "default", "mail", "sms", "mail", "sms" };
    struct fixture f;
    struct worker w;
    struct job j, next = { 0 };

    fixture_open(&f);
    workers_open(&f, &w, 1);
    w.slots = 1;
    pile(&f, "sms", 3000, clock_now() - 600);
    cr_assert_eq(job_claim(&f.c, &w, &j), OK);
    pile(&f, "mail", 2, clock_now());
    pile(&f, "default", 1, clock_now());
    for (size_t i = 0; i < COUNT(order); i++, j = next) {
        cr_assert_eq(job_finish(&f.c, &w, &j, &(struct job_outcome){ .result = JOB_DONE }, &next), OK);
        cr_expect_str_eq(next.queue, order[i]);
    }
    workers_close(&f, &w, 1);
    fixture_close(&f);
}

/* A message may wait longer for its hour than a job may wait for a worker. */
Test(expiry, counts_from_when_the_job_first_may_go)
{
    struct fixture f;
    struct worker w;
    struct job j;
    int64_t now = clock_now(), id;

    fixture_open(&f);
    workers_open(&f, &w, 1);
    f.c.now = now;
    id = add(&f, (struct job_new){ .kind = "sms.send", .args = "{\"notification_id\":1}" });
    cr_assert_eq(db_scalar(f.db, 0, &expires_of, id), now + DAY);
    cr_assert_eq(job_claim(&f.c, &w, &j), OK);
    finish(&f, &w, &j, (struct job_outcome){ .result = JOB_SNOOZE, .run_at = now + 2 * DAY });
    cr_expect_geq(db_scalar(f.db, 0, &expires_of, id), now + 3 * DAY - 5, "put off, not late");
    cr_expect_leq(db_scalar(f.db, 0, &expires_of, id), now + 3 * DAY);
    workers_close(&f, &w, 1);
    fixture_close(&f);
}

struct moving { struct ctx *c; int64_t id, at; bool again; };

static enum err move_tx(struct db *db UNUSED, void *arg)
{
    struct moving *x = arg;

    return x->again ? job_retry_tx(x->c, x->id) : job_reschedule_tx(x->c, x->id, x->at);
}

Test(expiry, moves_with_another_time_and_is_fresh_after_a_retry_by_hand)
{
    struct fixture f;
    struct moving x = { .c = &f.c };
    int64_t now = clock_now();

    fixture_open(&f);
    f.c.now = now;
    x.id = add(&f, (struct job_new){ .kind = "sms.send", .args = "{\"notification_id\":1}" });
    x.at = now + 600;
    cr_assert_eq(db_write(f.db, move_tx, &x), OK);
    cr_expect_eq(db_scalar(f.db, 0, &expires_of, x.id), now + 600 + DAY);
    x.again = true;
    f.c.now = now + 3 * DAY;
    cr_assert_eq(db_write(f.db, move_tx, &x), OK);
    cr_expect_eq(db_scalar(f.db, 0, &expires_of, x.id), now + 4 * DAY);
    fixture_close(&f);
}

Test(expiry, ends_what_waited_too_long_a_few_hundred_at_a_time)
{
    struct fixture f;
    int moved, rounds = 0;

    fixture_open(&f);
    f.c.now = clock_now();
    for (int i = 0; i < 450; i++)
        noop(&f);
    cr_assert_eq(db_exec(f.db, NULL, &expire_all, f.c.now - 1), OK);
    do {
        cr_assert_eq(job_reap(&f.c, NULL, &moved), OK);
        cr_expect_leq(moved, 200, "a transaction is short");
        rounds++;
    } while (moved > 0 && rounds < 10);
    cr_expect_eq(db_scalar(f.db, 0, &state_is, "dead"), 450);
    fixture_close(&f);
}

Test(clock, that_jumps_between_the_look_at_it_and_the_reaping_expires_nothing)
{
    struct fixture f;
    int moved;

    fixture_open(&f);
    noop(&f);
    cr_assert_eq(db_exec(f.db, NULL, &expire_all, f.c.now + 1), OK);
    cr_assert_lt(f.c.now + 1, clock_now(), "it has jumped");
    cr_assert_eq(job_reap(&f.c, NULL, &moved), OK);
    cr_expect_eq(moved, 0);
    cr_expect_eq(db_scalar(f.db, 0, &state_is, "ready"), 1);
    fixture_close(&f);
}

static enum err no_more(struct ctx *c UNUSED, int64_t now UNUSED, int64_t future UNUSED)
{
    return OK;
}

Test(clock, that_was_ahead_while_nobody_looked_leaves_nothing_waiting)
{
    struct fixture f;
    struct worker w;
    struct job j;
    int64_t now = clock_now();

    fixture_open(&f);
    workers_open(&f, &w, 1);
    f.c.now = now;
    cr_assert_eq(job_mend_clock(&f.c, no_more), OK);
    f.c.now = now + 365 * DAY;
    noop(&f);
    f.c.now = now;
    cr_expect_eq(job_claim(&f.c, &w, &j), E_NOT_FOUND, "it is of next year");
    cr_assert_eq(job_mend_clock(&f.c, no_more), OK);
    cr_expect_eq(job_claim(&f.c, &w, &j), OK);
    workers_close(&f, &w, 1);
    fixture_close(&f);
}

/* A slot opened the breaker by the new clock while the keeper, which had read the old one, waited for the lock. */
Test(clock, that_jumps_while_the_keeper_waits_shortens_no_breaker)
{
    struct fixture f;
    int64_t now = clock_now();

    fixture_open(&f);
    f.c.now = now;
    cr_assert_eq(job_mend_clock(&f.c, no_more), OK);
    cr_assert_eq(db_exec(f.db, NULL, &breaker_opened, now + 600, (int64_t)600), OK);
    f.c.now = now - 600;
    cr_assert_eq(job_mend_clock(&f.c, no_more), OK);
    cr_expect_eq(db_scalar(f.db, 0, &breaker_is, (int64_t)0, (int64_t)600, now + 600, now + 600), 1);
    fixture_close(&f);
}

Test(reaper, sees_the_dead_behind_a_hundred_that_live)
{
    struct fixture f;
    struct worker alive, dead;
    struct job j;
    int moved;

    fixture_open(&f);
    workers_open(&f, &alive, 1);
    workers_open(&f, &dead, 1);
    cr_assert_eq(db_exec(f.db, NULL, &limit_set, (int64_t)1000), OK);
    for (int i = 0; i < 101; i++)
        noop(&f);
    for (int i = 0; i < 101; i++)
        cr_assert_eq(job_claim(&f.c, i < 100 ? &alive : &dead, &j), OK);
    close(dead.lock);            /* the system does so when a process is killed */
    cr_assert_eq(job_reap(&f.c, NULL, &moved), OK);
    cr_expect_eq(moved, 1);
    worker_close(&alive, f.conf);
    fixture_close(&f);
}

static const char *lock_of(struct fixture *f, const struct worker *w)
{
    return arena_printf(f->a, "%s/worker.%s.lock", f->conf->run_dir, w->name);
}

Test(reaper, takes_no_job_from_a_living_worker_whose_lock_somebody_removed_and_it_is_made_anew)
{
    struct fixture f;
    struct worker w;
    struct job j;
    int moved, other;

    fixture_open(&f);
    workers_open(&f, &w, 1);
    noop(&f);
    cr_assert_eq(job_claim(&f.c, &w, &j), OK);
    worker_watch(&w, f.conf);
    cr_assert_eq(unlink(lock_of(&f, &w)), 0);
    cr_assert_eq(job_reap(&f.c, NULL, &moved), OK);
    cr_expect_eq(moved, 0, "its lease is not over");
    worker_watch(&w, f.conf);
    other = open(lock_of(&f, &w), O_RDWR);
    cr_assert_geq(other, 0, "there again");
    cr_expect_lt(flock(other, LOCK_EX | LOCK_NB), 0, "and held");
    close(other);
    cr_assert_eq(job_reap(&f.c, NULL, &moved), OK);
    cr_expect_eq(moved, 0);
    close(w.lock);               /* the system does so when a process is killed */
    cr_assert_eq(job_reap(&f.c, NULL, &moved), OK);
    cr_expect_eq(moved, 1);
    cr_expect_neq(access(lock_of(&f, &w), F_OK), 0, "nothing is left of it");
    fixture_close(&f);
}

Test(worker, is_heard_of_while_its_job_takes_long)
{
    struct fixture f;
    struct worker w;
    struct job j;

    fixture_open(&f);
    workers_open(&f, &w, 1);
    noop(&f);
    cr_assert_eq(job_claim(&f.c, &w, &j), OK);
    cr_assert_eq(worker_beat(&f.c, &w, j.id), OK);
    cr_assert_eq(db_exec(f.db, NULL, &beat_long_ago), OK);
    cr_assert_eq(job_renew(&f.c, &j), OK);
    cr_expect_geq(db_scalar(f.db, 0, &beaten_at), clock_now() - 5);
    workers_close(&f, &w, 1);
    fixture_close(&f);
}
