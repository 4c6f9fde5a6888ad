/* Schedule: a line that is accepted has a program and values within their bounds, reads as words, and is next
 * due after now, at a minute that is also its latest then. */
#include "base/schedule.h"

#include "base/util.h"
#include "domain/console/schedule_words.h"
#include "tests/fuzz/fuzz.h"

static void line_check(struct arena *a, const struct schedule_line *l)
{
    const int64_t next = schedule_next(l, FIXTURE_NOW);

    assert(l->minute != 0 && l->minute >> 60 == 0 && l->hour != 0 && l->hour >> 24 == 0 && l->weekday != 0);
    assert(l->day != 0 && (l->day & 1) == 0 && l->day >> 32 == 0 && l->month != 0 && (l->month & 1) == 0);
    assert(l->weekday >> 7 == 0 && l->month >> 13 == 0 && *l->name != '\0' && l->limit_s > 0);
    assert(*schedule_words(a, l) != '\0');
    assert(next == 0 || (next > FIXTURE_NOW && next % 60 == 0 && schedule_latest(l, next) == next));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    char *s = fuzz_text(data, size);
    const char *why = NULL;
    struct schedule all;

    if (schedule_parse(a, s, &all, &why))
        for (size_t i = 0; i < all.count; i++)
            line_check(a, &all.lines[i]);
    else
        assert(!is_blank(why));
    free(s);
    arena_free(a);
    return 0;
}
