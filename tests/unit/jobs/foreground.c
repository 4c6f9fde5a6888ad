/* Foreground: what cron programs do with --now: a job's handler runs without a row of the queue. */
#include <criterion/criterion.h>

#include "tests/unit/fixture.h"
#include "jobs/jobs.h"

struct running { struct ctx *c; struct job_outcome o; };

static enum err effect_tx(struct db *db UNUSED, void *arg)
{
    struct running *r = arg;

    return r->o.effect == NULL ? OK : r->o.effect(r->c, r->o.arg);
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
