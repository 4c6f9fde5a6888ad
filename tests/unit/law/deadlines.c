/* The law of data sets terms: an incident of security is reported in time, the administrators are told of it and of
 * requests, and retention says beforehand how much it will delete and afterwards that it did. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/ground/setting.h"
#include "domain/law/privacy_request.h"
#include "domain/law/retention_told.h"
#include "domain/law/security_incident.h"
#include "domain/parcel/package_change.h"
#include "domain/people/privacy_link.h"
#include "jobs/jobs.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt told = STMT("t_deadlines_told", "",
    "SELECT count(*) FROM notifications WHERE dedupe_key LIKE 'privacy:2026-%'");
static const struct stmt photo = STMT("t_deadlines_photo", "is",
    "INSERT INTO package_files (package_id, key, kind, state, storage_key, created_at) VALUES ($1, $2, 'RECEPCION', 'ready', $2, 0)");

static void begin(struct fixture *f)
{
    fixture_open(f);
    f->conf->mail_url = "smtp://127.0.0.1:1";
    f->conf->sms_driver = "file";
    f->c.role = ROLE_ADMIN;
}

struct running { struct ctx *c; struct job_outcome o; };

static enum err effect_tx(struct db *db UNUSED, void *arg)
{
    const struct running *r = arg;

    return r->o.effect(r->c, r->o.arg);
}

static void run(struct fixture *f, job_handler *handler)
{
    const struct job j = { .kind = "privacy.tell", .args = "{}", .queue = "", .worker = "" };
    struct running r = { &f->c, handler(&f->c, &j) };

    cr_assert_eq(r.o.result, JOB_DONE, "%s", r.o.error ? r.o.error : "");
    if (r.o.effect != NULL)
        cr_assert_eq(db_write(f->db, effect_tx, &r), OK);
}

static struct security_incident incident(struct fixture *f)
{
    const struct security_in in = { .noticed_day = clock_day(f->c.now), .what = "Se perdió un celular", .data = "Nombres y celulares" };
    struct security_incident i;

    cr_assert_eq(security_save(&f->c, &in, &i), OK, "%s", fixture_fault(f));
    return i;
}

static const struct stmt told_before_and_after = STMT("t_deadlines_audit", "",
    "SELECT count(*) FROM audit_log WHERE action = 'security_report' AND details ->> 'before' LIKE 'Por informar;%'"
    " AND details ->> 'after' LIKE 'Informado a la autoridad;%informado el 26/11/2026'");

/* The fixture's day is Tuesday 3 November 2026; Monday 16 is a holiday. */
Test(deadlines, an_incident_of_security_is_reported_within_fifteen_business_days)
{
    struct fixture f;
    struct security_incident i;
    struct security_counts n;

    begin(&f);
    i = incident(&f);
    cr_expect_str_eq(clock_day_iso(f.a, i.due_day), "2026-11-25");
    cr_expect(i.left == 15 && !i.soon && !i.late && i.people == -1);
    f.c.now += 23 * 86400;       /* Thursday 26 */
    cr_assert_eq(security_count(&f.c, &n), OK);
    cr_expect(n.open == 1 && n.late == 1);
    cr_expect_eq(security_close(&f.c, &(struct security_close_in){ i.id, "Apareció el celular", false }, &i), E_CONFLICT);
    cr_expect_eq(security_report(&f.c, &(struct security_report_in){ i.id, i.noticed_day - 1, NULL }, &i), E_INVALID);
    cr_assert_eq(security_report(&f.c, &(struct security_report_in){ i.id, clock_day(f.c.now), "26-1" }, &i), OK, "%s", fixture_fault(&f));
    cr_expect(streq(i.state, "REPORTADO") && !i.late);
    cr_expect_eq(security_report(&f.c, &(struct security_report_in){ i.id, clock_day(f.c.now), "26-2" }, &i), E_CONFLICT,
                 "what was reported is not written over");
    cr_expect_eq(db_scalar(f.db, 9, &told_before_and_after), 1);
    cr_assert_eq(security_close(&f.c, &(struct security_close_in){ i.id, "Apareció el celular", false }, &i), OK);
    cr_expect_eq(security_save(&f.c, &(struct security_in){ .id = i.id, .noticed_day = i.noticed_day, .what = "Otra cosa pasó",
                                                            .data = "Otros datos más" }, &i), E_CONFLICT);
    fixture_close(&f);
}

