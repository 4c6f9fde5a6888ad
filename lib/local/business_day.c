#include "local/business_day.h"

#include <stddef.h>

#include "base/clock.h"
#include "local/holiday.h"

bool business_day_is(int64_t day)
{
    const int weekday = clock_date(clock_day_start(day)).weekday;

    return weekday != 0 && weekday != 6 && holiday_name(day) == NULL;
}

int64_t business_day_after(int64_t from, int64_t n)
{
    int64_t day = from;

    while (n > 0)
        n -= business_day_is(++day);
    return day;
}

int64_t business_days_until(int64_t from, int64_t to)
{
    int64_t n = 0;

    if (to < from)
        return -business_days_until(to, from);
    for (int64_t day = from + 1; day <= to; day++)
        n += business_day_is(day);
    return n;
}

const char *business_days_words(struct arena *a, int64_t n)
{
    return n == 1 ? "un día hábil" : arena_printf(a, "%lld días hábiles", (long long)n);
}
