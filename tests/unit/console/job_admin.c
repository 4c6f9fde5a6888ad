/* Queue's console: what may be done in which state, what may be seen, and that no page reads all the jobs
 * there are. */
#include <stdio.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/console/job_admin.h"
#include "domain/ground/audit.h"
#include "domain/parcel/package_announce.h"
#include "tests/unit/fixture.h"
#include "queue/job.h"

static const struct stmt job_add = STMT("t_job_add", "sssssi",
    "INSERT INTO jobs (queue, kind, args, state, last_error, run_at, attempt, max_attempts, created_at,"
    " finished_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, 3, 3, 0,"
    " CASE WHEN $4 IN ('done', 'dead', 'cancelled') THEN $6 END, 1) RETURNING id");
static const struct stmt job_is = STMT("t_job_is", "is", "SELECT count(*) FROM jobs WHERE id = $1 AND state = $2");
static const struct stmt job_due = STMT("t_job_due", "ii",
    "SELECT count(*) FROM jobs WHERE id = $1 AND run_at = $2 AND finished_at IS NULL");
static const struct stmt job_tries = STMT("t_job_tries", "i", "SELECT max_attempts - attempt FROM jobs WHERE id = $1");
static const struct stmt job_of = STMT("t_job_of", "s", "SELECT min(id) FROM jobs WHERE kind = $1");
static const struct stmt state_count = STMT("t_state_count", "s", "SELECT count(*) FROM jobs WHERE state = $1");
static const struct stmt audit_count = STMT("t_audit_count", "s", "SELECT count(*) FROM audit_log WHERE action = $1");
static const struct stmt audit_ids = STMT("t_audit_ids", "s",
    "SELECT coalesce(sum(json_array_length(details, '$.ids')), 0) FROM audit_log WHERE action = $1");
static const struct stmt message_is = STMT("t_message_is", "s", "SELECT count(*) FROM notifications WHERE state = $1");
static const struct stmt attempt_add = STMT("t_attempt_add", "iiss",
    "INSERT INTO job_attempts (job_id, attempt, worker, started_at, finished_at, outcome, error)"
    " VALUES ($1, $2, 'w', 100, 103, $3, $4)");
static const struct stmt queue_set = STMT("t_queue_set", "siii",
    "UPDATE queues SET failures = $2, open_until = $3, rate = $4 / 60.0, burst = 5 WHERE name = $1");
static const struct stmt running_set = STMT("t_running_set", "isi",
    "UPDATE jobs SET state = 'running', worker = $2, started_at = $3, finished_at = NULL WHERE id = $1");
static const struct stmt worker_add = STMT("t_worker_add", "si",
    "INSERT INTO workers (name, host, pid, slot, since, heartbeat_at, rss_kb)"
    " VALUES ($1, '0123456789abcdef', 42, 1, 7, $2, 6000)");
static const struct stmt tick_add = STMT("t_tick_add", "siiii",
    "INSERT INTO cron_ticks (name, tick, started_at, finished_at, ok) VALUES ($1, $2, $3, $4, $5)");
static const struct stmt tick_job = STMT("t_tick_job", "sis",
    "INSERT INTO jobs (queue, kind, args, state, run_at, max_attempts, created_at, started_at, finished_at,"
    " unique_key) VALUES ('maintenance', 'temp.clean', '{}', $1, 0, 3, 0, $2, $2 + 12, $3)");

struct sample { const char *queue, *kind, *args, *state, *error; int64_t at; };

static int64_t add_one(struct fixture *f, struct sample s)
{
    int64_t id;

    cr_assert_eq(db_insert(f->db, &id, &job_add, s.queue ? s.queue : "default", s.kind ? s.kind : "noop",
                           s.args ? s.args : "{}", s.state, s.error, s.at), OK);
    return id;
}

struct filling { struct fixture *f; struct sample s; int n; };

static enum err fill_tx(struct db *db UNUSED, void *arg)
{
    struct filling *x = arg;

    for (int i = 0; i < x->n; i++)
        add_one(x->f, x->s);
    return OK;
}

static void fill(struct fixture *f, struct sample s, int n)
{
    struct filling x = { f, s, n };

    cr_assert_eq(db_write(f->db, fill_tx, &x), OK);
}

/* ---- what may be done ---- */

