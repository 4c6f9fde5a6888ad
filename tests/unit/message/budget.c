/* The budget of SMS: strangers spend a share; messages about what lies on the shelf have the rest, and
 * wait for more. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/ground/setting.h"
#include "domain/message/budget.h"
#include "tests/unit/fixture.h"

static const struct stmt template_any = STMT("t_template_any", "", "SELECT min(id) FROM notification_templates");
static const struct stmt sms_sent = STMT("t_sms_sent", "siiii",
    "INSERT INTO notifications (event, channel, recipient, template_id, variables, class, state, created_at,"
    " not_before, sent_at, cost, dedupe_key) VALUES ($1, 'sms', '+573005550001', $2, '{}', 'informativa', 'sent',"
    " $3, $3, $3, $4, $5)");

static void spend(struct fixture *f, const char *event, int64_t cost, int64_t at)
{
    static int64_t n;

    cr_assert_eq(db_exec(f->db, NULL, &sms_sent, event, db_scalar(f->db, 0, &template_any), at, cost, ++n), OK);
}

static void budget_set(struct fixture *f, const char *key, const char *value)
{
    cr_assert_eq(setting_change(&f->c, NULL, 0, &(struct setting_change){ key, value }, 1), OK, "%s", fixture_fault(f));
}

static bool may_of(struct fixture *f, const char *event, bool reserve)
{
    const char *why;

    cr_assert_eq(sms_over_budget(&f->c, &(struct sms_price){ event, reserve, 25 }, &why, NULL), OK);
    return why == NULL;
}

static bool may(struct fixture *f, const char *event)
{
    return may_of(f, event, false);
}

Test(budget, of_the_day_strangers_spend_thirty_of_a_hundred_and_never_what_the_shelf_needs)
{
    struct fixture f;

    fixture_open(&f);
    budget_set(&f, "sms.budget_day", "1000");
    spend(&f, "package_announced", 275, f.c.now);
    cr_expect(may(&f, "package_announced"), "the last of 300");
    spend(&f, "package_cancelled", 25, f.c.now);
    cr_expect_not(may(&f, "package_announced"));
    cr_expect_not(may(&f, "package_cancelled"), "a parcel that never came was announced by a stranger too");
    cr_expect(may(&f, "package_received"));
    cr_expect_not(may(&f, "authorization_created"), "anybody makes one who has the link of a parcel that they announced");
    spend(&f, "package_received", 675, f.c.now);
    cr_expect(may(&f, "package_received"), "the last of 1,000");
    spend(&f, "package_received", 25, f.c.now);
    cr_expect_not(may(&f, "package_received"));
    f.c.now += DAY_SECONDS;
    cr_expect(may(&f, "package_announced"), "a new day");
    fixture_close(&f);
}

Test(budget, counts_the_end_of_a_claim_as_strangers_and_what_a_clerk_writes_not)
{
    struct fixture f;

    fixture_open(&f);
    budget_set(&f, "sms.budget_day", "1000");
    spend(&f, "custom_message", 300, f.c.now);
    cr_expect(may(&f, "package_announced"));
    spend(&f, "claim_ended", 300, f.c.now);
    cr_expect_not(may(&f, "package_announced"));
    cr_expect_not(may(&f, "claim_ended"));
    cr_expect(may(&f, "package_received"));
    fixture_close(&f);
}

Test(budget, of_the_month_has_its_share_too)
{
    struct fixture f;

    fixture_open(&f);
    budget_set(&f, "sms.budget_month", "1000");
    spend(&f, "package_announced", 300, f.c.now - DAY_SECONDS);
    cr_expect_not(may(&f, "package_announced"));
    cr_expect(may(&f, "package_received"));
    f.c.now += 30 * DAY_SECONDS;
    cr_expect(may(&f, "package_announced"), "a new month");
    fixture_close(&f);
}

Test(budget, that_is_spent_lets_what_the_shelf_needs_wait_an_hour_by_day_and_the_rest_not)
{
    static const struct { int64_t hours; const char *again; } cases[] = {
        { 0, "03/11/2026 08:00" }, { 11, "03/11/2026 19:00" }, { 12, "04/11/2026 07:00" }, { 20, "04/11/2026 07:00" },
    };
    struct fixture f;
    const char *why;
    int64_t again, seven;

    fixture_open(&f);
    seven = f.c.now;
    budget_set(&f, "sms.budget_day", "100");
    for (size_t i = 0; i < COUNT(cases); i++) {
        f.c.now = seven + cases[i].hours * 3600;
        spend(&f, "package_received", 100, f.c.now);
        cr_assert_eq(sms_over_budget(&f.c, &(struct sms_price){ "package_received", false, 25 }, &why, &again), OK);
        cr_assert_not_null(why);
        cr_expect_str_eq(clock_exact(f.a, again), cases[i].again, "%s", clock_exact(f.a, again));
        cr_assert_eq(sms_over_budget(&f.c, &(struct sms_price){ "package_delivered", false, 25 }, &why, &again), OK);
        cr_assert_not_null(why);
        cr_expect_eq(again, 0);
    }
    cr_assert_eq(sms_over_budget(&f.c, &(struct sms_price){ "package_received", false, 101 }, &why, &again), OK);
    cr_assert_not_null(why);
    cr_expect_eq(again, 0, "what the whole budget cannot pay waits for nothing");
    fixture_close(&f);
}

Test(budget, that_cannot_be_read_is_neither_spent_nor_free)
{
    static const struct stmt unreadable = STMT("t_unreadable", "", "ALTER TABLE notifications RENAME COLUMN cost TO price");
    struct fixture f;
    const char *why;

    fixture_open(&f);
    cr_assert_eq(db_exec(f.db, NULL, &unreadable), OK);
    cr_expect_neq(sms_over_budget(&f.c, &(struct sms_price){ "package_announced", false, 25 }, &why, NULL), OK);
    cr_expect_neq(sms_over_budget(&f.c, &(struct sms_price){ "package_received", false, 25 }, &why, NULL), OK);
    fixture_close(&f);
}

Test(budget, that_strangers_have_spent_is_no_hindrance_to_what_concerns_a_parcel_that_was_on_the_shelf)
{
    static const struct stmt shelf = STMT("t_shelf", "", "UPDATE notifications SET reserve = 1 WHERE event = 'package_cancelled'");
    struct fixture f;

    fixture_open(&f);
    budget_set(&f, "sms.budget_day", "1000");
    spend(&f, "package_announced", 300, f.c.now);
    cr_expect_not(may(&f, "package_cancelled"));
    cr_expect_not(may(&f, "package_disputed"));
    cr_expect(may_of(&f, "package_cancelled", true));
    cr_expect(may_of(&f, "package_disputed", true));
    cr_expect_not(may_of(&f, "package_announced", false));
    f.c.now += DAY_SECONDS;
    spend(&f, "package_cancelled", 400, f.c.now);
    cr_expect_not(may(&f, "package_announced"));
    cr_assert_eq(db_exec(f.db, NULL, &shelf), OK);
    cr_expect(may(&f, "package_announced"), "they have not spent it");
    fixture_close(&f);
}

Test(budget, that_strangers_have_spent_lets_what_a_person_needs_wait_for_more)
{
    static const struct { const char *event; bool reserve, waits; } rows[] = {
        { "package_announced", false, false }, { "package_cancelled", false, false }, { "package_cancelled", true, true },
        { "package_disputed", false, true }, { "package_disputed", true, true }, { "authorization_created", false, true },
    };
    struct fixture f;

    fixture_open(&f);
    budget_set(&f, "sms.budget_day", "1000");
    spend(&f, "package_announced", 300, f.c.now);
    spend(&f, "package_received", 700, f.c.now);
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct sms_price sms = { rows[i].event, rows[i].reserve, 25 };
        const char *why;
        int64_t again;

        cr_assert_eq(sms_over_budget(&f.c, &sms, &why, &again), OK);
        cr_expect_not_null(why);
        cr_expect_eq(again != 0, rows[i].waits, "%s %d", rows[i].event, rows[i].reserve);
    }
    fixture_close(&f);
}
