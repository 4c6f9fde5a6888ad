#include "base/schedule.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/util.h"

#define CATCH_UP (24 * 60)       /* minutes that schedule_latest looks back */
#define LIMIT_MOST_S 86400
#define AHEAD (8 * 366)          /* days that schedule_next looks ahead: a line may name 29 February */

/* Reads "7", "1-5" or a star, the last two also with a step "/n", and sets the bits of its values. */
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
    step = step > max ? max + 1 : step;      /* a step of max + 1 leads beyond the last value, and i does not overflow */
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

/* Cuts a line where its comment begins and returns the comment, without spaces around it. */
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
    char *word[7], *rest = NULL;

    for (size_t i = 0; i < COUNT(word); i++)
        if ((word[i] = strtok_r(i == 0 ? text : NULL, " \t", &rest)) == NULL)
            return false;
    if (strtok_r(NULL, " \t", &rest) != NULL || !name_good(word[6]))
        return false;
    if (!parse_int(word[5], &l->limit_s) || l->limit_s < 1 || l->limit_s > LIMIT_MOST_S)
        return false;
    l->name = arena_strdup(a, word[6]);
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
            *why = arena_printf(a, "línea %zu: se esperan cinco campos de tiempo, los segundos que "
                                "puede tardar y un programa", number);
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
