/* Schedule: what a line means, when it is due again, how it reads. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/schedule.h"
#include "domain/console/schedule_words.h"
#include "base/util.h"

#define NOW 1793707200           /* 2026-11-03 07:00 in Bogotá, a Tuesday */

static const struct { const char *line, *words, *next; } lines[] = {
    { "* * * * * 60 x", "cada minuto", "2026-11-03T07:01:00-05:00" },
    { "*/5 * * * * 60 x", "cada 5 minutos", "2026-11-03T07:05:00-05:00" },
    { "*/15 8-17 * * 1-5 60 x", "cada 15 minutos, en las horas 8, 9, 10, 11, 12, 13, 14, 15, 16 y 17, de lunes a viernes",
      "2026-11-03T08:00:00-05:00" },
    { "17 * * * * 60 x", "cada hora, a los 17 minutos", "2026-11-03T07:17:00-05:00" },
    { "0 * * * * 60 x", "cada hora, en punto", "2026-11-03T08:00:00-05:00" },
    { "5,35 * * * * 60 x", "cada hora, a los 5 y 35 minutos", "2026-11-03T07:05:00-05:00" },
    { "50 2 * * * 60 x", "cada día a las 02:50", "2026-11-04T02:50:00-05:00" },
    { "0 1 * * * 60 x", "cada día a la 01:00", "2026-11-04T01:00:00-05:00" },
    { "0 7 * * * 60 x", "cada día a las 07:00", "2026-11-04T07:00:00-05:00" },
    { "0 7,13,19 * * * 60 x", "cada día a las 07:00, 13:00 y 19:00", "2026-11-03T13:00:00-05:00" },
    { "0 4 * * 0 60 x", "los domingos a las 04:00", "2026-11-08T04:00:00-05:00" },
    { "30 6 * * 1,3,6 60 x", "los lunes, miércoles y sábados a las 06:30", "2026-11-04T06:30:00-05:00" },
    { "0 7 1 * * 60 x", "el día 1 de cada mes a las 07:00", "2026-12-01T07:00:00-05:00" },
    { "0 7 1,15 * * 60 x", "los días 1 y 15 de cada mes a las 07:00", "2026-11-15T07:00:00-05:00" },
    { "0 0 29 2 * 60 x", "el día 29 de febrero a las 00:00", "2028-02-29T00:00:00-05:00" },
    { "0 8 * 12 * 60 x", "cada día de diciembre a las 08:00", "2026-12-01T08:00:00-05:00" },
    { "0 8 13 * 5 60 x", "los viernes que son el día 13 de cada mes a las 08:00", "2026-11-13T08:00:00-05:00" },
    { "0 0 31 2 * 60 x", "el día 31 de febrero a las 00:00", NULL },
};

Test(schedule, says_in_words_when_a_line_is_due_and_finds_the_next_time)
{
    struct arena *a = arena_new();
    const char *why = "";
    struct schedule s;

    for (size_t i = 0; i < COUNT(lines); i++) {
        int64_t next;

        cr_assert(schedule_parse(a, lines[i].line, &s, &why), "%s: %s", lines[i].line, why);
        cr_expect_str_eq(schedule_words(a, &s.lines[0]), lines[i].words);
        next = schedule_next(&s.lines[0], NOW);
        if (lines[i].next == NULL)
            cr_expect_eq(next, 0, "%s", lines[i].line);
        else
            cr_expect_str_eq(clock_rfc3339(a, next), lines[i].next, "%s", lines[i].line);
        if (next != 0)
            cr_expect_eq(schedule_latest(&s.lines[0], next + 59), next, "%s", lines[i].line);
    }
    arena_free(a);
}

Test(schedule, keeps_what_a_line_says_about_itself)
{
    struct arena *a = arena_new();
    const char *why = "";
    struct schedule s;

    cr_assert(schedule_parse(a, "# all of it\n\n 0 4 * * 0  90 verify  #  Restaura la copia \r\n"
                                "0 3 * * *\t86400 backup\n  # no more\n", &s, &why), "%s", why);
    cr_assert_eq(s.count, 2);
    cr_expect_str_eq(s.lines[0].name, "verify");
    cr_expect_str_eq(s.lines[0].what, "Restaura la copia");
    cr_expect_eq(s.lines[0].limit_s, 90);
    cr_expect_str_eq(s.lines[1].name, "backup");
    cr_expect_eq(s.lines[1].limit_s, 86400);
    cr_expect_str_eq(s.lines[1].what, "");
    arena_free(a);
}

Test(schedule, takes_a_step_of_any_size_and_meets_the_first_value_only_when_it_is_too_large)
{
    static const char *const steps[] = { "59", "64", "9223372036854775807", "9223372036854775748" };
    struct arena *a = arena_new();
    const char *why = "";
    struct schedule s;

    for (size_t i = 0; i < COUNT(steps); i++) {
        cr_assert(schedule_parse(a, arena_printf(a, "1-59/%s * * * * 60 x", steps[i]), &s, &why), "%s", why);
        cr_expect_eq(s.lines[0].minute, UINT64_C(1) << 1, "%s gives %llx", steps[i],
                     (unsigned long long)s.lines[0].minute);
    }
    arena_free(a);
}

Test(schedule, refuses_a_line_that_it_does_not_understand_and_says_which)
{
    static const char *const bad[] = {
        "* * * * 60 x", "* * * * *", "60 * * * * 60 x", "* 24 * * * 60 x", "* * 0 * * 60 x", "* * * 13 * 60 x",
        "* * * * 7 60 x", "5-1 * * * * 60 x", "*/0 * * * * 60 x", "a * * * * 60 x", "* * * * * 60 X", "* * * * * 60 a/b",
        "* * * * * 60 x y", "* * * * * 60 # x", "* * * * * x", "* * * * * 0 x", "* * * * * 86401 x", "* * * * * 1m x",
    };
    struct arena *a = arena_new();
    struct schedule s;

    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *why = "", *text = arena_printf(a, "* * * * * 60 good\n%s\n", bad[i]);

        cr_expect_not(schedule_parse(a, text, &s, &why), "%s", bad[i]);
        cr_expect(has_prefix(why, "línea 2:"), "%s: %s", bad[i], why);
    }
    arena_free(a);
}
