#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/util.h"

static const char *const day_names[] = { "dom", "lun", "mar", "mié", "jue", "vie", "sáb" };
static const char *const month_names[] = { "ene", "feb", "mar", "abr", "may", "jun",
                                           "jul", "ago", "sep", "oct", "nov", "dic" };

static struct timespec clock_read(clockid_t id)
{
    struct timespec ts = { 0 };

    clock_gettime(id, &ts);
    return ts;
}

int64_t clock_now(void)
{
    return clock_read(CLOCK_REALTIME).tv_sec;
}

int64_t clock_now_ms(void)
{
    struct timespec ts = clock_read(CLOCK_REALTIME);

    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_boot_ms(void)
{
    struct timespec ts = clock_read(CLOCK_BOOTTIME);

    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

double clock_mono(void)
{
    struct timespec ts = clock_read(CLOCK_MONOTONIC);

    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int64_t div_floor(int64_t n, int64_t d)
{
    return n / d - (n % d < 0);
}

int64_t clock_day(int64_t t)
{
    return div_floor(t + BOGOTA_OFFSET, DAY_SECONDS);
}

int64_t clock_day_start(int64_t day)
{
    return day * DAY_SECONDS - BOGOTA_OFFSET;
}

/* Days since 1970-01-01 of a date, after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years
 * begin in March, so that the leap day is the last day of a year. */
static int64_t days_from_civil(int64_t y, int64_t m, int64_t d)
{
    int64_t era, yoe, doy, doe;

    y -= m <= 2;
    era = div_floor(y, 400);
    yoe = y - era * 400;
    doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
    doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

struct date clock_date(int64_t t)
{
    int64_t day = clock_day(t), rest = t - clock_day_start(day);
    int64_t z = day + 719468, era = div_floor(z, 146097), doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;

    return (struct date){
        .year = (int)(yoe + era * 400 + (month <= 2)),
        .month = (int)month,
        .day = (int)(doy - (153 * mp + 2) / 5 + 1),
        .hour = (int)(rest / 3600),
        .minute = (int)(rest / 60 % 60),
        .second = (int)(rest % 60),
        .weekday = (int)(((day + 4) % 7 + 7) % 7),   /* 1970-01-01 was a Thursday */
    };
}

int64_t clock_from_date(int year, int month, int day)
{
    return clock_day_start(days_from_civil(year, month, day));
}

bool clock_parse_day(const char *s, int64_t *day)
{
    static const char shape[] = "dddd-dd-dd";
    int part[3] = { 0 };
    size_t k = 0;
    struct date back;
    int64_t n;

    for (size_t i = 0; i < sizeof(shape); i++) {   /* the NUL is compared too */
        if (shape[i] == 'd') {
            if (s[i] < '0' || s[i] > '9')
                return false;
            part[k] = part[k] * 10 + (s[i] - '0');
        } else if (s[i] != shape[i]) {
            return false;
        } else {
            k++;
        }
    }
    n = days_from_civil(part[0], part[1], part[2]);
    back = clock_date(clock_day_start(n));
    if (back.year != part[0] || back.month != part[1] || back.day != part[2]) {
        return false;                              /* a date that does not exist, as 31 February */
    }
    *day = n;
    return true;
}

bool clock_read_day(const char *s, int64_t *day)
{
    static const char digits[] = "0123456789";
    const size_t d = strspn(s, digits), m = s[d] == '\0' ? 0 : strspn(s + d + 1, digits);
    const char *month = s + d + 1, *year = month + m + 1;
    char iso[16];

    if (clock_parse_day(s, day))
        return true;
    if (d < 1 || d > 2 || m < 1 || m > 2 || strchr("/-.", s[d]) == NULL || month[m] != s[d] || strspn(year, digits) != 4
        || year[4] != '\0')
        return false;
    snprintf(iso, sizeof iso, "%.4s-%s%.*s-%s%.*s", year, m == 1 ? "0" : "", (int)m, month, d == 1 ? "0" : "", (int)d, s);
    return clock_parse_day(iso, day);
}

bool clock_parse_time(const char *s, int64_t *seconds)
{
    static const char most[] = "29:59";
    int hours;

    for (size_t i = 0; i < sizeof(most); i++) {    /* the NUL is compared too */
        if (i < 5 && i != 2 ? s[i] < '0' || s[i] > most[i] : s[i] != most[i])
            return false;
    }
    hours = (s[0] - '0') * 10 + (s[1] - '0');
    *seconds = hours * 3600 + ((s[3] - '0') * 10 + (s[4] - '0')) * 60;
    return hours < 24;
}

/* Writes the last two digits of n.  Answers and logs are full of dates, and printf would be too slow for so many. */
static void put_two(char *out, int n)
{
    out[0] = (char)('0' + n / 10 % 10);
    out[1] = (char)('0' + n % 10);
}

/* Writes the digits of the time between those that `out` has: "HH:MM". */
static void put_time(char *out, struct date d)
{
    put_two(out, d.hour);
    put_two(out + 3, d.minute);
}

static bool has_four_digits(int year)
{
    return year >= 0 && year <= 9999;
}

static void put_rfc3339(char out[RFC3339_SIZE], struct date d)
{
    static const char shape[] = "yyyy-mm-ddTHH:MM:SS-05:00";

    if (!has_four_digits(d.year)) {
        snprintf(out, RFC3339_SIZE, "%d-%02d-%02dT%02d:%02d:%02d-05:00", d.year, d.month, d.day,
                 d.hour, d.minute, d.second);
        return;
    }
    memcpy(out, shape, sizeof(shape));
    put_two(out, d.year / 100);
    put_two(out + 2, d.year);
    put_two(out + 5, d.month);
    put_two(out + 8, d.day);
    put_time(out + 11, d);
    put_two(out + 17, d.second);
}

void clock_rfc3339_into(char out[RFC3339_SIZE], int64_t t)
{
    put_rfc3339(out, clock_date(t));
}

static char *date_rfc3339(struct arena *a, struct date d)
{
    char s[RFC3339_SIZE];

    put_rfc3339(s, d);
    return arena_strdup(a, s);
}

char *clock_rfc3339(struct arena *a, int64_t t)
{
    return date_rfc3339(a, clock_date(t));
}

static char *date_exact(struct arena *a, struct date d)
{
    static const char shape[] = "dd/mm/yyyy HH:MM";
    char *out;

    if (!has_four_digits(d.year))
        return arena_printf(a, "%02d/%02d/%d %02d:%02d", d.day, d.month, d.year, d.hour, d.minute);
    out = arena_memdup(a, shape, sizeof(shape));
    put_two(out, d.day);
    put_two(out + 3, d.month);
    put_two(out + 6, d.year / 100);
    put_two(out + 8, d.year);
    put_time(out + 11, d);
    return out;
}

char *clock_exact(struct arena *a, int64_t t)
{
    return date_exact(a, clock_date(t));
}

char *clock_day_iso(struct arena *a, int64_t day)
{
    char s[RFC3339_SIZE];

    clock_rfc3339_into(s, clock_day_start(day));
    return arena_strndup(a, s, strcspn(s, "T"));
}

char *clock_day_exact(struct arena *a, int64_t day)
{
    struct date d = clock_date(clock_day_start(day));

    return arena_printf(a, "%02d/%02d/%d", d.day, d.month, d.year);
}

/* Writes a text with its NUL and returns where that is. */
static char *put_text(char *out, const char *s)
{
    size_t n = strlen(s);

    memcpy(out, s, n + 1);
    return out + n;
}

#define WORDS_SIZE 64            /* bytes of a date in words, with its NUL; years of up to ten digits fit */

/* "lun 23 nov", or with its year, "lun 23 nov 2027", when that is not the year of `now`.  Returns its end. */
static char *put_day(char *out, struct date d, int64_t now)
{
    char number[DIGITS_SIZE];

    out = put_text(put_text(out, day_names[d.weekday]), " ");
    out = put_text(put_text(out, digits(number, d.day)), " ");
    out = put_text(out, month_names[d.month - 1]);
    return d.year == clock_date(now).year ? out : put_text(put_text(out, " "), digits(number, d.year));
}

char *clock_dated(struct arena *a, int64_t t, int64_t now)
{
    struct date d = clock_date(t);
    char words[WORDS_SIZE], *end = put_day(put_text(words, "el "), d, now);

    put_time(put_text(end, ", HH:MM") - strlen("HH:MM"), d);
    return arena_strdup(a, words);
}

/* The words of the instant t, whose date is d. */
static char *date_words(struct arena *a, int64_t t, struct date d, int64_t now)
{
    int64_t days = clock_day(t) - clock_day(now);
    const char *near = days == 0 ? "hoy" : days == -1 ? "ayer" : days == 1 ? "mañana" : NULL;
    char words[WORDS_SIZE], *end = near != NULL ? put_text(words, near) : put_text(put_day(words, d, now), ",");

    put_time(put_text(end, " HH:MM") - strlen("HH:MM"), d);
    return arena_strdup(a, words);
}

char *clock_words(struct arena *a, int64_t t, int64_t now)
{
    return date_words(a, t, clock_date(t), now);
}

struct instant_texts clock_texts(struct arena *a, int64_t t, int64_t now)
{
    struct date d = clock_date(t);

    return (struct instant_texts){ date_words(a, t, d, now), date_exact(a, d), date_rfc3339(a, d) };
}

char *clock_ago(struct arena *a, int64_t seconds)
{
    static const struct { int64_t unit; const char *one, *many; } units[] = {
        { DAY_SECONDS, "día", "días" }, { 3600, "h", "h" }, { 60, "min", "min" },
    };

    for (size_t i = 0; i < COUNT(units); i++) {
        int64_t n = seconds / units[i].unit;

        if (n >= 1)
            return arena_printf(a, "%lld %s", (long long)n, n == 1 ? units[i].one : units[i].many);
    }
    return arena_printf(a, "%lld s", (long long)(seconds < 0 ? 0 : seconds));
}
