/* Every row of domain.md §5, month ends, leap day, closures; and the property
 * that a fee never falls as time passes. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/fee.h"

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
