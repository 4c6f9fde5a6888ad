/* Doubt: jumps of the wall clock are played by moving what was noted of it. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/console/clock_jump.h"
#include "domain/handover/deliver_quote.h"
#include "domain/parcel/package_fee.h"
#include "jobs/jobs.h"
#include "queue/doubt.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

#define HOUR 3600
#define YEAR (365 * DAY_SECONDS)

static const struct stmt believed_move = STMT("test_believed_move", "i",
    "UPDATE clock_trust SET believed_at = believed_at - $1, before_at = before_at - $1");
static const struct stmt doubted_move = STMT("test_doubted_move", "ii",
    "UPDATE clock_trust SET doubted_at = doubted_at - $1, doubted_boot_ms = doubted_boot_ms - $2");
static const struct stmt other_boot = STMT("test_other_boot", "", "UPDATE clock_trust SET boot_id = 'another'");
static const struct stmt job_old = STMT("test_job_old", "i",
    "INSERT INTO jobs (queue, kind, args, run_at, max_attempts, created_at, priority, state, expires_at)"
    " VALUES ('default', 'noop', '{}', 0, 3, 0, 100, 'ready', $1)");
static const struct stmt dead = STMT("test_dead", "", "SELECT count(*) FROM jobs WHERE state = 'dead'");
static const struct stmt audited = STMT("test_audited", "",
    "SELECT count(*) FROM audit_log WHERE action = 'clock_accept'");

static const struct stmt before_move = STMT("test_before_move", "i",
    "UPDATE clock_trust SET before_at = before_at - $1");
static const struct stmt noted_long_ago = STMT("test_noted_long_ago", "",
    "UPDATE clock_trust SET believed_at = believed_at - 100, boot_ms = boot_ms - 100000");
static const struct stmt unseen = STMT("test_unseen", "", "UPDATE clock_trust SET event_at = event_at - 100");

static bool doubted(struct fixture *f)
{
    f->c.now = clock_now();
    return doubt_look(&f->c);
}

static void run(struct fixture *f, const struct stmt *s, int64_t a, int64_t b)
{
    cr_assert_eq(*s->args == '\0' ? db_exec(f->db, NULL, s) : s->args[1] == '\0' ? db_exec(f->db, NULL, s, a)
                 : db_exec(f->db, NULL, s, a, b), OK);
}

/* Plays a jump of the wall clock by so many seconds, ahead of time or back. */
static void jump(struct fixture *f, int64_t seconds)
{
    run(f, &believed_move, seconds, 0);
}

Test(doubt, a_jump_of_more_than_25_hours_ahead_or_an_hour_back_is_doubted)
{
    static const struct { int64_t by; bool doubted; } cases[] = {
        { HOUR, false }, { -HOUR, false }, { 24 * HOUR, false }, { 26 * HOUR, true }, { -2 * HOUR, true },
        { -26 * HOUR, true },
        { YEAR, true }, { -YEAR, true },
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture f;

        fixture_open(&f);
        cr_expect_not(doubted(&f), "a clock seen for the first time");
        jump(&f, cases[i].by);
        cr_expect_eq(doubted(&f), cases[i].doubted, "%lld", (long long)cases[i].by);
        cr_expect_eq(doubted(&f), cases[i].doubted, "%lld, asked again", (long long)cases[i].by);
        fixture_close(&f);
    }
}

static struct package again(struct fixture *f, struct package p)
{
    cr_assert_eq(package_by_id(&f->c, p.id, &p), OK);
    return p;
}

/* A machine without a battery for its clock starts in another year, until it has asked for the time. */
Test(doubt, what_was_written_by_a_clock_that_was_behind_is_dated_anew_before_anything_happens_by_age)
{
    const int64_t by = 40 * DAY_SECONDS;
    struct fixture f;
    struct package old, usual, early, wrong, late;
    int moved;

    fixture_open(&f);
    f.c.now = clock_now() - by;
    old = parcel_shelved(&f, .guides = "GUIA0001");
    f.c.now = clock_now();
    usual = parcel_shelved(&f, .guides = "GUIA0002");
    cr_assert_eq(jobs_reap(&f.c, &moved), OK);
    f.c.now = clock_now() - by;
    early = parcel_announced(&f, .guides = "GUIA0003");          /* before anybody looked at the clock */
    jump(&f, -by);
    cr_assert(doubted(&f), "the clock is behind");
    f.c.now = clock_now() - by;
    wrong = parcel_shelved(&f, .guides = "GUIA0004");
    cr_assert_eq(jobs_reap(&f.c, &moved), OK);
    jump(&f, by);
    f.c.now = clock_now();
    late = parcel_announced(&f, .guides = "GUIA0005");           /* it has come back, and the keeper has not looked */
    cr_expect_not(doubted(&f));
    cr_expect(clock_wrote_wrong(&f.c), "nothing may happen by age yet");
    cr_assert_eq(jobs_reap(&f.c, &moved), OK);
    cr_expect_not(clock_wrote_wrong(&f.c));
    cr_expect_geq(again(&f, early).announced_at, f.c.now - 60);
    cr_expect_geq(again(&f, wrong).announced_at, f.c.now - 60);
    cr_expect_geq(again(&f, wrong).received_at, f.c.now - 60);
    cr_expect_eq(again(&f, late).announced_at, late.announced_at);
    cr_expect_eq(again(&f, usual).received_at, usual.received_at);
    cr_expect_eq(again(&f, old).received_at, old.received_at, "an old parcel of the same days stays old");
    fixture_close(&f);
}

