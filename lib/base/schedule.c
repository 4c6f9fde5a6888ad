#include "base/schedule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"

#define CATCH_UP (24 * 60)       /* minutes */
#define AHEAD (8 * 366)          /* days: some line names 29 February */
#define TIMES_MAX 6              /* so many times of day are named one by one */

/* "7", "1-5" or a star, with "/n" after the last two. */
static bool range_parse(char *text, int64_t min, int64_t max, uint64_t *bits)
{
    int64_t from = min, to = max, step = 1;
    char *slash = strchr(text, '/'), *dash;

    if (slash != NULL) {
        *slash = '\0';
        if (!parse_int(slash + 1, &step) || step < 1)
            return false;
    }
    if (!streq(text, "*")) {
        dash = strchr(text, '-');
        if (dash != NULL)
            *dash = '\0';
        if (!parse_int(text, &from) || (dash != NULL && !parse_int(dash + 1, &to)))
            return false;
        if (dash == NULL)
            to = from;
    }
    if (from < min || to > max || from > to)
        return false;
    for (int64_t i = from; i <= to; i += step)
        *bits |= UINT64_C(1) << i;
    return true;
}

static bool field_parse(char *text, int64_t min, int64_t max, uint64_t *bits)
{
    char *rest = NULL;

    *bits = 0;
    for (char *part = strtok_r(text, ",", &rest); part != NULL; part = strtok_r(NULL, ",", &rest))
        if (!range_parse(part, min, max, bits))
            return false;
    return *bits != 0;
}

