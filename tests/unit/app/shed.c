/* Shedding: the requests that are refused when there are more than an area can answer. */
#include <criterion/criterion.h>

#include "app/shed.h"

#define LIMIT 1000

Test(shed, a_request_behind_a_slow_one_waits_up_to_the_limit)
{
    struct shed s = { 0 };

    cr_expect_not(shed_due(&s, 900, LIMIT, 11000));
    cr_expect_not(shed_due(&s, 1000, LIMIT, 13000));
    cr_expect(shed_due(&s, 1001, LIMIT, 13000));
}

Test(shed, in_a_standing_queue_only_short_waits_are_served)
{
    struct shed s = { 0 };

    for (int i = 0; i <= 50; i++)
        cr_expect_not(shed_due(&s, 300, LIMIT, 10300 + i));
    cr_expect_not(shed_due(&s, 300, LIMIT, 11000), "a second has not gone by");
    cr_expect(shed_due(&s, 300, LIMIT, 11001));
    cr_expect(shed_due(&s, 41, LIMIT, 11002));
    cr_expect_not(shed_due(&s, 40, LIMIT, 11003));
}

Test(shed, a_burst_after_a_quiet_hour_is_no_standing_queue)
{
    struct shed s = { 0 };

    cr_expect_not(shed_due(&s, 0, LIMIT, 10000));
    for (int i = 0; i <= 60; i++)
        cr_expect_not(shed_due(&s, 300, LIMIT, 10000 + 3600000 + i), "request %d", i);
}

Test(shed, one_request_that_came_without_waiting_ends_the_standing_queue)
{
    struct shed s = { 0 };

    shed_due(&s, 1000, LIMIT, 11000);
    for (int i = 0; i <= 50; i++)
        shed_due(&s, 300, LIMIT, 12000);
    cr_expect(shed_due(&s, 300, LIMIT, 12000));
    cr_expect_not(shed_due(&s, 10, LIMIT, 12001));
    cr_expect_not(shed_due(&s, 300, LIMIT, 12002));
}

Test(shed, a_limit_below_that_of_a_standing_queue_holds)
{
    struct shed s = { 0 };

    shed_due(&s, 1000, LIMIT, 11000);
    for (int i = 0; i <= 50; i++)
        shed_due(&s, 300, LIMIT, 12000);
    cr_expect(shed_due(&s, 21, 20, 12001));
    cr_expect_not(shed_due(&s, 20, 20, 12001));
}
