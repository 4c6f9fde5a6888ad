/* Holidays: every day of twelve years against the rules as the laws have them, and one year written out. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "local/holiday.h"
#include "base/util.h"

/* The Easter Sundays of the Church's calendar, month and day. */
static const struct { int year, month, day; } easters[] = {
    { 2024, 3, 31 }, { 2025, 4, 20 }, { 2026, 4, 5 }, { 2027, 3, 28 }, { 2028, 4, 16 }, { 2029, 4, 1 },
    { 2030, 4, 21 }, { 2031, 4, 13 }, { 2032, 3, 28 }, { 2033, 4, 17 }, { 2034, 4, 9 }, { 2035, 3, 25 },
};

/* Ley 51 de 1983, article 1: these keep their date … */
static const struct { int month, day; } kept[] = { { 1, 1 }, { 5, 1 }, { 7, 20 }, { 8, 7 }, { 12, 8 }, { 12, 25 } };
/* … article 2: these are moved to the Monday that follows, if they are none; Ley 2578 de 2026 adds 9 July. */
static const struct { int month, day, since; } moved[] = {
    { 1, 6, 0 }, { 3, 19, 0 }, { 6, 29, 0 }, { 7, 9, 2026 }, { 8, 15, 0 }, { 10, 12, 0 }, { 11, 1, 0 }, { 11, 11, 0 },
};
/* Thursday and Friday before Easter; Ascension, Corpus Christi and the Sacred Heart: 39, 60 and 68 days after it,
 * a Thursday or a Friday, moved to the Monday that follows. */
static const int from_easter[] = { -3, -2, 43, 64, 71 };

static int64_t monday_of(int64_t day)
{
    while (clock_date(clock_day_start(day)).weekday != 1)
        day++;
    return day;
}

static int64_t day_of(int year, int month, int day)
{
    return clock_day(clock_from_date(year, month, day));
}

static bool law_says(int64_t day, int year, int64_t easter)
{
    for (size_t i = 0; i < COUNT(kept); i++)
        if (day == day_of(year, kept[i].month, kept[i].day))
            return true;
    for (size_t i = 0; i < COUNT(moved); i++)
        if (year >= moved[i].since && day == monday_of(day_of(year, moved[i].month, moved[i].day)))
            return true;
    for (size_t i = 0; i < COUNT(from_easter); i++)
        if (day == easter + from_easter[i])
            return true;
    return false;
}

Test(holiday, every_day_of_twelve_years_is_a_holiday_exactly_when_the_laws_say_so)
{
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(easters); i++) {
        int year = easters[i].year;
        int64_t easter = day_of(year, easters[i].month, easters[i].day);

        cr_expect_eq(clock_date(clock_day_start(easter)).weekday, 0);
        for (int64_t day = day_of(year, 1, 1); day < day_of(year + 1, 1, 1); day++)
            cr_expect_eq(holiday_name(day) != NULL, law_says(day, year, easter), "%s", clock_day_iso(a, day));
    }
    arena_free(a);
}

Test(holiday, the_days_of_2027_are_those_of_its_calendar)
{
    static const char days[] = "01-01 01-11 03-22 03-25 03-26 05-01 05-10 05-31 06-07 07-05 07-12 07-20 08-07 08-16"
        " 10-18 11-01 11-15 12-08 12-25";
    struct arena *a = arena_new();

    for (int64_t day = day_of(2027, 1, 1); day < day_of(2028, 1, 1); day++)
        cr_expect_eq(holiday_name(day) != NULL, strstr(days, clock_day_iso(a, day) + strlen("2027-")) != NULL, "%s",
                     clock_day_iso(a, day));
    arena_free(a);
}

Test(holiday, the_ninth_of_july_is_one_since_2026)
{
    cr_expect_null(holiday_name(day_of(2025, 7, 14)));
    cr_expect_str_eq(holiday_name(day_of(2026, 7, 13)), "Virgen de Chiquinquirá");
    cr_expect_null(holiday_name(day_of(2026, 7, 9)), "a Thursday, and moved");
}