/* Whoever sets the clock ahead by mistake has parcels announced and received next week. */
Test(doubt, what_was_written_by_a_clock_that_was_ahead_is_dated_anew_once_it_is_right)
{
    static const struct stmt throttle = STMT("test_throttle", "i",
        "INSERT INTO throttles (key, count, window_start, blocked_until) VALUES ('x', 9, $1, $1 + 600)");
    static const struct stmt blocked = STMT("test_blocked", "", "SELECT blocked_until FROM throttles WHERE key = 'x'");
    const int64_t by[] = { 3 * HOUR, 7 * DAY_SECONDS };

    for (size_t i = 0; i < COUNT(by); i++) {
        struct fixture f;
        struct package usual, shelved, awaited, handed, near;
        struct deliver_in in;
        struct delivery out;
        int moved;

        fixture_open(&f);
        f.c.now = clock_now() - HOUR;
        usual = parcel_shelved(&f, .guides = "GUIA0001");
        f.c.now = clock_now();
        cr_assert_eq(jobs_reap(&f.c, &moved), OK);
        f.c.now = clock_now() + by[i];
        shelved = parcel_shelved(&f, .guides = "GUIA0002");
        awaited = parcel_announced(&f, .guides = "GUIA0003");
        handed = parcel_shelved(&f, .guides = "GUIA0004");
        in = parcel_by_document(&handed.id, 1);
        cr_assert_eq(deliver_packages(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
        run(&f, &throttle, f.c.now, 0);
        f.c.now = clock_now() + 600;
        near = parcel_announced(&f, .guides = "GUIA0005");           /* a small difference passes by itself */
        jump(&f, -2 * DAY_SECONDS);
        cr_assert(doubted(&f));
        cr_assert_eq(jobs_reap(&f.c, &moved), OK);
        cr_expect_eq(again(&f, shelved).received_at, shelved.received_at, "a clock that may be behind dates nothing");
        jump(&f, 2 * DAY_SECONDS);
        cr_assert_not(doubted(&f));
        run(&f, &unseen, 0, 0);
        cr_assert_eq(jobs_reap(&f.c, &moved), OK);
        cr_expect_leq(again(&f, shelved).received_at, f.c.now);
        cr_expect_leq(again(&f, shelved).announced_at, f.c.now);
        cr_expect_leq(again(&f, awaited).announced_at, f.c.now);
        cr_expect_leq(again(&f, handed).delivered_at, f.c.now);
        cr_expect_eq(again(&f, handed).total_fee, 1500, "what was paid stays");
        cr_expect_eq(again(&f, usual).received_at, usual.received_at);
        cr_expect_eq(again(&f, near).announced_at, near.announced_at);
        cr_expect_leq(db_scalar(f.db, 0, &blocked), f.c.now + 600);
        cr_expect_geq(db_scalar(f.db, 0, &blocked), f.c.now + 590);
        fixture_close(&f);
    }
}

/* A machine that starts in another year stays there when nobody tells it the time. */
Test(doubt, a_clock_that_went_back_is_not_believed_for_being_steady_while_a_parcels_event_says_that_it_is_later)
{
    for (int events = 0; events < 2; events++) {
        struct fixture f;
        int moved;

        fixture_open(&f);
        f.c.now = clock_now() + 3 * HOUR;        /* seen from the clock that went back */
        if (events)
            (void)parcel_announced(&f, .guides = "GUIA0001");
        cr_assert_not(doubted(&f));
        cr_assert_eq(jobs_reap(&f.c, &moved), OK);
        jump(&f, -3 * HOUR);
        cr_expect(doubted(&f));
        run(&f, &doubted_move, 3700, 3700000);
        cr_expect_eq(doubted(&f), events == 1);
        fixture_close(&f);
    }
}

static void accept_clock(struct fixture *f)
{
    struct clock_jump j;

    cr_assert_eq(clock_jump_read(&f->c, &j), OK);
    cr_assert_eq(clock_jump_accept(&f->c, j.to), OK);
}

/* The battery of the clock is empty and nobody tells it the time, right after a parcel came. */
Test(doubt, a_clock_that_stays_behind_the_last_parcel_is_believed_by_a_word_alone_and_dates_no_earlier_parcel)
{
    const int64_t by = 40 * DAY_SECONDS;

    for (int noted = 0; noted < 2; noted++) {
        struct fixture f;
        struct package came;
        int moved;

        fixture_open(&f);
        f.c.now = clock_now() + by - 100;        /* the right time, seen from the clock that is behind */
        (void)parcel_announced(&f, .guides = "GUIA0001");
        cr_assert_not(doubted(&f));
        if (!noted)
            cr_assert_eq(jobs_reap(&f.c, &moved), OK);
        f.c.now = clock_now() + by;
        came = parcel_shelved(&f, .guides = "GUIA0002");
        cr_assert_not(doubted(&f));
        if (noted)
            cr_assert_eq(jobs_reap(&f.c, &moved), OK);
        jump(&f, -by);
        cr_expect(doubted(&f));
        run(&f, &doubted_move, 3700, 3700000);
        cr_expect(doubted(&f), "however long it is steady");
        run(&f, &unseen, 0, 0);
        cr_assert_eq(jobs_reap(&f.c, &moved), OK);
        cr_expect_eq(again(&f, came).received_at, came.received_at);
        accept_clock(&f);
        cr_expect_not(doubted(&f));
        cr_assert_eq(jobs_reap(&f.c, &moved), OK);
        cr_expect_not(clock_wrote_wrong(&f.c), "after the word all goes on");
        cr_expect_eq(again(&f, came).announced_at, came.announced_at);
        cr_expect_eq(again(&f, came).received_at, came.received_at, "what the right clock wrote stays");
        jump(&f, 35 * DAY_SECONDS);              /* a step towards the right time */
        cr_expect(doubted(&f));
        run(&f, &doubted_move, 3700, 3700000);
        cr_expect(doubted(&f), "it is still behind the parcel");
        fixture_close(&f);
    }
}

Test(doubt, the_right_time_that_comes_back_after_a_wrong_word_is_believed_at_once_and_what_was_written_meanwhile_is_dated_anew)
{
    const int64_t by = 40 * DAY_SECONDS;
    struct fixture f;
    struct package usual, awaited, shelved;
    int moved;

    fixture_open(&f);
    f.c.now = clock_now() - HOUR;
    usual = parcel_shelved(&f, .guides = "GUIA0001");
    cr_assert_not(doubted(&f));
    cr_assert_eq(jobs_reap(&f.c, &moved), OK);
    jump(&f, -by);
    cr_expect(doubted(&f));
    accept_clock(&f);
    cr_expect_not(doubted(&f));
    run(&f, &unseen, 0, 0);
    cr_assert_eq(jobs_reap(&f.c, &moved), OK);   /* the wrong time is noted as the right one */
    f.c.now = clock_now() - by;
    awaited = parcel_announced(&f, .guides = "GUIA0002");
    shelved = parcel_shelved(&f, .guides = "GUIA0003");
    jump(&f, by);
    cr_expect_not(doubted(&f), "it agrees with what was believed before");
    cr_expect(clock_wrote_wrong(&f.c), "nothing may happen by age yet");
    cr_assert_eq(jobs_reap(&f.c, &moved), OK);
    cr_expect_not(clock_wrote_wrong(&f.c));
    cr_expect_geq(again(&f, awaited).announced_at, f.c.now - 60);
    cr_expect_geq(again(&f, shelved).received_at, f.c.now - 60);
    cr_expect_eq(again(&f, usual).received_at, usual.received_at);
    jump(&f, -by);
    cr_expect(doubted(&f), "the wrong time is not the one of before");
    fixture_close(&f);
}

/* An administrator sets right a clock that was ahead, and after some days its wrong time is over. */
Test(doubt, a_clock_that_was_rightly_set_back_redates_nothing_when_it_reaches_the_time_it_had)
{
    const int64_t by = 5 * DAY_SECONDS;
    struct fixture f;
    struct package meanwhile;
    int moved;

    fixture_open(&f);
    (void)parcel_announced(&f, .guides = "GUIA0001");
    cr_assert_not(doubted(&f));
    cr_assert_eq(jobs_reap(&f.c, &moved), OK);
    jump(&f, -by);
    cr_expect(doubted(&f));
    accept_clock(&f);
    run(&f, &unseen, 0, 0);
    cr_assert_eq(jobs_reap(&f.c, &moved), OK);
    f.c.now = clock_now() - 4 * DAY_SECONDS;
    meanwhile = parcel_shelved(&f, .guides = "GUIA0002");
    run(&f, &before_move, by, 0);                /* time passes by itself, and the clock is believed all along */
    run(&f, &noted_long_ago, 0, 0);
    cr_expect_not(doubted(&f));
    run(&f, &unseen, 0, 0);
    cr_assert_eq(jobs_reap(&f.c, &moved), OK);
    cr_expect_eq(again(&f, meanwhile).received_at, meanwhile.received_at);
    jump(&f, 2 * DAY_SECONDS);
    cr_expect(doubted(&f), "a jump of later times is doubted as any other");
    fixture_close(&f);
}

Test(doubt, an_instant_of_before_the_jump_is_not_acted_by_when_the_clock_has_come_back)
{
    struct fixture f;

    fixture_open(&f);
    cr_assert_not(doubted(&f));
    f.c.now = clock_now() + YEAR;
    cr_expect(doubt_look(&f.c));
    cr_expect_not(doubted(&f));
    fixture_close(&f);
}

Test(doubt, a_machine_that_was_off_for_two_days_is_doubted_and_one_that_was_off_for_a_night_is_not)
{
    struct fixture f;

    fixture_open(&f);
    cr_assert_not(doubted(&f));
    run(&f, &other_boot, 0, 0);
    jump(&f, 10 * HOUR);
    cr_expect_not(doubted(&f));
    run(&f, &other_boot, 0, 0);
    jump(&f, 48 * HOUR);
    cr_expect(doubted(&f));
    fixture_close(&f);
}

Test(doubt, a_clock_that_comes_back_is_believed_at_once)
{
    struct fixture f;

    fixture_open(&f);
    cr_assert_not(doubted(&f));
    jump(&f, YEAR);
    cr_expect(doubted(&f));
    jump(&f, -YEAR);
    cr_expect_not(doubted(&f));
    fixture_close(&f);
}

Test(doubt, an_hour_without_another_jump_ends_it)
{
    struct fixture f;

    fixture_open(&f);
    cr_assert_not(doubted(&f));
    jump(&f, YEAR);
    cr_expect(doubted(&f));
    run(&f, &doubted_move, 3500, 3500000);
    cr_expect(doubted(&f), "not an hour yet");
    run(&f, &doubted_move, 50, 0);           /* it jumps by 50 s more: the hour begins anew */
    cr_expect(doubted(&f));
    run(&f, &doubted_move, 200, 200000);
    cr_expect(doubted(&f));
    run(&f, &doubted_move, 3500, 3500000);
    cr_expect_not(doubted(&f));
    cr_expect_not(doubted(&f));
    fixture_close(&f);
}

Test(doubt, an_administrator_ends_it_once_and_it_is_audited)
{
    struct fixture f;
    struct clock_jump j;

    fixture_open(&f);
    cr_assert_not(doubted(&f));
    jump(&f, YEAR);
    cr_expect(doubted(&f));
    cr_expect_eq(clock_jump_read(&f.c, &j), OK);
    cr_expect(j.to - j.from >= YEAR && j.to - j.from < YEAR + 100);
    cr_expect_eq(clock_jump_accept(&f.c, j.to - 3600), E_CONFLICT, "of an earlier jump");
    cr_expect(doubted(&f));
    cr_expect_eq(clock_jump_accept(&f.c, j.to), OK);
    cr_expect_not(doubted(&f));
    cr_expect_eq(clock_jump_accept(&f.c, j.to), E_CONFLICT);
    cr_expect_eq(clock_jump_read(&f.c, &j), OK);
    cr_expect_eq(j.to, 0);
    cr_expect_eq(db_scalar(f.db, 0, &audited), 1);
    fixture_close(&f);
}

Test(doubt, every_job_that_acts_by_age_waits_and_no_waiting_job_expires)
{
    static const char *const by_age[] = { "package.expire", "temp.clean", "reminders.plan", "ageing.tell",
                                          "retention.run", "sms.cost" };
    const struct job j = { .args = "{}", .queue = "", .worker = "" };
    struct clock_jump jumped;
    struct fixture f;
    int moved;

    fixture_open(&f);
    cr_assert_not(doubted(&f));
    jump(&f, YEAR);
    for (size_t i = 0; i < COUNT(by_age); i++) {
        const struct job_row *row = job_row_of(light_jobs, by_age[i]);
        struct job_outcome o = job_perform(&f.c, row, &j);

        cr_expect_eq(o.result, JOB_SNOOZE, "%s", by_age[i]);
        cr_expect_eq(o.run_in, 60, "%s", by_age[i]);
    }
    cr_expect_eq(job_perform(&f.c, job_row_of(light_jobs, "noop"), &j).result, JOB_DONE);
    run(&f, &job_old, clock_now() - 5, 0);
    cr_expect_eq(jobs_reap(&f.c, &moved), OK);
    cr_expect_eq(db_scalar(f.db, -1, &dead), 0);
    cr_expect_eq(clock_jump_read(&f.c, &jumped), OK);
    cr_expect_eq(clock_jump_accept(&f.c, jumped.to), OK);
    cr_expect_eq(jobs_reap(&f.c, &moved), OK);
    cr_expect_eq(db_scalar(f.db, -1, &dead), 1);
    fixture_close(&f);
}

/* ---- what people owe by a clock in doubt ---- */

Test(doubt, storage_is_charged_by_the_clock_that_was_believed_and_never_more_than_by_the_other)
{
    static const struct { const char *what; int64_t by; bool reboots, held; int64_t owes; } cases[] = {
        { "no jump", 0, false, false, 1500 }, { "a jump that may be right", 24 * HOUR, false, false, 2500 },
        { "ahead", 26 * HOUR, false, true, 1500 }, { "a year ahead", YEAR, false, true, 1500 },
        { "three days off", 72 * HOUR, true, false, 4500 }, { "back", -26 * HOUR, false, false, 1500 },
        { "a year back", -YEAR, false, false, 1500 },
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        struct fixture f;
        struct deliver_quote q;
        struct package p;
        struct fee owes;

        fixture_open(&f);
        f.c.now = clock_now() - cases[i].by - HOUR;      /* an hour ago, by the clock of before */
        p = parcel_shelved(&f, .guides = "AAAAA1");
        cr_assert_not(doubted(&f));
        jump(&f, cases[i].by);
        if (cases[i].reboots)
            run(&f, &other_boot, 0, 0);
        for (int looked = 0; looked < 2; looked++) {
            f.c.now = clock_now();
            cr_assert_eq(fee_of(&f.c, &p, &owes), OK);
            cr_expect_eq(owes.total, cases[i].owes, "%s, %d: %lld", cases[i].what, looked, (long long)owes.total);
            cr_assert_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .package_id = p.id }, &q), OK, "%s", fixture_fault(&f));
            cr_expect_eq(q.total, cases[i].owes, "%s", cases[i].what);
            cr_expect_eq(q.held, cases[i].held, "%s", cases[i].what);
            (void)!doubted(&f);
        }
        fixture_close(&f);
    }
}

