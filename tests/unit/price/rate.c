/* Tariffs and closures: notice, what can be taken back, what is audited; a package on the shelf pays what
 * it was announced with; the simulator says what the counter charges. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/ground/audit.h"
#include "domain/parcel/package_fee.h"
#include "domain/price/closure.h"
#include "domain/price/quote.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt audited = STMT("t_audited", "s", "SELECT count(*) FROM audit_log WHERE action = $1");

static struct rate_in tariff(const struct fixture *f, int64_t days)
{
    return (struct rate_in){ .package_type = "NORMAL", .base_fee = 1800, .storage_per_day = 1200,
        .free_hours = 48, .valid_from = clock_day(f->c.now) + days };
}

static int64_t normal_base(struct fixture *f, int64_t at)
{
    struct rates all;

    cr_assert_eq(rates_at(&f->c, at, &all), OK);
    return all.v[0].base_fee;
}

Test(rates, begin_on_their_day_and_are_audited)
{
    struct fixture f;
    struct rate_in in;
    struct rate_periods all;
    struct rate r;

    fixture_open(&f);
    in = tariff(&f, 15);
    cr_assert_eq(rate_add(&f.c, &in, &r), OK, "%s", fixture_fault(&f));
    cr_expect_eq(r.valid_from, clock_day_start(in.valid_from));
    cr_expect_eq(normal_base(&f, r.valid_from - 1), 1500);
    cr_expect_eq(normal_base(&f, r.valid_from), 1800);
    cr_expect_eq(db_scalar(f.db, -1, &audited, "rate_add"), 1);
    cr_assert_eq(rate_list(&f.c, &all), OK);
    cr_assert_eq(all.n, 3);
    cr_expect_str_eq(all.v[0].state, "PROXIMA");
    cr_expect_str_eq(all.v[1].state, "VIGENTE");
    cr_expect_eq(all.v[1].valid_until, r.valid_from);
    f.c.now = r.valid_from;
    cr_assert_eq(rate_list(&f.c, &all), OK);
    cr_expect_str_eq(all.v[0].state, "VIGENTE");
    cr_expect_str_eq(all.v[1].state, "PASADA");
    cr_expect_eq(rate_add(&f.c, &(struct rate_in){ .package_type = "NORMAL", .known = true, .reason = "x",
        .valid_from = in.valid_from - 1 }, &r), E_INVALID, "no day past");
    fixture_close(&f);
}

Test(rates, sooner_than_the_notice_need_to_be_known_and_a_reason)
{
    static const struct { int64_t days; bool known; const char *reason; enum err err; const char *field; } rows[] = {
        { -1, true, "Error", E_INVALID, "valid_from" }, { 731, true, "Error", E_INVALID, "valid_from" },
        { 14, false, NULL, E_INVALID, "valid_from" }, { 14, false, "Error", E_INVALID, "valid_from" },
        { 14, true, NULL, E_INVALID, "reason" }, { 14, true, "", E_INVALID, "reason" },
        { 14, true, "Error", OK, NULL }, { 14, true, "Error", E_CONFLICT, "valid_from" },
        { 15, false, NULL, OK, NULL },
    };
    struct fixture f;
    struct rate r;

    fixture_open(&f);
    parcel_received(&f, .guide = "GUIA0001");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct rate_in in = tariff(&f, rows[i].days);

        in.known = rows[i].known;
        in.reason = rows[i].reason;
        cr_assert_eq(rate_add(&f.c, &in, &r), rows[i].err, "row %zu: %s", i, fixture_fault(&f));
        if (rows[i].field != NULL)
            cr_expect_str_eq(f.c.fault.field, rows[i].field, "row %zu", i);
    }
    cr_expect_eq(db_scalar(f.db, -1, &audited, "rate_add"), 2);
    fixture_close(&f);
}

Test(rates, hold_at_once_while_no_parcel_was_ever_received)
{
    struct fixture f;
    struct rate_in in;
    struct rate r;
    int64_t first;

    fixture_open(&f);
    in = tariff(&f, 0);
    cr_assert_eq(rate_first_day(&f.c, &first), OK);
    cr_expect_eq(first, clock_day(f.c.now));
    cr_assert_eq(rate_add(&f.c, &in, &r), OK, "%s", fixture_fault(&f));
    cr_expect_eq(normal_base(&f, f.c.now + 1), 1800);
    parcel_announced(&f, .guides = "GUIA0002");
    f.c.now += 2;
    cr_assert_eq(rate_add(&f.c, &in, &r), OK, "an announcement is no parcel received: %s", fixture_fault(&f));
    parcel_received(&f, .guide = "GUIA0001");
    f.c.now += 2;
    cr_assert_eq(rate_first_day(&f.c, &first), OK);
    cr_expect_eq(first, clock_day(f.c.now) + 15);
    cr_expect_eq(rate_add(&f.c, &in, &r), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "valid_from");
    fixture_close(&f);
}

Test(rates, from_today_leave_what_was_announced_this_morning)
{
    struct fixture f;
    struct rate_in in;
    struct rate r;

    fixture_open(&f);
    in = tariff(&f, 0);
    in.known = true;
    in.reason = "Error en la anterior";
    cr_assert_eq(rate_add(&f.c, &in, &r), OK, "%s", fixture_fault(&f));
    cr_expect_eq(normal_base(&f, f.c.now), 1500);
    cr_expect_eq(normal_base(&f, f.c.now + 1), 1800);
    fixture_close(&f);
}

Test(rates, are_withdrawn_before_they_begin_and_not_after)
{
    struct fixture f;
    struct rate_in in;
    struct rate r, begun;
    int64_t broken;

    fixture_open(&f);
    in = tariff(&f, 20);
    cr_assert_eq(rate_add(&f.c, &in, &r), OK);
    in = tariff(&f, 16);
    cr_assert_eq(rate_add(&f.c, &in, &begun), OK);
    cr_expect_eq(rate_withdraw(&f.c, r.id), OK, "%s", fixture_fault(&f));
    cr_expect_eq(normal_base(&f, r.valid_from), begun.base_fee);
    cr_expect_eq(rate_withdraw(&f.c, r.id), E_NOT_FOUND);
    f.c.now = begun.valid_from;
    cr_expect_eq(rate_withdraw(&f.c, begun.id), E_CONFLICT);
    cr_expect_eq(db_scalar(f.db, -1, &audited, "rate_withdraw"), 1);
    cr_expect_eq(audit_check(&f.c, &broken), OK);
    fixture_close(&f);
}

Test(rates, that_change_while_a_parcel_is_on_the_shelf_do_not_change_what_it_pays)
{
    struct fixture f;
    struct package before, after;
    struct rate_in in;
    struct rate r;
    struct fee fee;
    int64_t start;

    fixture_open(&f);
    start = f.c.now;
    before = parcel_received(&f, .guide = "ANTES1");
    in = tariff(&f, 1);
    in.known = true;
    in.reason = "Prueba";
    cr_assert_eq(rate_add(&f.c, &in, &r), OK, "%s", fixture_fault(&f));
    f.c.now = start + 2 * DAY_SECONDS + 1;
    after = parcel_received(&f, .guide = "LUEGO1");
    cr_assert_eq(package_by_id(&f.c, before.id, &before), OK);
    cr_assert_eq(fee_of(&f.c, &before, &fee), OK);
    cr_expect_eq(fee.total, 3500, "two days at the price of its announcement");
    cr_expect_eq(after.base_fee, 1800);
    cr_expect_eq(after.free_hours, 48);
    f.c.now += 2 * DAY_SECONDS + 1;
    cr_assert_eq(fee_of(&f.c, &after, &fee), OK);
    cr_expect_eq(fee.total, 3000);
    fixture_close(&f);
}

Test(closures, count_for_no_storage_once_each)
{
    struct fixture f;
    struct closure d;
    struct closures all;
    struct package p;
    struct fee fee;
    int64_t today;

    fixture_open(&f);
    today = clock_day(f.c.now);
    p = parcel_received(&f, .guide = "CIERRE1");
    cr_assert_eq(closure_add(&f.c, &(struct closure_in){ today + 1, "Inventario", false }, &d), OK);
    cr_expect_str_eq(d.date, "2026-11-04");
    cr_expect_str_eq(d.created_by, "Olga Pérez");
    cr_expect_eq(closure_add(&f.c, &(struct closure_in){ today + 1, "Otra vez", false }, &d), E_CONFLICT);
    cr_assert_eq(closure_list(&f.c, today, today + 9, &all), OK);
    cr_expect_eq(all.n, 1);
    f.c.now += 2 * DAY_SECONDS;
    cr_assert_eq(fee_of(&f.c, &p, &fee), OK);
    cr_expect_eq(fee.total, 1500, "one of the two days does not count");
    cr_expect_eq(db_scalar(f.db, -1, &audited, "closure_add"), 1);
    fixture_close(&f);
}

Test(closures, of_days_begun_must_be_known_and_stay)
{
    struct fixture f;
    struct closure d;
    int64_t today;

    fixture_open(&f);
    today = clock_day(f.c.now);
    for (int64_t day = today - 1; day <= today; day++) {
        cr_expect_eq(closure_add(&f.c, &(struct closure_in){ day, "Sin luz", false }, &d), E_INVALID);
        cr_expect_str_eq(f.c.fault.field, "known");
        cr_expect_eq(closure_add(&f.c, &(struct closure_in){ day, "Sin luz", true }, &d), OK);
        cr_expect_eq(closure_remove(&f.c, day), E_CONFLICT);
    }
    cr_expect_eq(closure_add(&f.c, &(struct closure_in){ today + 400, "Lejos", true }, &d), E_INVALID);
    cr_expect_eq(closure_add(&f.c, &(struct closure_in){ today + 3, "", false }, &d), E_INVALID);
    cr_expect_eq(closure_remove(&f.c, today + 3), E_NOT_FOUND);
    cr_expect_eq(closure_add(&f.c, &(struct closure_in){ today + 3, "Puente", false }, &d), OK);
    cr_expect_eq(closure_remove(&f.c, today + 3), OK);
    cr_expect_eq(closure_remove(&f.c, today + 3), E_NOT_FOUND);
    fixture_close(&f);
}

Test(quote, says_what_the_counter_charges)
{
    const struct quote_in in = { NULL, "2026-11-03", "07:00", "2026-11-08", "07:00" };
    struct fixture f;
    struct closure d;
    struct quote q;
    struct package p;
    struct fee fee;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "SIMULA1");
    cr_assert_eq(closure_add(&f.c, &(struct closure_in){ clock_day(f.c.now) + 2, "Inventario", false }, &d), OK);
    cr_assert_eq(quote_make(&f.c, &in, &q), OK, "%s", fixture_fault(&f));
    f.c.now = q.picked_at;
    cr_assert_eq(fee_of(&f.c, &p, &fee), OK);
    cr_expect_eq(q.fee.total, fee.total);
    cr_expect_eq(q.fee.grows_at, fee.grows_at);
    cr_expect_eq(q.fee.total, 4500);
    cr_assert_eq(q.n, 6);
    cr_expect_str_eq(q.v[2].closed, "Inventario");
    cr_expect_eq(q.v[2].added, 0);
    for (size_t i = 0; i < q.n; i++)
        fee.total -= q.v[i].added;
    cr_expect_eq(fee.total, 0, "the days add up to the total");
    cr_expect_eq(q.v[5].total, q.fee.total);
    fixture_close(&f);
}

Test(quote, names_what_it_cannot_read)
{
    static const struct { struct quote_in in; const char *field; } rows[] = {
        { { NULL, NULL, "07:00", "2026-11-08", "07:00" }, "received_day" },
        { { NULL, "2026-02-30", "07:00", "2026-11-08", "07:00" }, "received_day" },
        { { NULL, "2026-11-03", "24:00", "2026-11-08", "07:00" }, "received_time" },
        { { NULL, "2026-11-03", "7:00", "2026-11-08", "07:00" }, "received_time" },
        { { NULL, "2026-11-03", "07:00", "mañana", "07:00" }, "picked_day" },
        { { NULL, "2026-11-03", "07:00", "2026-11-03", "07:60" }, "picked_time" },
        { { NULL, "2026-11-03", "07:00", "2026-11-03", "06:59" }, "picked_day" },
        { { NULL, "2026-11-03", "07:00", "2027-11-04", "07:00" }, "picked_day" },
    };
    struct fixture f;
    struct quote q;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_expect_eq(quote_make(&f.c, &rows[i].in, &q), E_INVALID, "row %zu", i);
        cr_expect_str_eq(f.c.fault.field, rows[i].field, "row %zu", i);
    }
    fixture_close(&f);
}
