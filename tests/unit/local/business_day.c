/* Terms of law are counted in business days: weekends and Colombia's holidays, those that move to a Monday and those
 * that hang on Easter among them, take no day of a term. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/util.h"
#include "local/business_day.h"

static int64_t day_of(const char *iso)
{
    int64_t day = 0;

    cr_assert(clock_parse_day(iso, &day), "%s", iso);
    return day;
}

/* From, business days, the last day of the term: counted on calendars of 2026 and 2027. */
static const struct { const char *from; int64_t n; const char *last; } terms[] = {
    { "2026-11-25", 10, "2026-12-10" },      /* 8 December */
    { "2026-12-01", 10, "2026-12-16" },
    { "2026-12-01", 15, "2026-12-23" },
    { "2026-12-18", 10, "2027-01-05" },      /* 25 December, 1 January */
    { "2026-12-18", 15, "2027-01-13" },      /* and Reyes, moved to Monday 11 January */
    { "2026-12-05", 1, "2026-12-07" },       /* a Saturday */
    { "2027-03-19", 5, "2027-03-31" },       /* San José on Monday 22, Thursday and Friday of Easter */
    { "2027-06-25", 10, "2027-07-13" },      /* Monday 5 July (San Pedro) and 12 July (Chiquinquirá) */
    { "2026-07-03", 5, "2026-07-10" },       /* 9 July 2026 is Monday 13 */
    { "2026-07-10", 1, "2026-07-14" },
    { "2026-10-30", 1, "2026-11-03" },       /* Todos los Santos on Monday 2 November */
    { "2026-11-13", 8, "2026-11-26" },       /* Cartagena on Monday 16 */
};

Test(business_day, a_term_steps_over_weekends_and_holidays)
{
    for (size_t i = 0; i < COUNT(terms); i++) {
        const int64_t from = day_of(terms[i].from), last = day_of(terms[i].last);

        cr_expect_eq(business_day_after(from, terms[i].n), last, "%s + %lld", terms[i].from, (long long)terms[i].n);
        cr_expect_eq(business_days_until(from, last), terms[i].n, "%s to %s", terms[i].from, terms[i].last);
    }
}

Test(business_day, what_is_late_is_counted_backwards)
{
    cr_expect_eq(business_days_until(day_of("2026-12-10"), day_of("2026-12-07")), -2);
    cr_expect_eq(business_days_until(day_of("2026-12-10"), day_of("2026-12-10")), 0);
    cr_expect_eq(business_day_after(day_of("2026-12-06"), 0), day_of("2026-12-06"));
}

/* A year has as many business days as labour calendars say. */
Test(business_day, years_have_as_many_as_calendars_say)
{
    static const struct { const char *first, *last; int64_t n; } years[] = {
        { "2025-12-31", "2026-12-31", 242 }, { "2026-12-31", "2027-12-31", 245 },
    };

    for (size_t i = 0; i < COUNT(years); i++)
        cr_expect_eq(business_days_until(day_of(years[i].first), day_of(years[i].last)), years[i].n, "%s", years[i].last);
}
