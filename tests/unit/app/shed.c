/* Shedding: the requests that are refused when there are more than an area can answer. */
#include <criterion/criterion.h>

#include "app/shed.h"

#define MOST 1000                /* ms: as the setting says */
#define MS 1000                  /* microseconds */

/* Lets so many requests, one a millisecond from `at` on, meet a queue of 300 ms. */
static void crowd_meets(struct shed *s, int requests, int64_t at)
{
    for (int i = 0; i < requests; i++)
        shed_met(s, 300, at + i);
}

Test(shed, a_request_behind_a_slow_one_waits_as_long_as_the_setting_says)
{
    struct shed s = { 0 };

    shed_met(&s, 900, 11000);
    cr_expect_eq(shed_limit(&s, MOST, 11000), 1000);
    shed_met(&s, 1000, 13000);
    cr_expect_eq(shed_limit(&s, MOST, 13000), 1000);
}

Test(shed, in_a_standing_queue_nobody_waits_longer_than_a_few_answers_take)
{
    static const struct { int64_t service_us, limit_ms; } cases[] = {
        { 0, 30 }, { 500, 30 }, { 3 * MS, 30 }, { 5 * MS, 40 }, { 50 * MS, 400 }, { 300 * MS, MOST },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct shed s = { .service_us = cases[i].service_us };

        crowd_meets(&s, 51, 10300);
        cr_expect_eq(shed_limit(&s, MOST, 11000), MOST, "a second has not gone by");
        cr_expect_eq(shed_limit(&s, MOST, 11001), cases[i].limit_ms, "%ld", (long)cases[i].service_us);
    }
}

Test(shed, what_an_answer_takes_follows_the_answers)
{
    struct shed s = { 0 };

    shed_served(&s, 8 * MS);
    cr_expect_eq(s.service_us, 8 * MS);
    for (int i = 0; i < 100; i++)
        shed_served(&s, 2 * MS);
    cr_expect(s.service_us < 2.1 * MS);
    shed_served(&s, 100 * MS);
    cr_expect(s.service_us < 9 * MS, "one slow page is no slow area");
}

Test(shed, a_burst_after_a_quiet_hour_is_no_standing_queue)
{
    struct shed s = { 0 };

    shed_met(&s, 0, 10000);
    crowd_meets(&s, 61, 10000 + 3600000);
    cr_expect_not(shed_stands(&s, 10000 + 3600061));
}

Test(shed, one_request_that_came_without_waiting_ends_the_standing_queue)
{
    struct shed s = { 0 };

    crowd_meets(&s, 60, 11000);
    cr_expect(shed_stands(&s, 12000));
    shed_met(&s, 10, 12001);
    cr_expect_not(shed_stands(&s, 12001));
}

Test(shed, what_has_just_stood_stands_again_after_a_tenth_of_a_second)
{
    struct shed s = { 0 };

    crowd_meets(&s, 60, 11000);
    shed_met(&s, 300, 12000);
    shed_met(&s, 0, 12001);
    crowd_meets(&s, 6, 12301);
    cr_expect_not(shed_stands(&s, 12101));
    cr_expect(shed_stands(&s, 12102));
    shed_met(&s, 0, 12103);
    crowd_meets(&s, 6, 30000);
    cr_expect_not(shed_stands(&s, 30200), "that was long ago");
}

Test(shed, waits_below_what_an_answer_takes_are_calm)
{
    struct shed s = { .service_us = 100 * MS };

    for (int i = 0; i < 100; i++)
        shed_met(&s, 90, 20000 + i * 100);
    cr_expect_not(shed_stands(&s, 30000));
}

Test(shed, a_queue_is_long_when_it_would_be_refused_if_it_stood)
{
    const struct shed s = { .service_us = 10 * MS };

    cr_expect_not(shed_is_long(&s, 80));
    cr_expect(shed_is_long(&s, 81));
}
