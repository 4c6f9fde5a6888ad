#include "domain/console/schedule_words.h"

#include "base/util.h"

#define TIMES_MAX 6              /* more times of day are not named one by one */

static const char *const weekdays[] = { "domingos", "lunes", "martes", "miércoles", "jueves",
    "viernes", "sábados" };
static const char *const months[] = { "", "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre" };

#define ALL(min, max) ((UINT64_C(2) << (max)) - (UINT64_C(1) << (min)))

static int bits_count(uint64_t bits)
{
    return __builtin_popcountll(bits);
}

/* The values that are set as "a, b y c", by their names or as numbers. */
static char *schedule_list(struct arena *a, uint64_t bits, const char *const *names)
{
    int left = bits_count(bits);
    char *s = arena_strdup(a, "");

    for (int i = 0; i < 64; i++) {
        if (!(bits >> i & 1))
            continue;
        s = names != NULL ? arena_printf(a, "%s%s", s, names[i]) : arena_printf(a, "%s%d", s, i);
        left--;
        if (left > 0)
            s = arena_printf(a, "%s%s", s, left == 1 ? " y " : ", ");
    }
    return s;
}

/* n when the set is 0, n, 2n … up to max; else 0. */
static int bits_step(uint64_t bits, int max)
{
    for (int n = 2; n <= max; n++) {
        uint64_t steps = 0;

        for (int i = 0; i <= max; i += n)
            steps |= UINT64_C(1) << i;
        if (bits == steps && bits_count(bits) > 1)
            return n;
    }
    return 0;
}

/* "a las 02:50", "a las 07:00 y 19:00"; NULL when they are too many to be named. */
static char *schedule_times(struct arena *a, const struct schedule_line *l)
{
    int left = bits_count(l->hour) * bits_count(l->minute);
    char *s = arena_strdup(a, left == 1 && l->hour == 2 ? "a la " : "a las ");

    if (left > TIMES_MAX)
        return NULL;
    for (int m = 0; m < 24 * 60; m++) {
        if (!(l->hour >> m / 60 & 1) || !(l->minute >> m % 60 & 1))
            continue;
        left--;
        s = arena_printf(a, "%s%02d:%02d%s", s, m / 60, m % 60, left == 0 ? "" : left == 1 ? " y " : ", ");
    }
    return s;
}

/* Words for the minutes when the hours are not named one by one. */
static char *schedule_minutes(struct arena *a, uint64_t minute)
{
    int step = bits_step(minute, 59);

    if (minute == ALL(0, 59))
        return arena_strdup(a, "cada minuto");
    if (step > 0)
        return arena_printf(a, "cada %d minutos", step);
    if (minute == 1)
        return arena_strdup(a, "cada hora, en punto");
    return arena_printf(a, "cada hora, a los %s minutos", schedule_list(a, minute, NULL));
}

static char *schedule_days(struct arena *a, const struct schedule_line *l)
{
    bool any_day = l->day == ALL(1, 31), any_month = l->month == ALL(1, 12);
    const char *in = any_month ? "" : arena_printf(a, " de %s", schedule_list(a, l->month, months));
    const char *week = l->weekday == ALL(1, 5) ? "de lunes a viernes"
        : arena_printf(a, "los %s", schedule_list(a, l->weekday, weekdays));
    const char *days = arena_printf(a, "%s %s%s", bits_count(l->day) == 1 ? "el día" : "los días",
                                    schedule_list(a, l->day, NULL), any_month ? " de cada mes" : in);

    if (l->weekday == ALL(0, 6))
        return any_day ? arena_printf(a, "cada día%s", in) : arena_strdup(a, days);
    return any_day ? arena_printf(a, "%s%s", week, in) : arena_printf(a, "%s que son %s", week, days);
}

char *schedule_words(struct arena *a, const struct schedule_line *l)
{
    bool any_hour = l->hour == ALL(0, 23);
    char *times = any_hour ? NULL : schedule_times(a, l), *days = schedule_days(a, l);

    if (times != NULL)
        return arena_printf(a, "%s %s", days, times);
    times = schedule_minutes(a, l->minute);
    if (!any_hour)
        times = arena_printf(a, "%s, en las horas %s", times, schedule_list(a, l->hour, NULL));
    return streq(days, "cada día") ? times : arena_printf(a, "%s, %s", times, days);
}