Test(doubt, storage_is_charged_by_the_new_clock_once_somebody_says_that_it_is_right)
{
    const struct deliver_in in = { .override_reason = "codigo_olvidado", .identity_checked = true, .receiver_name = "Ana Ríos",
        .receiver_document_type = "CC", .receiver_document_last4 = "1234", .method = "nequi", .reference = "N-1" };
    struct deliver_in held = in, after = in;
    struct clock_jump j;
    struct delivery d;
    struct package p[2];
    struct fixture f;

    fixture_open(&f);
    f.c.now = clock_now() - 27 * HOUR;
    p[0] = parcel_shelved(&f, .guides = "AAAAA1");
    p[1] = parcel_shelved(&f, .guides = "AAAAA2");
    cr_assert_not(doubted(&f));
    jump(&f, 26 * HOUR);
    cr_assert(doubted(&f));
    held.ids = &p[0].id;
    held.count = 1;
    held.amount = 1500;
    cr_expect_eq(deliver_packages(&f.c, &held, &d), OK, "%s", fixture_fault(&f));
    cr_assert_eq(clock_jump_read(&f.c, &j), OK);
    cr_assert_eq(clock_jump_accept(&f.c, j.to), OK, "%s", fixture_fault(&f));
    after.ids = &p[1].id;
    after.count = 1;
    after.amount = 2500;
    cr_expect_eq(deliver_packages(&f.c, &after, &d), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}
