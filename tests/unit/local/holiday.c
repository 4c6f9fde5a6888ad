/* Holidays: the calendars of 2024 to 2030 as they were and will be, written out by the law's rules. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "local/holiday.h"
#include "base/util.h"

static const struct { int year; const char *days; } calendars[] = {
    { 2024, "01-01 01-08 03-25 03-28 03-29 05-01 05-13 06-03 06-10 07-01 07-20 08-07 08-19 10-14 11-04 11-11 12-08 12-25" },
    { 2025, "01-01 01-06 03-24 04-17 04-18 05-01 06-02 06-23 06-30 06-30 07-20 08-07 08-18 10-13 11-03 11-17 12-08 12-25" },
    { 2026, "01-01 01-12 03-23 04-02 04-03 05-01 05-18 06-08 06-15 06-29 07-20 08-07 08-17 10-12 11-02 11-16 12-08 12-25" },
    { 2027, "01-01 01-11 03-22 03-25 03-26 05-01 05-10 05-31 06-07 07-05 07-20 08-07 08-16 10-18 11-01 11-15 12-08 12-25" },
    { 2028, "01-01 01-10 03-20 04-13 04-14 05-01 05-29 06-19 06-26 07-03 07-20 08-07 08-21 10-16 11-06 11-13 12-08 12-25" },
    { 2029, "01-01 01-08 03-19 03-29 03-30 05-01 05-14 06-04 06-11 07-02 07-20 08-07 08-20 10-15 11-05 11-12 12-08 12-25" },
    { 2030, "01-01 01-07 03-25 04-18 04-19 05-01 06-03 06-24 07-01 07-01 07-20 08-07 08-19 10-14 11-04 11-11 12-08 12-25" },
};

Test(holiday, every_day_of_seven_years_is_a_holiday_exactly_when_the_law_says_so)
{
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(calendars); i++) {
        int year = calendars[i].year;
        int64_t end = clock_day(clock_from_date(year + 1, 1, 1));

        for (int64_t day = clock_day(clock_from_date(year, 1, 1)); day < end; day++) {
            struct date d = clock_date(clock_day_start(day));
            const char *key = arena_printf(a, "%02d-%02d", d.month, d.day);
            bool expected = strstr(calendars[i].days, key) != NULL;

            cr_expect_eq(holiday_name(day) != NULL, expected, "%d-%s", year, key);
        }
    }
    arena_free(a);
}
