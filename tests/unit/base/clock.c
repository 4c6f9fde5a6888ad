#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/util.h"

Test(clock, dates_are_those_of_bogota)
{
    static const struct { int64_t t; const char *rfc3339, *exact; int weekday; } rows[] = {
        { 1795615920, "2026-11-25T09:12:00-05:00", "25/11/2026 09:12", 3 },
        { 0, "1969-12-31T19:00:00-05:00", "31/12/1969 19:00", 3 },
        { 1709251199, "2024-02-29T18:59:59-05:00", "29/02/2024 18:59", 4 },
        { 951886799, "2000-02-29T23:59:59-05:00", "29/02/2000 23:59", 2 },
        { -1, "1969-12-31T18:59:59-05:00", "31/12/1969 18:59", 3 },
        { 4107560400, "2100-03-01T00:00:00-05:00", "01/03/2100 00:00", 1 },
        { 253402318799, "9999-12-31T23:59:59-05:00", "31/12/9999 23:59", 5 },
        { 253402318800, "10000-01-01T00:00:00-05:00", "01/01/10000 00:00", 6 },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_assert_str_eq(clock_rfc3339(a, rows[i].t), rows[i].rfc3339);
        cr_assert_str_eq(clock_exact(a, rows[i].t), rows[i].exact);
        cr_assert_eq(clock_date(rows[i].t).weekday, rows[i].weekday, "row %zu", i);
    }
    arena_free(a);
}

Test(clock, a_day_begins_at_midnight_in_bogota)
{
    /* each day of 200 years: to a date and back, without a gap */
    for (int64_t day = -25567; day < 47482; day++) {
        int64_t from = clock_day_start(day);
        struct date d = clock_date(from);

        cr_assert_eq(clock_day(from), day);
        cr_assert_eq(clock_day(from - 1), day - 1);
        cr_assert_eq(clock_day(from + DAY_SECONDS - 1), day);
        cr_assert_eq(clock_from_date(d.year, d.month, d.day), from);
    }
}

Test(clock, only_real_dates_are_parsed)
{
    static const char *const bad[] = {
        "", "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-1", "26-01-01",
        "2026-01-01 ", " 2026-01-01", "2026/01/01", "2026-01-0a", "hoy", "2026-01-011",
    };
    int64_t day = 0;

    cr_assert(clock_parse_day("2026-11-25", &day));
    cr_assert_eq(day, clock_day(1795615920));
    cr_assert(clock_parse_day("2024-02-29", &day));
    for (size_t i = 0; i < COUNT(bad); i++)
        cr_assert_not(clock_parse_day(bad[i], &day), "«%s»", bad[i]);
}

Test(clock, a_day_is_read_as_every_page_writes_it)
{
    static const char *const good[] = { "2026-12-24", "24/12/2026", "24-12-2026", "24.12.2026" };
    static const char *const bad[] = {
        "", "24", "24/", "24/12", "24/12/", "24/12/26", "31/02/2026", "12/24/2026", "0/1/2026", "1/0/2026", "24/12-2026",
        "24/12/2026 ", "024/12/2026", "24/012/2026", "24//2026", "/12/2026", "24 12 2026", "24/12/20266", "2026/12/24",
    };
    int64_t day = 0;

    for (size_t i = 0; i < COUNT(good); i++) {
        cr_assert(clock_read_day(good[i], &day), "«%s»", good[i]);
        cr_expect_eq(clock_day_start(day), clock_from_date(2026, 12, 24), "«%s»", good[i]);
    }
    cr_assert(clock_read_day("5/1/2027", &day));
    cr_expect_eq(clock_day_start(day), clock_from_date(2027, 1, 5));
    for (size_t i = 0; i < COUNT(bad); i++)
        cr_assert_not(clock_read_day(bad[i], &day), "«%s»", bad[i]);
}

Test(clock, reads_times_and_writes_days)
{
    static const struct { const char *text; int64_t seconds; } good[] = {
        { "00:00", 0 }, { "09:05", 9 * 3600 + 5 * 60 }, { "19:30", 19 * 3600 + 30 * 60 },
        { "23:59", DAY_SECONDS - 60 },
    };
    static const char *const bad[] = { "", "9:05", "24:00", "12:60", "12:5", "12-05", "12:05:00", "1a:00", " 12:05" };
    struct arena *a = arena_new();
    int64_t seconds;

    for (size_t i = 0; i < COUNT(good); i++) {
        cr_assert(clock_parse_time(good[i].text, &seconds), "«%s»", good[i].text);
        cr_assert_eq(seconds, good[i].seconds, "«%s»", good[i].text);
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        cr_assert_not(clock_parse_time(bad[i], &seconds), "«%s»", bad[i]);
    cr_assert_str_eq(clock_day_iso(a, 21148), "2027-11-26");
    cr_assert_str_eq(clock_day_exact(a, 21148), "26/11/2027");
    arena_free(a);
}

Test(clock, people_read_near_days_by_name)
{
    static const struct { int64_t back; const char *words; } rows[] = {
        { 0, "hoy 09:12" }, { 9 * 3600 + 12 * 60, "hoy 00:00" },
        { 9 * 3600 + 12 * 60 + 60, "ayer 23:59" }, { DAY_SECONDS, "ayer 09:12" },
        { 2 * DAY_SECONDS, "lun 23 nov, 09:12" }, { -DAY_SECONDS, "mañana 09:12" },
        { 4 * DAY_SECONDS, "sáb 21 nov, 09:12" },
        { 365 * DAY_SECONDS, "mar 25 nov 2025, 09:12" },
    };
    static const struct { int64_t seconds; const char *ago; } spans[] = {
        { 0, "0 s" }, { -5, "0 s" }, { 59, "59 s" }, { 60, "1 min" }, { 3599, "59 min" },
        { 5 * 3600, "5 h" }, { DAY_SECONDS, "1 día" }, { 3 * DAY_SECONDS + 5, "3 días" },
    };
    struct arena *a = arena_new();
    int64_t now = 1795615920;    /* Wednesday 25 November 2026, 09:12 */

    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_assert_str_eq(clock_words(a, now - rows[i].back, now), rows[i].words, "%s",
                         clock_words(a, now - rows[i].back, now));
    }
    cr_assert_str_eq(clock_dated(a, now, now), "el mié 25 nov, 09:12");
    cr_assert_str_eq(clock_dated(a, now + DAY_SECONDS, now), "el jue 26 nov, 09:12");
    cr_assert_str_eq(clock_dated(a, now + 60 * DAY_SECONDS, now), "el dom 24 ene 2027, 09:12");
    for (size_t i = 0; i < COUNT(spans); i++)
        cr_assert_str_eq(clock_ago(a, spans[i].seconds), spans[i].ago);
    arena_free(a);
}
