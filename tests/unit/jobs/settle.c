/* Settling: what a job was about never waits for a job that is dead. */
#include <criterion/criterion.h>
#include <unistd.h>

#include "base/clock.h"
#include "jobs/jobs.h"
#include "jobs/message.h"
#include "queue/kept.h"
#include "tests/unit/fixture.h"

#define MANY 3000

static const struct stmt write_messages = STMT("t_s_messages", "ii",
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)"
    " INSERT INTO notifications (event, channel, recipient, template_id, class, variables, state, created_at,"
    " not_before, dedupe_key) SELECT 'custom_message', 'sms', '+573005550001',"
    " (SELECT min(id) FROM notification_templates), 'informativa', '{}', 'queued', $2, $2, 't:' || i FROM n");
static const struct stmt write_jobs = STMT("t_s_jobs", "i",
    "INSERT INTO jobs (queue, kind, args, run_at, expires_at, max_attempts, created_at, priority, state)"
    " SELECT channel, channel || '.send', '{\"notification_id\":' || id || '}', $1, $1 + 3600, 12, $1, 100, 'ready'"
    " FROM notifications");
static const struct stmt forgotten = STMT("t_s_forgotten", "",
    "SELECT count(*) FROM notifications n JOIN jobs j ON json_extract(j.args, '$.notification_id') = n.id"
    " WHERE n.state IN ('queued', 'sending') AND j.state NOT IN ('ready', 'running')");
static const struct stmt in_state = STMT("t_s_state", "ss",
    "SELECT count(*) FROM notifications WHERE state = $1 AND error = $2");
static const struct stmt set_message = STMT("t_s_set", "s", "UPDATE notifications SET state = $1");
static const struct stmt last_try = STMT("t_s_last", "", "UPDATE jobs SET max_attempts = 1, expires_at = NULL");
static const struct stmt another_boot = STMT("t_s_boot", "", "UPDATE jobs SET boot_id = 'another'");
static const struct stmt jobs_in = STMT("t_s_jobs_in", "s", "SELECT count(*) FROM jobs WHERE state = $1");

static void write_down(struct fixture *f, int64_t n, int64_t at)
{
    cr_assert_eq(db_exec(f->db, NULL, &write_messages, n, at), OK);
    cr_assert_eq(db_exec(f->db, NULL, &write_jobs, at), OK);
}

Test(settle, three_thousand_messages_that_expire_together_end_with_their_jobs)
{
    struct fixture f;
    int moved = 1;

    fixture_open(&f);
    f.c.now = clock_now();
    write_down(&f, MANY, f.c.now - 3600);
    while (moved > 0) {
        cr_assert_eq(job_reap(&f.c, NULL, &moved), OK);
        cr_assert_eq(db_scalar(f.db, -1, &forgotten), 0);
    }
    cr_expect_eq(db_scalar(f.db, -1, &jobs_in, "dead"), MANY);
    cr_expect_eq(db_scalar(f.db, -1, &in_state, "failed", "venció sin ejecutarse"), MANY);
    fixture_close(&f);
}

/* ---- each way in which a job ends without its handler ---- */

static struct job begun(struct fixture *f, struct worker *w)
{
    struct job j;

    cr_assert_eq(db_exec(f->db, NULL, &last_try), OK);
    cr_assert(worker_open(w, f->a, f->conf, 1));
    cr_assert_eq(job_claim(&f->c, w, &j), OK);
    return j;
}

static void taken_back(struct fixture *f)
{
    struct worker w;
    int moved;

    begun(f, &w);
    cr_assert_eq(db_exec(f->db, NULL, &another_boot), OK);
    cr_assert_eq(job_reap(&f->c, NULL, &moved), OK);
    cr_expect_eq(moved, 1);
    worker_close(&w, f->conf);
}

static void given_up(struct fixture *f)
{
    struct worker w;
    struct job j = begun(f, &w);
    struct job_outcome o = { .result = JOB_TIMEOUT, .error = "pasó su tiempo" };

    cr_assert_eq(job_finish(&f->c, &w, &j, &o, NULL), OK);
    worker_close(&w, f->conf);
}

