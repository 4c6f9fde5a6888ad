/* Foreground: what cron programs do with --now: a job's handler runs without a row of the queue. */
#include <stdio.h>
#include <sys/time.h>

#include <criterion/criterion.h>

#include "tests/unit/fixture.h"
#include "jobs/jobs.h"

struct running { struct ctx *c; struct job_outcome o; };

static enum err effect_tx(struct db *db UNUSED, void *arg)
{
    struct running *r = arg;

    return r->o.effect == NULL ? OK : r->o.effect(r->c, r->o.arg);
}

/* An upload of long ago, which nobody owns. */
static void old_upload(struct fixture *f)
{
    const char *path = arena_printf(f->a, "%s/old", f->conf->spool_dir);
    FILE *out = fopen(path, "w");

    cr_assert_not_null(out, "%s", path);
    fclose(out);
    cr_assert_eq(utimes(path, (struct timeval[2]){ { 1, 0 }, { 1, 0 } }), 0);
}

Test(foreground, every_maintenance_job_runs_without_a_row)
{
    struct fixture f;
    size_t ran = 0;

    fixture_open(&f);
    for (size_t i = 0; i < job_kind_count; i++) {
        const struct job_kind *k = &job_kinds[i];
        const struct job j = { .kind = k->name, .args = "{}", .queue = "", .worker = "" };
        const struct job_row *row = job_row_of(light_jobs, k->name);

        if (!streq(k->queue, "maintenance"))
            continue;
        cr_assert_not_null(row, "%s", k->name);
        struct running r = { &f.c, row->run(&f.c, &j) };
        cr_expect_eq(r.o.result, JOB_DONE, "%s: %s", k->name, r.o.error);
        cr_expect_eq(db_write(f.db, effect_tx, &r), OK, "%s", k->name);
        ran++;
    }
    cr_expect(ran >= 2);
    fixture_close(&f);
}

/* ---- a job that could not look has not found that there is nothing to do ---- */

#define UNREADABLE(table) STMT("t_unreadable_" table, "", "ALTER TABLE " table " RENAME TO unreadable_" table)
static const struct stmt no_packages = UNREADABLE("packages"), no_files = UNREADABLE("package_files"),
    no_signatures = UNREADABLE("delivery_signatures"), no_documents = UNREADABLE("documents"),
    no_messages = UNREADABLE("notifications"), no_jobs = UNREADABLE("jobs"), no_letters = UNREADABLE("audit_log");

static const struct { const char *kind, *args; const struct stmt *break_it; } unable[] = {
    { "ageing.tell", "{}", &no_packages },
    { "reminders.plan", "{}", &no_packages },
    { "package.expire", "{}", &no_packages },
    { "retention.run", "{}", &no_files },
    { "retention.run", "{}", &no_signatures },
    { "retention.run", "{}", &no_documents },
    { "retention.run", "{}", &no_packages },
    { "retention.run", "{}", &no_messages },
    { "retention.run", "{}", &no_letters },
    { "sms.cost", "{}", &no_messages },
    { "temp.clean", "{}", &no_packages },
    { "temp.clean", "{}", &no_jobs },
    { "temp.clean", "{}", &no_files },
    { "file.delete", "{\"file_id\":1}", &no_files },
    { "file.delete", "{\"file_id\":1}", &no_jobs },
    { "sms.send", "{\"notification_id\":1}", &no_messages },
    { "mail.send", "{\"notification_id\":1}", &no_messages },
};

Test(foreground, a_job_that_cannot_read_what_it_is_about_is_not_done)
{
    for (size_t i = 0; i < COUNT(unable); i++) {
        const struct job j = { .kind = unable[i].kind, .args = unable[i].args, .queue = "", .worker = "" };
        struct fixture f;
        struct job_outcome o;

        fixture_open(&f);
        old_upload(&f);
        cr_assert_eq(db_exec(f.db, NULL, unable[i].break_it), OK, "row %zu", i);
        o = job_row_of(light_jobs, unable[i].kind)->run(&f.c, &j);
        cr_expect_neq(o.result, JOB_DONE, "row %zu: %s", i, unable[i].kind);
        fixture_close(&f);
    }
}

Test(foreground, uploads_that_cannot_be_read_are_not_taken_for_none)
{
    const struct job j = { .kind = "temp.clean", .args = "{}", .queue = "", .worker = "" };
    struct fixture f;

    fixture_open(&f);
    f.conf->spool_dir = arena_printf(f.a, "%s/nowhere", f.dir);
    cr_expect_eq(temp_clean_job(&f.c, &j).result, JOB_RETRY);
    fixture_close(&f);
}