static const struct { const char *state, *action, *then; } cases[] = {
    { "ready", "retry", "ready" }, { "ready", "run", "ready" }, { "ready", "discard", "cancelled" },
    { "dead", "retry", "ready" }, { "dead", "run", NULL }, { "dead", "discard", "cancelled" },
    { "running", "retry", NULL }, { "running", "run", NULL }, { "running", "discard", NULL },
    { "done", "retry", NULL }, { "done", "run", NULL }, { "done", "discard", NULL },
    { "cancelled", "retry", NULL }, { "cancelled", "run", NULL }, { "cancelled", "discard", NULL },
};

Test(actions, each_is_for_its_states_and_leaves_an_entry_in_the_audit_log)
{
    struct fixture f;
    int64_t entries = 0, broken;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *action = cases[i].action, *after = cases[i].then ? cases[i].then : cases[i].state;
        int64_t id = add_one(&f, (struct sample){ .state = cases[i].state, .at = f.c.now + 99 });
        int64_t before = db_scalar(f.db, 0, &audit_count, arena_printf(f.a, "job_%s", action));
        enum err e = job_act(&f.c, action, id);

        cr_expect_eq(e, cases[i].then ? OK : E_CONFLICT, "%s of %s", action, cases[i].state);
        cr_expect_eq(db_scalar(f.db, 0, &job_is, id, after), 1, "%s of %s", action, cases[i].state);
        entries = db_scalar(f.db, 0, &audit_count, arena_printf(f.a, "job_%s", action));
        cr_expect_eq(entries, before + (cases[i].then != NULL), "%s of %s", action, cases[i].state);
        if (e == OK && !streq(action, "discard"))
            cr_expect_eq(db_scalar(f.db, 0, &job_due, id, f.c.now), 1, "%s of %s: now", action, cases[i].state);
        if (e == OK && streq(action, "retry"))
            cr_expect_eq(db_scalar(f.db, 0, &job_tries, id), 3, "with all its tries");
        if (e == OK && streq(action, "run"))
            cr_expect_eq(db_scalar(f.db, 0, &job_tries, id), 0, "its tries stay counted");
    }
    cr_expect_eq(audit_check(&f.c, &broken), OK);
    fixture_close(&f);
}

Test(actions, a_refusal_says_what_the_job_is_and_what_cannot_be_done)
{
    struct fixture f;
    int64_t id;

    fixture_open(&f);
    id = add_one(&f, (struct sample){ .state = "done" });
    cr_expect_eq(job_act(&f.c, "retry", id), E_CONFLICT);
    cr_expect_str_eq(fixture_fault(&f), "El trabajo 1 está hecho: no se puede repetir.");
    cr_expect_eq(job_act(&f.c, "discard", 77), E_NOT_FOUND);
    cr_expect_str_eq(fixture_fault(&f), "No existe el trabajo 77.");
    cr_expect_eq(job_act(&f.c, "delete", id), E_INVALID);
    fixture_close(&f);
}