static enum err discard_tx(struct db *db UNUSED, void *arg)
{
    return job_discard_tx(arg, 1);
}

static void discarded(struct fixture *f)
{
    cr_assert_eq(db_write(f->db, discard_tx, &f->c), OK);
}

static const struct { void (*end)(struct fixture *); const char *before, *after, *why; } endings[] = {
    { taken_back, "queued", "failed", "el proceso murió" },
    { taken_back, "sending", "unknown", "el proceso murió" },
    { given_up, "queued", "failed", "pasó su tiempo" },
    { given_up, "sending", "unknown", "pasó su tiempo" },
    { discarded, "queued", "cancelled", "se descartó su trabajo" },
};

Test(settle, a_message_is_settled_however_its_job_ends)
{
    for (size_t i = 0; i < COUNT(endings); i++) {
        struct fixture f;

        fixture_open(&f);
        write_down(&f, 1, clock_now());
        f.c.now = clock_now();
        cr_assert_eq(db_exec(f.db, NULL, &set_message, endings[i].before), OK);
        endings[i].end(&f);
        cr_expect_eq(db_scalar(f.db, -1, &in_state, endings[i].after, endings[i].why), 1, "row %zu", i);
        cr_expect_eq(db_scalar(f.db, -1, &forgotten), 0, "row %zu", i);
        fixture_close(&f);
    }
}

/* ---- a slot that is killed when it knows how a message ended and could not write it ---- */

static const struct stmt message_as = STMT("t_s_as", "ssi",
    "SELECT count(*) FROM notifications WHERE state = $1 AND provider_id IS $2 AND coalesce(cost, 0) = $3 AND parts = 2");

static const struct stmt first_job_in = STMT("t_s_first_in", "s", "SELECT count(*) FROM jobs WHERE id = 1 AND state = $1");

static const struct { struct send_result r; const char *state, *job, *provider_id; int64_t cost; } landings[] = {
    { { .sent = SENT_YES, .id = "liwa-7" }, "sent", "done", "liwa-7", 100 },
    { { .sent = SENT_NO, .error = "el operador respondió «429»" }, "queued", "ready", NULL, 0 },
    { { .sent = SENT_NEVER, .error = "Número inválido" }, "failed", "dead", NULL, 0 },
    { { .sent = SENT_UNKNOWN, .error = "no se sabe" }, "unknown", "done", NULL, 0 },
    { { .sent = SENT_LATER, .error = "se agotó el presupuesto del día", .again = 1, .tell = TELL_BUDGET },
      "queued", "ready", NULL, 0 },
};

Test(settle, how_a_message_ended_is_not_forgotten_when_its_slot_is_killed_before_it_is_written)
{
    for (size_t i = 0; i < COUNT(landings); i++) {
        struct fixture f;
        struct worker w;
        struct job j;
        struct message m = { .id = 1, .channel = "sms", .event = "custom_message" };
        struct send_result r = landings[i].r;
        struct job_outcome o;
        int moved;

        fixture_open(&f);
        write_down(&f, 1, clock_now());
        f.c.now = clock_now();
        r.again = r.again != 0 ? f.c.now + 600 : 0;
        cr_assert(worker_open(&w, f.a, f.conf, 1));
        cr_assert_eq(job_claim(&f.c, &w, &j), OK);
        cr_assert_eq(db_exec(f.db, NULL, &set_message, "sending"), OK);
        o = message_landed(&f.c, &j, &m, &r, 2, 100);
        kept_write(&f.c, w.page, &j, &o);
        close(w.lock);
        cr_assert_eq(jobs_reap(&f.c, &moved), OK);
        cr_expect_eq(moved, 1, "row %zu", i);
        cr_expect_eq(db_scalar(f.db, -1, &message_as, landings[i].state, landings[i].provider_id, landings[i].cost), 1, "row %zu", i);
        cr_expect_eq(db_scalar(f.db, -1, &first_job_in, landings[i].job), 1, "row %zu", i);
        fixture_close(&f);
    }
}
