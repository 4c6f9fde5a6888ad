#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/message/hours.h"

static int64_t at(int year, int month, int day, int hour, int minute)
{
    return clock_from_date(year, month, day) + hour * 3600 + minute * 60;
}

Test(contact, waits_for_the_hours_that_the_law_allows)
{
    const struct { int64_t asked, allowed; const char *why; } cases[] = {
        { at(2026, 11, 25, 10, 0), at(2026, 11, 25, 10, 0), "a Wednesday morning" },
        { at(2026, 11, 25, 6, 59), at(2026, 11, 25, 7, 0), "a minute too early" },
        { at(2026, 11, 25, 18, 59), at(2026, 11, 25, 18, 59), "the last minute" },
        { at(2026, 11, 25, 19, 0), at(2026, 11, 26, 7, 0), "closed at seven" },
        { at(2026, 11, 28, 7, 30), at(2026, 11, 28, 8, 0), "Saturday opens at eight" },
        { at(2026, 11, 28, 15, 0), at(2026, 11, 30, 7, 0), "Saturday closes at three" },
        { at(2026, 11, 29, 12, 0), at(2026, 11, 30, 7, 0), "never on Sunday" },
        { at(2026, 12, 8, 9, 0), at(2026, 12, 9, 7, 0), "a holiday" },
        { at(2026, 11, 14, 16, 0), at(2026, 11, 17, 7, 0), "Saturday, Sunday, and a holiday on Monday" },
        { at(2026, 4, 1, 20, 0), at(2026, 4, 4, 8, 0), "Maundy Thursday and Good Friday" },
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect_eq(hours_from("cobranza", cases[i].asked), cases[i].allowed, "%s", cases[i].why);
        cr_expect_eq(hours_from("publicidad", cases[i].asked), cases[i].allowed, "%s", cases[i].why);
        cr_expect_eq(hours_from("informativa", cases[i].asked), cases[i].asked);
    }
}