Test(actions, a_discarded_message_does_not_look_as_if_it_waited)
{
    struct announce_in in = { .name = "Rosa Prueba", .phone = "3005550014", .guides = "GUIA00001",
                              .consent = true };
    struct fixture f;
    struct packages out;

    fixture_open(&f);
    cr_assert_eq(package_announce(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_assert_eq(db_scalar(f.db, 0, &message_is, "queued"), 1);
    cr_assert_eq(job_act(&f.c, "discard", db_scalar(f.db, 0, &job_of, "sms.send")), OK);
    cr_expect_eq(db_scalar(f.db, 0, &message_is, "queued"), 0);
    cr_expect_eq(db_scalar(f.db, 0, &message_is, "cancelled"), 1);
    fixture_close(&f);
}

/* ---- many at once ---- */

Test(bulk, retries_all_that_match_in_batches_and_says_how_many)
{
    struct fixture f;
    struct job_bulk in = { .action = "retry", .all = true,
                           .filter = { .state = "dead", .kind = "noop", .error = "TIEMPO" } };
    struct job_bulk_done done;

    fixture_open(&f);
    fill(&f, (struct sample){ .state = "dead", .error = "pasó su tiempo" }, 250);
    fill(&f, (struct sample){ .state = "dead", .error = "el proceso murió" }, 3);
    fill(&f, (struct sample){ .state = "dead", .kind = "temp.clean", .error = "pasó su tiempo" }, 4);
    fill(&f, (struct sample){ .state = "ready", .error = "pasó su tiempo", .at = f.c.now + 99 }, 5);
    cr_assert_eq(job_act_all(&f.c, &in, &done), OK, "%s", fixture_fault(&f));
    cr_expect_eq(done.changed, 250);
    cr_expect_eq(done.skipped + done.more, 0);
    cr_expect_eq(db_scalar(f.db, 0, &state_count, "dead"), 7);
    cr_expect_eq(db_scalar(f.db, 0, &audit_count, "job_retry"), 3, "an entry a batch");
    cr_expect_eq(db_scalar(f.db, 0, &audit_ids, "job_retry"), 250, "that names them all");
    cr_assert_eq(job_act_all(&f.c, &in, &done), OK);
    cr_expect_eq(done.changed, 0, "nothing is left");
    fixture_close(&f);
}

Test(bulk, of_those_that_were_chosen_it_skips_what_has_changed_since)
{
    struct fixture f;
    int64_t ids[4];
    struct job_bulk in = { .action = "discard", .ids = ids, .n = 4 };
    struct job_bulk_done done;

    fixture_open(&f);
    ids[0] = add_one(&f, (struct sample){ .state = "dead" });
    ids[1] = add_one(&f, (struct sample){ .state = "done" });
    ids[2] = 999;
    ids[3] = add_one(&f, (struct sample){ .state = "ready" });
    cr_assert_eq(job_act_all(&f.c, &in, &done), OK, "%s", fixture_fault(&f));
    cr_expect_eq(done.changed, 2);
    cr_expect_eq(done.skipped, 2);
    cr_expect_eq(db_scalar(f.db, 0, &state_count, "cancelled"), 2);
    fixture_close(&f);
}

Test(bulk, never_means_everything)
{
    static const struct { const char *action, *state, *field; bool all; } wrong[] = {
        { "discard", NULL, "state", true }, { "retry", "done", "state", true },
        { "run", "dead", "state", true }, { "discard", "running", "state", true },
        { "retry", "dead", "ids", false }, { "drop", "dead", "action", true },
    };
    struct fixture f;
    struct job_bulk_done done;

    fixture_open(&f);
    fill(&f, (struct sample){ .state = "dead" }, 2);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct job_bulk in = { .action = wrong[i].action, .all = wrong[i].all,
                               .filter = { .state = wrong[i].state } };

        cr_expect_eq(job_act_all(&f.c, &in, &done), E_INVALID, "%s", wrong[i].action);
        cr_expect_str_eq(f.c.fault.field, wrong[i].field);
    }
    cr_expect_eq(db_scalar(f.db, 0, &state_count, "dead"), 2);
    fixture_close(&f);
}

/* ---- queues ---- */

Test(queues, a_pause_holds_a_resume_lets_go_and_both_are_audited)
{
    struct fixture f;
    struct worker w;
    struct job j;

    fixture_open(&f);
    cr_assert(worker_open(&w, f.a, f.conf, 1));
    cr_assert_eq(db_exec(f.db, NULL, &job_add, "default", "noop", "{}", "ready", NULL, (int64_t)0), OK);
    cr_assert_eq(job_act(&f.c, "retry", 1), OK);
    cr_expect_eq(queue_pause(&f.c, "default", false), E_CONFLICT);
    cr_expect_str_eq(fixture_fault(&f), "La cola General no estaba en pausa.");
    cr_expect_eq(queue_pause(&f.c, "default", true), OK);
    cr_expect_eq(job_claim(&f.c, &w, &j), E_NOT_FOUND);
    cr_expect_eq(queue_pause(&f.c, "default", true), E_CONFLICT);
    cr_expect_eq(queue_pause(&f.c, "default", false), OK);
    cr_expect_eq(job_claim(&f.c, &w, &j), OK);
    cr_expect_eq(queue_pause(&f.c, "nada", true), E_NOT_FOUND);
    cr_expect_eq(db_scalar(f.db, 0, &audit_count, "queue_pause"), 1);
    cr_expect_eq(db_scalar(f.db, 0, &audit_count, "queue_resume"), 1);
    worker_close(&w, f.conf);
    fixture_close(&f);
}

static const struct queue_entry *queue_named(const struct queue_entries *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++)
        if (streq(all->v[i].name, name))
            return &all->v[i];
    return NULL;
}

