/* Fees: every row of domain.md §5, month ends, leap day, closures; and two properties: a fee never falls
 * as time passes, and it is the same whoever asks. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/parcel/package_fee.h"
#include "domain/price/quote.h"
#include "domain/price/size.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct fee_rule normal = { 1500, 1000, 24 };

#define H(hours) ((int64_t)(hours) * 3600)

Test(fee, follows_the_table_of_the_tariff)
{
    static const struct { int64_t held, days, total; } rows[] = {
        { 0, 0, 1500 }, { H(24) - 60, 0, 1500 }, { H(24), 0, 1500 },
        { H(24) + 1, 1, 2500 }, { H(48) - 60, 1, 2500 }, { H(48), 1, 2500 },
        { H(48) + 1, 2, 3500 }, { H(72), 2, 3500 }, { H(72) + 1, 3, 4500 },
        { 30 * H(24), 29, 30500 }, { 365 * H(24), 364, 365500 }, { -50, 0, 1500 },
    };
    /* month end, leap day, new year, an ordinary day */
    const int64_t starts[] = { clock_from_date(2027, 1, 31) + H(10), clock_from_date(2028, 2, 28) + H(23),
                               clock_from_date(2026, 12, 31) + H(9), clock_from_date(2026, 11, 3) };

    for (size_t s = 0; s < COUNT(starts); s++)
        for (size_t i = 0; i < COUNT(rows); i++) {
            struct fee f = fee_compute(&normal, starts[s], starts[s] + rows[i].held, NULL, 0);

            cr_expect_eq(f.days, rows[i].days, "row %zu", i);
            cr_expect_eq(f.total, rows[i].total, "row %zu", i);
            cr_expect_eq(f.storage_fee + f.base_fee, f.total);
        }
}

Test(fee, grows_exactly_at_the_instant_it_announces)
{
    int64_t start = clock_from_date(2026, 11, 3) + H(9), closures[] = { clock_day(start) + 1 };

    for (size_t n = 0; n <= COUNT(closures); n++)
        for (int64_t held = 0; held < 6 * H(24); held += 4321) {
            struct fee f = fee_compute(&normal, start, start + held, closures, n);
            struct fee before = fee_compute(&normal, start, f.grows_at - 1, closures, n);
            struct fee then = fee_compute(&normal, start, f.grows_at, closures, n);

            cr_assert_eq(before.total, f.total, "held %lld, %zu closures", (long long)held, n);
            cr_assert_eq(then.total, f.next_total, "held %lld, %zu closures", (long long)held, n);
        }
}

Test(fee, never_falls_as_time_passes_and_closures_never_make_it_dearer)
{
    int64_t start = clock_from_date(2028, 2, 27) + H(15);
    int64_t closures[] = { clock_day(start) + 1, clock_day(start) + 2, clock_day(start) + 7 };
    int64_t last = 0, last_closed = 0;

    for (int64_t held = 0; held < 20 * H(24); held += 1777) {
        struct fee open = fee_compute(&normal, start, start + held, NULL, 0);
        struct fee closed = fee_compute(&normal, start, start + held, closures, COUNT(closures));

        cr_assert_geq(open.total, last);
        cr_assert_geq(closed.total, last_closed);
        cr_assert_leq(closed.total, open.total);
        last = open.total;
        last_closed = closed.total;
    }
    cr_assert_eq(last - last_closed, 3000, "three closed days are three days less");
}

Test(fee, a_closure_that_begins_when_the_free_time_ends_is_waited_for)
{
    int64_t start = clock_from_date(2026, 11, 3), closures[] = { clock_day(start) + 1, clock_day(start) + 2 };
    struct fee f = fee_compute(&normal, start, start, closures, COUNT(closures));

    cr_expect_eq(f.grows_at, start + 3 * H(24) + 1);
    cr_expect_eq(fee_compute(&normal, start, f.grows_at - 1, closures, COUNT(closures)).days, 0);
    cr_expect_eq(fee_compute(&normal, start, f.grows_at, closures, COUNT(closures)).days, 1);
}

/* ---- properties, of cases from a seed ---- */

#define CASES 20000
#define MOMENTS 8

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static int64_t below(uint64_t *seed, int64_t n)
{
    return (int64_t)(next(seed) % (uint64_t)n);
}

/* A random case: a tariff, a reception within ten years (one in three on the hour, where days begin and
 * end), closures around it, and moments to look at in no order. */
struct fee_case {
    struct fee_rule rule;
    int64_t received_at, closures[12], moments[MOMENTS];
    size_t n;
};

static struct fee_case make_case(uint64_t *seed)
{
    struct fee_case k = { .rule = { below(seed, 20001), 1 + below(seed, 5000), below(seed, 97) } };
    int64_t day;

    k.received_at = clock_from_date(2026, 1, 1) + below(seed, 3653 * H(24));
    if (below(seed, 3) == 0)
        k.received_at = clock_day_start(clock_day(k.received_at)) + H(below(seed, 24));
    day = clock_day(k.received_at) - 2;
    k.n = (size_t)below(seed, COUNT(k.closures) + 1);
    for (size_t i = 0; i < k.n; i++)
        k.closures[i] = day += 1 + (below(seed, 2) == 0 ? 0 : below(seed, 6));
    for (size_t i = 0; i < MOMENTS; i++)
        k.moments[i] = k.received_at - H(24) + below(seed, 60 * H(24));
    return k;
}

static struct fee fee_then(const struct fee_case *k, int64_t at)
{
    return fee_compute(&k->rule, k->received_at, at, k->closures, k->n);
}

static bool same(struct fee a, struct fee b)
{
    return a.days == b.days && a.base_fee == b.base_fee && a.storage_fee == b.storage_fee
        && a.total == b.total && a.grows_at == b.grows_at && a.next_total == b.next_total;
}