static bool name_good(const char *name)
{
    return *name != '\0' && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

/* Cut the line where its comment begins; the comment without spaces around it. */
static char *comment_cut(char *text)
{
    char *at = strchr(text, '#');
    size_t n;

    if (at == NULL)
        return text + strlen(text);
    *at++ = '\0';
    at += strspn(at, " \t");
    for (n = strlen(at); n > 0 && strchr(" \t\r", at[n - 1]) != NULL; n--)
        at[n - 1] = '\0';
    return at;
}

static bool line_parse(struct arena *a, char *text, struct schedule_line *l)
{
    char *word[6], *rest = NULL;

    for (size_t i = 0; i < COUNT(word); i++)
        if ((word[i] = strtok_r(i == 0 ? text : NULL, " \t", &rest)) == NULL)
            return false;
    if (strtok_r(NULL, " \t", &rest) != NULL || !name_good(word[5]))
        return false;
    l->name = arena_strdup(a, word[5]);
    return field_parse(word[0], 0, 59, &l->minute) && field_parse(word[1], 0, 23, &l->hour)
        && field_parse(word[2], 1, 31, &l->day) && field_parse(word[3], 1, 12, &l->month)
        && field_parse(word[4], 0, 6, &l->weekday);
}

bool schedule_parse(struct arena *a, const char *text, struct schedule *s, const char **why)
{
    char *copy = arena_strdup(a, text);
    size_t most = 1, number = 0;

    for (const char *p = text; *p != '\0'; p++)
        most += *p == '\n';
    s->lines = arena_alloc(a, most * sizeof(*s->lines));
    s->count = 0;
    for (char *line; (line = strsep(&copy, "\n")) != NULL;) {
        number++;
        const char *what = comment_cut(line);

        line += strspn(line, " \t\r");
        if (*line == '\0')
            continue;
        s->lines[s->count].what = arena_strdup(a, what);
        if (!line_parse(a, line, &s->lines[s->count++])) {
            *why = arena_printf(a, "línea %zu: se esperan cinco campos de tiempo y un programa",
                                number);
            return false;
        }
    }
    return true;
}

bool schedule_read(struct arena *a, const char *path, struct schedule *s, const char **why)
{
    char text[16384];
    FILE *f = fopen(path, "re");

    if (f == NULL) {
        *why = arena_printf(a, "%s: %s", path, strerror(errno));
        return false;
    }
    size_t n = fread(text, 1, sizeof(text) - 1, f);
    bool whole = feof(f) && !ferror(f);
    fclose(f);
    text[n] = '\0';
    if (!whole) {
        *why = arena_printf(a, "%s: demasiado largo o ilegible", path);
        return false;
    }
    return schedule_parse(a, text, s, why);
}

static bool day_matches(const struct schedule_line *l, const struct date *d)
{
    return (l->day >> d->day & 1) && (l->month >> d->month & 1) && (l->weekday >> d->weekday & 1);
}

static bool line_matches(const struct schedule_line *l, int64_t t)
{
    struct date d = clock_date(t);

    return (l->minute >> d.minute & 1) && (l->hour >> d.hour & 1) && day_matches(l, &d);
}

int64_t schedule_latest(const struct schedule_line *l, int64_t now)
{
    int64_t t = now - now % 60;

    for (int i = 0; i < CATCH_UP; i++, t -= 60)
        if (line_matches(l, t))
            return t;
    return 0;
}

int64_t schedule_next(const struct schedule_line *l, int64_t now)
{
    int64_t day = clock_day(now);

    for (int i = 0; i < AHEAD; i++, day++) {
        int64_t start = clock_day_start(day);
        struct date d = clock_date(start);

        for (int m = 0; day_matches(l, &d) && m < 24 * 60; m++)
            if ((l->hour >> m / 60 & 1) && (l->minute >> m % 60 & 1) && start + m * 60 > now)
                return start + m * 60;
    }
    return 0;
}

/* ---- in words ---- */

static const char *const weekdays[] = { "domingos", "lunes", "martes", "miércoles", "jueves",
    "viernes", "sábados" };
static const char *const months[] = { "", "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre" };

#define ALL(min, max) ((UINT64_C(2) << (max)) - (UINT64_C(1) << (min)))

static int count(uint64_t bits)
{
    return __builtin_popcountll(bits);
}

/* "a, b y c" of the values that are set: by their names, or as numbers. */
static char *list_words(struct arena *a, uint64_t bits, const char *const *names)
{
    int left = count(bits);
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
static int step_of(uint64_t bits, int max)
{
    for (int n = 2; n <= max; n++) {
        uint64_t steps = 0;

        for (int i = 0; i <= max; i += n)
            steps |= UINT64_C(1) << i;
        if (bits == steps && count(bits) > 1)
            return n;
    }
    return 0;
}

/* "a las 02:50", "a las 07:00 y 19:00"; NULL when they are too many to be named. */
static char *times_words(struct arena *a, const struct schedule_line *l)
{
    int left = count(l->hour) * count(l->minute);
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

/* What is said of the minutes when the hours are not named one by one. */
static char *minutes_words(struct arena *a, uint64_t minute)
{
    int step = step_of(minute, 59);

    if (minute == ALL(0, 59))
        return arena_strdup(a, "cada minuto");
    if (step > 0)
        return arena_printf(a, "cada %d minutos", step);
    if (minute == 1)
        return arena_strdup(a, "cada hora, en punto");
    return arena_printf(a, "cada hora, a los %s minutos", list_words(a, minute, NULL));
}

static char *days_words(struct arena *a, const struct schedule_line *l)
{
    bool any_day = l->day == ALL(1, 31), any_month = l->month == ALL(1, 12);
    const char *in = any_month ? "" : arena_printf(a, " de %s", list_words(a, l->month, months));
    const char *week = l->weekday == ALL(1, 5) ? "de lunes a viernes"
        : arena_printf(a, "los %s", list_words(a, l->weekday, weekdays));
    const char *days = arena_printf(a, "%s %s%s", count(l->day) == 1 ? "el día" : "los días",
                                    list_words(a, l->day, NULL), any_month ? " de cada mes" : in);

    if (l->weekday == ALL(0, 6))
        return any_day ? arena_printf(a, "cada día%s", in) : arena_strdup(a, days);
    return any_day ? arena_printf(a, "%s%s", week, in) : arena_printf(a, "%s que son %s", week, days);
}

char *schedule_words(struct arena *a, const struct schedule_line *l)
{
    bool any_hour = l->hour == ALL(0, 23);
    char *times = any_hour ? NULL : times_words(a, l), *days = days_words(a, l);

    if (times != NULL)
        return arena_printf(a, "%s %s", days, times);
    times = minutes_words(a, l->minute);
    if (!any_hour)
        times = arena_printf(a, "%s, en las horas %s", times, list_words(a, l->hour, NULL));
    return streq(days, "cada día") ? times : arena_printf(a, "%s, %s", times, days);
}
