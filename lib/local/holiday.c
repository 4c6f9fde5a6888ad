#include "local/holiday.h"

#include <stddef.h>

#include "base/clock.h"
#include "base/util.h"

enum how { FIXED, NEXT_MONDAY, AFTER_EASTER };

/* since: the first year in which the row holds. */
static const struct { enum how how; int month, day, since; const char *name; } holidays[] = {
    { FIXED, 1, 1, 1984, "Año Nuevo" },
    { NEXT_MONDAY, 1, 6, 1984, "Reyes Magos" },
    { NEXT_MONDAY, 3, 19, 1984, "San José" },
    { AFTER_EASTER, 0, -3, 1984, "Jueves Santo" },
    { AFTER_EASTER, 0, -2, 1984, "Viernes Santo" },
    { FIXED, 5, 1, 1984, "Día del Trabajo" },
    { AFTER_EASTER, 0, 43, 1984, "Ascensión del Señor" },
    { AFTER_EASTER, 0, 64, 1984, "Corpus Christi" },
    { AFTER_EASTER, 0, 71, 1984, "Sagrado Corazón" },
    { NEXT_MONDAY, 6, 29, 1984, "San Pedro y San Pablo" },
    { NEXT_MONDAY, 7, 9, 2026, "Virgen de Chiquinquirá" },       /* Ley 2578 de 2026 */
    { FIXED, 7, 20, 1984, "Independencia" },
    { FIXED, 8, 7, 1984, "Batalla de Boyacá" },
    { NEXT_MONDAY, 8, 15, 1984, "Asunción de la Virgen" },
    { NEXT_MONDAY, 10, 12, 1984, "Día de la Raza" },
    { NEXT_MONDAY, 11, 1, 1984, "Todos los Santos" },
    { NEXT_MONDAY, 11, 11, 1984, "Independencia de Cartagena" },
    { FIXED, 12, 8, 1984, "Inmaculada Concepción" },
    { FIXED, 12, 25, 1984, "Navidad" },
};

/* Easter Sunday, a number of days (base/clock.h): the Gregorian computus of Meeus, Jones and Butcher. */
static int64_t easter_day(int year)
{
    int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4;
    int g = (8 * b + 13) / 25, h = (19 * a + b - d - g + 15) % 30;
    int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
    int m = (a + 11 * h + 19 * l) / 433, month = (h + l - 7 * m + 90) / 25;

    return clock_day(clock_from_date(year, month, (h + l - 7 * m + 33 * month + 19) % 32));
}

static int64_t next_monday(int64_t day)
{
    return day + (8 - clock_date(clock_day_start(day)).weekday) % 7;
}

static int64_t holiday_day(size_t row, int year)
{
    int64_t day;

    if (holidays[row].how == AFTER_EASTER)
        return easter_day(year) + holidays[row].day;
    day = clock_day(clock_from_date(year, holidays[row].month, holidays[row].day));
    return holidays[row].how == FIXED ? day : next_monday(day);
}

const char *holiday_name(int64_t day)
{
    int year = clock_date(clock_day_start(day)).year;

    for (size_t i = 0; i < COUNT(holidays); i++)
        if (year >= holidays[i].since && holiday_day(i, year) == day)
            return holidays[i].name;
    return NULL;
}