Test(fee, of_any_parcel_never_falls_as_time_passes)
{
    uint64_t seed = 20261103;

    for (int i = 0; i < CASES; i++) {
        struct fee_case k = make_case(&seed);

        for (size_t a = 0; a < MOMENTS; a++)
            for (size_t b = 0; b < MOMENTS; b++)
                if (k.moments[a] <= k.moments[b])
                    cr_assert_leq(fee_then(&k, k.moments[a]).total, fee_then(&k, k.moments[b]).total,
                                  "case %d, moments %zu and %zu", i, a, b);
    }
}

/* ---- the same, of tariffs and closures in the database ---- */

#define PARCELS 60

static const struct stmt add_rate = STMT("t_fee_rate", "siiii",
    "INSERT INTO rates (package_type, base_fee, storage_per_day, free_hours, valid_from, created_at)"
    " VALUES ($1, $2, $3, $4, $5, 0)");
static const struct stmt add_closure = STMT("t_fee_closure", "i",
    "INSERT INTO closures (day, reason) VALUES ($1, 'Cerrado') ON CONFLICT DO NOTHING");

/* Adds tariffs of both types and closures, spread over the half year before and a little after now. */
static void scatter(struct fixture *f, uint64_t *seed)
{
    for (int i = 0; i < 40; i++)
        cr_assert_eq(db_exec(f->db, NULL, &add_closure, clock_day(f->c.now) - 180 + below(seed, 200)), OK);
    for (int i = 0; i < 12; i++)
        cr_assert_eq(db_exec(f->db, NULL, &add_rate, package_types[i % 2].value, 500 * below(seed, 20), 100 * (1 + below(seed, 30)),
                             below(seed, 97), f->c.now - below(seed, 180 * H(24)) - i), OK);
}

/* Receives a package at a given instant, at the tariff of then. */
static struct package received_then(struct fixture *f, int i, int64_t at)
{
    const int64_t now = f->c.now;
    struct package p;

    f->c.now = at;
    p = parcel_received(f, .guide = arena_printf(f->a, "TARIFA%04d", i), .type = package_types[i % 2].value);
    f->c.now = now;
    cr_assert_eq(package_by_id(&f->c, p.id, &p), OK);
    cr_assert_eq(p.received_at, at);
    return p;
}

static struct quote quoted(struct fixture *f, const struct package *p)
{
    const char *from = clock_rfc3339(f->a, p->received_at), *to = clock_rfc3339(f->a, f->c.now);
    struct quote q;

    cr_assert_eq(quote_make(&f->c, &(struct quote_in){ p->type, arena_strndup(f->a, from, 10),
        arena_strndup(f->a, from + 11, 5), arena_strndup(f->a, to, 10), arena_strndup(f->a, to + 11, 5) }, &q), OK, "%s",
        fixture_fault(f));
    return q;
}

/* The counter asks for one fee, a list for many at once, and the simulator reads tariff and closures
 * itself.  Each gives the same to the peso, with other parcels, in another order and in pieces. */
Test(fee, is_the_same_for_one_for_many_in_any_order_and_in_the_simulator)
{
    uint64_t seed = 42;
    struct fixture f;
    struct package v[PARCELS], turned[PARCELS];
    struct fee alone[PARCELS], *together;
    int64_t total = 0;

    fixture_open(&f);
    scatter(&f, &seed);
    f.c.now -= f.c.now % 60;     /* the simulator knows minutes only */
    for (int i = 0; i < PARCELS; i++)
        v[i] = received_then(&f, i, f.c.now - 60 * below(&seed, 170 * 24 * 60));
    for (size_t i = 0; i < PARCELS; i++) {
        turned[PARCELS - 1 - i] = v[i];
        cr_assert_eq(fee_of(&f.c, &v[i], &alone[i]), OK);
        total += alone[i].days;
    }
    cr_assert_gt(total, PARCELS, "they do owe storage");
    for (size_t n = 1; n <= PARCELS; n++) {      /* lists of every length, in reverse order */
        cr_assert_eq(fees_of(&f.c, &(struct packages){ .v = turned + PARCELS - n, .n = n }, &together), OK);
        for (size_t i = 0; i < n; i++)
            cr_assert(same(together[i], alone[n - 1 - i]), "parcel %zu among %zu", n - 1 - i, n);
    }
    for (size_t i = PARCELS; i-- > 0;) {
        struct quote q = quoted(&f, &v[i]);
        struct fee again;

        cr_assert(same(q.fee, alone[i]), "parcel %zu: %lld, and by the simulator %lld", i, (long long)alone[i].total,
                  (long long)q.fee.total);
        cr_assert_eq(q.v[q.n - 1].total, alone[i].total, "parcel %zu: its last day", i);
        cr_assert_eq(fee_of(&f.c, &v[i], &again), OK);
        cr_assert(same(again, alone[i]), "parcel %zu, asked again", i);
    }
    fixture_close(&f);
}

Test(fee, of_any_parcel_grows_exactly_when_it_says)
{
    uint64_t seed = 7;

    for (int i = 0; i < CASES; i++) {
        struct fee_case k = make_case(&seed);

        for (size_t a = 0; a < MOMENTS; a++) {
            struct fee f = fee_then(&k, k.moments[a]);

            cr_assert_gt(f.grows_at, k.moments[a], "case %d, moment %zu", i, a);
            cr_assert_eq(fee_then(&k, f.grows_at - 1).total, f.total, "case %d, moment %zu", i, a);
            cr_assert_eq(fee_then(&k, f.grows_at).total, f.next_total, "case %d, moment %zu", i, a);
        }
    }
}