Test(queues, are_counted_with_their_oldest_their_pace_and_their_breaker)
{
    struct fixture f;
    struct queue_entries all;
    const struct queue_entry *q;

    fixture_open(&f);
    fill(&f, (struct sample){ .queue = "sms", .state = "ready", .at = f.c.now - 90 }, 2);
    fill(&f, (struct sample){ .queue = "sms", .state = "ready", .at = f.c.now + 90 }, 3);
    fill(&f, (struct sample){ .queue = "sms", .state = "dead", .at = f.c.now - 9 }, 4);
    fill(&f, (struct sample){ .queue = "sms", .state = "done", .at = f.c.now - 60 }, 5);
    fill(&f, (struct sample){ .queue = "sms", .state = "done", .at = f.c.now - 1800 }, 6);
    fill(&f, (struct sample){ .queue = "sms", .state = "done", .at = f.c.now - 7200 }, 7);
    cr_assert_eq(db_exec(f.db, NULL, &queue_set, "sms", (int64_t)7, f.c.now + 60, (int64_t)16), OK);
    cr_assert_eq(db_exec(f.db, NULL, &queue_set, "mail", (int64_t)5, f.c.now - 1, (int64_t)0), OK);
    cr_assert_eq(db_exec(f.db, NULL, &queue_set, "files", (int64_t)4, (int64_t)0, (int64_t)0), OK);
    cr_assert_eq(queue_list(&f.c, &all), OK);
    cr_assert_not_null(q = queue_named(&all, "sms"));
    cr_expect_eq(q->ready, 5);
    cr_expect_eq(q->due, 2);
    cr_expect_eq(q->oldest_due, f.c.now - 90);
    cr_expect_eq(q->dead, 4);
    cr_expect_eq(q->done_5, 5);
    cr_expect_eq(q->done_60, 11);
    cr_expect_str_eq(q->breaker, "open");
    cr_expect_eq(q->open_until, f.c.now + 60);
    cr_expect_eq(q->per_minute, 16);
    cr_expect_eq(q->burst, 5);
    cr_assert_not_null(q = queue_named(&all, "mail"));
    cr_expect_str_eq(q->breaker, "half_open");
    cr_expect_eq(q->ready + q->dead + q->oldest_due + q->burst, 0);
    cr_assert_not_null(q = queue_named(&all, "files"));
    cr_expect_str_eq(q->breaker, "closed");
    fixture_close(&f);
}

Test(workers, are_shown_with_the_job_they_run_now)
{
    struct fixture f;
    struct worker_entries all;
    int64_t id;

    fixture_open(&f);
    cr_assert_eq(db_exec(f.db, NULL, &worker_add, "1.42.a", f.c.now - 3), OK);
    cr_assert_eq(db_exec(f.db, NULL, &worker_add, "2.43.b", f.c.now - 3), OK);
    id = add_one(&f, (struct sample){ .state = "ready" });
    cr_assert_eq(db_exec(f.db, NULL, &running_set, id, "2.43.b", (int64_t)55), OK);
    cr_assert_eq(worker_list(&f.c, &all), OK);
    cr_assert_eq(all.n, 2);
    cr_expect_str_eq(all.v[0].host, "012345", "not the whole id of the machine");
    cr_expect_eq(all.v[0].job_id, 0);
    cr_expect_eq(all.v[0].since, 7);
    cr_expect_eq(all.v[1].job_id, id);
    cr_expect_str_eq(all.v[1].kind, "noop");
    cr_expect_eq(all.v[1].since, 55);
    fixture_close(&f);
}

/* ---- lists ---- */

Test(list, is_filtered_by_everything_and_goes_on_where_it_stopped)
{
    static const struct { struct job_filter f; int64_t n; } asked[] = {
        { { .state = "dead" }, 6 }, { { .state = "ready" }, 4 }, { { .state = "done" }, 5 },
        { { .state = "running" }, 0 }, { { .state = "cancelled" }, 2 }, { { .kind = "sms.send" }, 3 },
        { { .queue = "sms" }, 3 }, { { .queue = "sms", .state = "dead" }, 3 }, { { .error = "NÚMERO" }, 0 },
        { { .error = "número" }, 3 }, { { .error = "100%" }, 0 }, { { .error = "número", .state = "ready" }, 0 },
        { { .package = "ZZZZZ2" }, 0 }, { { .package = "no hay" }, 0 }, { { .queue = "nada" }, 0 }, { { 0 }, 17 },
    };
    struct fixture f;
    struct job_entries all;
    int64_t next, n;

    fixture_open(&f);
    fill(&f, (struct sample){ .queue = "sms", .kind = "sms.send", .state = "dead", .error = "El número no existe" }, 3);
    fill(&f, (struct sample){ .state = "dead", .error = "el proceso murió" }, 3);
    fill(&f, (struct sample){ .state = "ready" }, 4);
    fill(&f, (struct sample){ .state = "done" }, 5);
    fill(&f, (struct sample){ .state = "cancelled" }, 2);
    for (size_t i = 0; i < COUNT(asked); i++) {
        struct job_filter x = asked[i].f;
        int64_t seen = 0, last = INT64_MAX;

        x.limit = 2;
        do {
            cr_assert_eq(job_list(&f.c, &x, &all, &next), OK, "%zu", i);
            for (size_t k = 0; k < all.n; k++, seen++) {
                cr_expect_lt(all.v[k].id, last, "newest first, none twice");
                last = all.v[k].id;
            }
            x.before = next;
        } while (next != 0);
        cr_expect_eq(seen, asked[i].n, "row %zu: %d", i, (int)seen);
        cr_assert_eq(job_count(&f.c, &asked[i].f, &n), OK);
        cr_expect_eq(n, asked[i].n, "row %zu", i);
    }
    cr_expect_eq(job_dead_count(&f.c), 6);
    fixture_close(&f);
}