Test(deadlines, administrators_are_told_once_a_business_day_of_what_is_due_soon_and_of_nothing_else)
{
    struct fixture f;
    struct privacy_request p;
    const struct privacy_in in = { "CONSULTA", "Ana Ríos", "300 555 0001", NULL, "Quiero saber qué datos míos tienen", true };
    const char *link;

    begin(&f);
    cr_assert_eq(privacy_ask(&f.c, &in, &p), OK, "%s", fixture_fault(&f));
    cr_assert_eq(privacy_link_address(&f.c, p.id, &link), OK);
    cr_assert_eq(privacy_prove(&f.c, strrchr(link, '/') + 1, &p), OK);
    cr_expect_str_eq(p.due_on, "2026-11-18");
    run(&f, privacy_tell_job);
    cr_expect_eq(db_scalar(f.db, -1, &told), 0, "it is not due soon");
    f.c.now += 11 * 86400;       /* Saturday 14 */
    run(&f, privacy_tell_job);
    cr_expect_eq(db_scalar(f.db, -1, &told), 0, "nobody works today");
    f.c.now += 3 * 86400;        /* Tuesday 17 */
    run(&f, privacy_tell_job);
    run(&f, privacy_tell_job);
    cr_expect_eq(db_scalar(f.db, -1, &told), 1, "to the one ADMIN, once");
    fixture_close(&f);
}

static const struct retention_row *row_of(struct fixture *f, const char *name)
{
    struct retention_rows all;

    cr_assert_eq(retention_table(&f->c, &all), OK, "%s", fixture_fault(f));
    for (size_t i = 0; i < all.n; i++)
        if (streq(all.v[i].name, name)) {
            struct retention_row *row = arena_alloc(f->a, sizeof *row);

            *row = all.v[i];
            return row;
        }
    cr_assert_fail("no row %s", name);
    return NULL;
}

static enum err photo_tx(struct db *db, void *arg)
{
    return db_exec(db, NULL, &photo, *(int64_t *)arg, "una");
}

Test(deadlines, retention_says_how_much_is_due_tomorrow_and_afterwards_what_it_did)
{
    struct fixture f;
    struct package p;

    begin(&f);
    p = parcel_received(&f, .guide = "SEVA00001");
    cr_assert_eq(db_write(f.db, photo_tx, &p.id), OK);
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ .id = p.id, .reason = "paquete_danado" }, &p), OK, "%s", fixture_fault(&f));
    f.c.now += 28 * 86400;
    cr_expect_eq(row_of(&f, "photos")->due, 0);
    f.c.now += 86400 + 1;
    cr_expect_eq(row_of(&f, "photos")->due, 1);
    f.c.now += 86400;
    run(&f, retention_run_job);
    cr_expect(row_of(&f, "photos")->done == 1 && row_of(&f, "photos")->at == f.c.now && row_of(&f, "photos")->due == 0);
    run(&f, retention_run_job);
    cr_expect_eq(row_of(&f, "photos")->done, 1, "a second run of the day takes nothing from what was told");
    f.c.now += 86400;
    run(&f, retention_run_job);
    cr_expect(row_of(&f, "photos")->done == 0 && row_of(&f, "photos")->total == 1);
    f.c.now += RETENTION_LATE_S + 1;
    cr_expect(row_of(&f, "packages")->late);
    fixture_close(&f);
}

Test(deadlines, what_is_paused_is_told_and_deletes_nothing)
{
    static const struct setting_change pause[] = { { "retention.photo_days", "0" }, { "retention.years", "0" } };
    struct fixture f;
    struct package p;

    begin(&f);
    p = parcel_received(&f, .guide = "SEVA00001");
    cr_assert_eq(db_write(f.db, photo_tx, &p.id), OK);
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ .id = p.id, .reason = "paquete_danado" }, &p), OK);
    cr_assert_eq(setting_change(&f.c, "policy", 0, pause, COUNT(pause)), OK, "%s", fixture_fault(&f));
    f.c.now += 20 * 366 * 86400;
    run(&f, retention_run_job);
    for (size_t i = 0; i < 2; i++) {
        const struct retention_row *row = row_of(&f, i == 0 ? "photos" : "packages");

        cr_expect(row->paused && row->done == 0 && row->due == 0 && !row->late, "%s", row->name);
    }
    fixture_close(&f);
}
