#include "domain/price/open_hours.h"

#include "base/clock.h"
#include "domain/ground/setting.h"
#include "local/holiday.h"

#define HOUR_S 3600
#define SUNDAY 0
#define SATURDAY 6

enum err open_hours_read(struct ctx *c, struct open_hours *out)
{
    const int64_t today = clock_day(c->now);

    *out = (struct open_hours){ .now = c->now, .opens = setting_int(c, S_HOURS_OPENS),
                                .closes = setting_int(c, S_HOURS_CLOSES), .saturday = setting_int(c, S_HOURS_SATURDAY) };
    return closure_list(c, today - OPEN_DAYS, today, &out->closed);
}

static bool day_is_open(const struct open_hours *h, int64_t day, int weekday)
{
    bool closed = weekday == SUNDAY || holiday_name(day) != NULL;

    for (size_t i = 0; i < h->closed.n && !closed; i++)
        closed = h->closed.v[i].day == day;
    return !closed;
}

/* The open time of a day until now: from *from to *to, which is not after *from on a day without any. */
static void day_hours(const struct open_hours *h, int64_t day, int64_t *from, int64_t *to)
{
    const int64_t start = clock_day_start(day);
    const int weekday = clock_date(start).weekday;

    *from = start + h->opens * HOUR_S;
    *to = !day_is_open(h, day, weekday) ? *from : start + (weekday == SATURDAY ? h->saturday : h->closes) * HOUR_S;
    *to = *to < h->now ? *to : h->now;
}

int64_t open_since(const struct open_hours *h, int64_t from)
{
    const int64_t today = clock_day(h->now), first = clock_day(from) > today - OPEN_DAYS ? clock_day(from) : today - OPEN_DAYS;
    int64_t sum = 0;

    for (int64_t day = first; day <= today; day++) {
        int64_t begins, ends;

        day_hours(h, day, &begins, &ends);
        begins = begins > from ? begins : from;
        sum += ends > begins ? ends - begins : 0;
    }
    return sum;
}

int64_t open_ago(const struct open_hours *h, int64_t seconds)
{
    const int64_t today = clock_day(h->now);

    for (int64_t day = today; day > today - OPEN_DAYS; day--) {
        int64_t begins, ends;

        day_hours(h, day, &begins, &ends);
        if (ends <= begins)
            continue;
        if (ends - begins >= seconds)
            return ends - seconds;
        seconds -= ends - begins;
    }
    return clock_day_start(today - OPEN_DAYS);
}