Test(list, finds_the_jobs_of_a_package_by_its_code_and_by_its_guide)
{
    struct announce_in in = { .name = "Rosa Prueba", .phone = "3005550014", .guides = "GUIA-00001",
                              .consent = true };
    struct fixture f;
    struct packages out;
    struct job_entries all;
    int64_t next;

    fixture_open(&f);
    fill(&f, (struct sample){ .state = "ready" }, 3);
    cr_assert_eq(package_announce(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_assert_eq(job_list(&f.c, &(struct job_filter){ .package = out.v[0].tracking_code }, &all, &next), OK);
    cr_assert_eq(all.n, 1);
    cr_expect_str_eq(all.v[0].tracking_code, out.v[0].tracking_code);
    cr_assert_eq(job_list(&f.c, &(struct job_filter){ .package = "guia 00001" }, &all, &next), OK);
    cr_expect_eq(all.n, 1);
    fixture_close(&f);
}

/* ---- one ---- */

static const char *argument(const struct job_detail *d, const char *name)
{
    for (size_t i = 0; i < d->arguments.n; i++)
        if (streq(d->arguments.v[i].name, name))
            return d->arguments.v[i].value;
    return "";
}

Test(show, tells_the_tries_and_of_the_arguments_only_the_ids)
{
    struct fixture f;
    struct job_detail d;
    int64_t id;

    fixture_open(&f);
    id = add_one(&f, (struct sample){ .kind = "sms.send", .state = "dead", .error = "x",
        .args = "{\"notification_id\":4711,\"phone\":573005550014,\"text\":\"código 123456\"}" });
    cr_assert_eq(db_exec(f.db, NULL, &attempt_add, id, (int64_t)1, "crashed", NULL), OK);
    cr_assert_eq(db_exec(f.db, NULL, &attempt_add, id, (int64_t)2, "error", "x"), OK);
    cr_assert_eq(job_show(&f.c, id, &d), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(argument(&d, "notification_id"), "4711");
    cr_expect_str_eq(argument(&d, "phone"), "•••", "no kind declares it");
    cr_expect_str_eq(argument(&d, "text"), "•••");
    cr_expect_eq(d.notification_id, 0, "there is no such message");
    cr_assert_eq(d.tries.n, 2);
    cr_expect_eq(d.tries.v[0].attempt, 2);
    cr_expect_str_eq(d.tries.v[1].outcome, "crashed");
    id = add_one(&f, (struct sample){ .kind = "of.yesterday", .state = "dead", .args = "{\"file_id\":7}" });
    cr_assert_eq(job_show(&f.c, id, &d), OK);
    cr_expect_str_eq(argument(&d, "file_id"), "•••", "an unknown kind declares nothing");
    cr_expect_eq(job_show(&f.c, 999, &d), E_NOT_FOUND);
    fixture_close(&f);
}

/* ---- the clock ---- */

static void schedule_write(struct fixture *f, const char *text)
{
    char *path = arena_printf(f->a, "%s/schedule", f->dir);
    FILE *out = fopen(path, "w");

    cr_assert_not_null(out);
    fputs(text, out);
    fclose(out);
    f->conf->schedule_file = path;
}

Test(clock, shows_each_line_with_what_became_of_its_last_run)
{
    static const struct { const char *name, *result; int64_t seconds, success; } lines[] = {
        { "fresh", NULL, 0, 0 }, { "sweep", "ok", 2, 120 }, { "broken", "failed", 2, 60 },
        { "job-done", "ok", 12, 120 }, { "job-dead", "failed", 12, 60 }, { "job-waits", "queued", 0, 0 },
        { "hangs", "running", 0, 0 },
    };
    struct fixture f;
    struct cron_entries all;

    fixture_open(&f);
    schedule_write(&f, "50 2 * * * 60 fresh # Empieza mañana\n* * * * * 60 sweep\n* * * * * 60 broken\n* * * * * 60 job-done\n"
                       "* * * * * 60 job-dead\n* * * * * 60 job-waits\n* * * * * 60 hangs\n");
    for (size_t i = 1; i < COUNT(lines); i++) {
        bool hangs = streq(lines[i].name, "hangs"), broken = streq(lines[i].name, "broken");

        if (lines[i].success == 60 || lines[i].success == 120)
            cr_assert_eq(db_exec(f.db, NULL, &tick_add, lines[i].name, (int64_t)60, (int64_t)61, (int64_t)63,
                                 (int64_t)1), OK);
        if (hangs)
            cr_assert_eq(db_exec(f.db, NULL, &tick_add, "hangs", (int64_t)120, (int64_t)121, (int64_t)123,
                                 (int64_t)0), OK);
        else
            cr_assert_eq(db_exec(f.db, NULL, &tick_add, lines[i].name, (int64_t)120, (int64_t)121, (int64_t)123,
                                 (int64_t)!broken), OK);
    }
    cr_assert_eq(db_exec(f.db, NULL, &tick_job, "done", (int64_t)130, "cron:job-done:120"), OK);
    cr_assert_eq(db_exec(f.db, NULL, &tick_job, "dead", (int64_t)130, "cron:job-dead:120"), OK);
    cr_assert_eq(db_exec(f.db, NULL, &tick_job, "ready", (int64_t)130, "cron:job-waits:120"), OK);
    cr_assert_eq(cron_list(&f.c, &all), OK);
    cr_assert_eq(all.n, COUNT(lines));
    cr_expect_str_eq(all.v[0].when, "cada día a las 02:50");
    cr_expect_str_eq(all.v[0].what, "Empieza mañana");
    cr_expect_str_eq(clock_rfc3339(f.a, all.v[0].next_at), "2026-11-04T02:50:00-05:00");
    for (size_t i = 0; i < COUNT(lines); i++) {
        const struct cron_entry *x = &all.v[i];

        if (streq(lines[i].name, "hangs"))
            continue;
        cr_expect_str_eq(x->name, lines[i].name);
        cr_expect(lines[i].result == NULL ? x->result == NULL : x->result != NULL && streq(x->result, lines[i].result),
                  "%s: %s", x->name, x->result ? x->result : "-");
        cr_expect_eq(x->last_success, lines[i].success, "%s: %d", x->name, (int)x->last_success);
        if (!streq(lines[i].name, "job-waits"))
            cr_expect_eq(x->seconds, lines[i].seconds, "%s: %d", x->name, (int)x->seconds);
    }
    f.conf->schedule_file = "/nowhere";
    cr_expect_eq(cron_list(&f.c, &all), E_INTERNAL);
    fixture_close(&f);
}

/* ---- plans ---- */

/* A step of a plan is bounded if it reads jobs by an index, or reads all of an index that has only the
 * jobs that wait, run or failed.  A list of all jobs may go backwards through the primary key. */
static bool step_is_bounded(const char *name, const char *step)
{
    static const char *const fine[] = { "jobs_ready", "jobs_running", "jobs_gone", "jobs_over", "jobs_failed" };

    if (strstr(step, "AUTOMATIC") != NULL)   /* an index of all rows, made for this statement */
        return false;
    if (strstr(step, "(rowid<?)") != NULL)   /* reads backwards until it has enough rows */
        return streq(name, "jobs_all") || streq(name, "jobs_many") || streq(name, "audit_all_of_it")
            || streq(name, "clock_trust");
    if (!has_prefix(step, "SCAN j") && !has_prefix(step, "SCAN r"))
        return true;
    for (size_t i = 0; i < COUNT(fine); i++)
        if (strstr(step, fine[i]) != NULL)
            return true;
    return false;
}

static bool plan_is_ours(const struct stmt *s UNUSED, const char *file)
{
    static const char *const parts[] = { "domain/console/", "queue/" };

    return fixture_is_one_of(file, parts, COUNT(parts));
}

Test(plans, no_page_and_no_worker_reads_all_jobs)
{
    struct fixture f;

    fixture_open(&f);
    cr_expect_gt(fixture_plans(&f, plan_is_ours, step_is_bounded), 40);
    fixture_close(&f);
}
