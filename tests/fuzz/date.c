/* Dates: a day or a time that is accepted is written again as it was; of the first eight bytes, taken as an
 * instant, every form can be written. */
#include "base/clock.h"
#include "base/util.h"
#include "tests/fuzz/fuzz.h"

#define FAR (INT64_C(1) << 40)   /* seconds; beyond the year 36,000 nothing is dated */

static void instant_check(struct arena *a, const uint8_t *data)
{
    int64_t t;
    struct date d;

    memcpy(&t, data, sizeof t);
    t %= FAR;
    d = clock_date(t);
    assert(d.month >= 1 && d.month <= 12 && d.day >= 1 && d.day <= 31 && d.weekday >= 0 && d.weekday <= 6);
    assert(d.hour >= 0 && d.hour < 24 && d.minute >= 0 && d.minute < 60 && d.second >= 0 && d.second < 60);
    assert(clock_from_date(d.year, d.month, d.day) + d.hour * 3600 + d.minute * 60 + d.second == t);
    assert(strlen(clock_rfc3339(a, t)) < RFC3339_SIZE);
    assert(*clock_exact(a, t) != '\0' && *clock_words(a, t, FIXTURE_NOW) != '\0' && *clock_ago(a, t) != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    char *s = fuzz_text(data, size);
    int64_t day, again, seconds;

    if (size >= sizeof(int64_t))
        instant_check(a, data);
    if (clock_parse_day(s, &day))
        assert(streq(clock_day_iso(a, day), s));
    if (clock_read_day(s, &day))
        assert(clock_read_day(clock_day_iso(a, day), &again) && again == day);
    if (clock_parse_time(s, &seconds))
        assert(streq(arena_printf(a, "%02lld:%02lld", (long long)seconds / 3600, (long long)seconds / 60 % 60), s));
    free(s);
    arena_free(a);
    return 0;
}
