/* First steps: each ticks itself off when the database says that it is done, and not before. */
#include <criterion/criterion.h>

#include "domain/console/first_step.h"
#include "domain/ground/setting.h"
#include "domain/price/rate.h"
#include "domain/shelf/position.h"
#include "base/clock.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt nobody = STMT("t_nobody", "", "DELETE FROM users WHERE role = 'OPERADOR'");
static const struct stmt somebody = STMT("t_somebody", "",
    "INSERT INTO users (id, username, email, full_name, role, password_hash, created_at)"
    " VALUES (3, 'otra', 'otra@example.com', 'Otra', 'OPERADOR', 'x', 0)");
static const struct stmt joined = STMT("t_joined", "", "UPDATE users SET joined_at = 1 WHERE id = 3");
static const struct stmt message = STMT("t_message", "issi",
    "INSERT INTO notifications (id, event, channel, recipient, template_id, variables, class, state, not_before, sent_at,"
    " dedupe_key, created_at) SELECT $1, 'custom_message', $2, 'x', id, '{}', class, $3, 0, $4, 'k' || $1, 0"
    " FROM notification_templates WHERE event = 'custom_message' AND channel = $2 LIMIT 1");
static const struct stmt shelf = STMT("t_shelf", "", "UPDATE positions SET version = 2 WHERE id = 1");

static bool done(struct fixture *f, const char *words)
{
    struct first_steps all;

    cr_assert_eq(first_steps_read(&f->c, &all), OK);
    for (size_t i = 0; i < all.n; i++)
        if (streq(all.v[i].words, words))
            return all.v[i].done;
    cr_assert_fail("no step %s", words);
    return false;
}

static void change(struct fixture *f, const char *key, const char *value)
{
    cr_assert_eq(setting_change(&f->c, NULL, 0, &(struct setting_change){ key, value }, 1), OK, "%s", fixture_fault(f));
}

Test(first_steps, tick_themselves_off_from_what_the_database_holds)
{
    struct fixture f;
    struct first_steps all;
    struct rate rate;

    fixture_open(&f);
    cr_assert_eq(first_steps_read(&f.c, &all), OK);
    cr_expect_eq(all.n, 0, "they are for an ADMIN");
    f.c.role = ROLE_ADMIN;
    f.c.user_id = 2;
    cr_assert_eq(db_exec(f.db, NULL, &nobody), OK);
    cr_assert_eq(first_steps_read(&f.c, &all), OK);
    cr_expect_eq(all.n, 8);
    cr_expect_eq(all.left, 8);
    change(&f, "site.name", "Portería Norte");
    cr_expect(done(&f, "Nombre y dirección"));
    cr_expect_not(done(&f, "Horario"));
    change(&f, "site.hours", "Todos los días");
    cr_expect(done(&f, "Horario"));
    cr_assert_eq(rate_add(&f.c, &(struct rate_in){ .package_type = "NORMAL", .base_fee = 1500, .storage_per_day = 1000,
        .free_hours = 24, .valid_from = clock_day(f.c.now) }, &rate), OK, "%s", fixture_fault(&f));
    cr_expect(done(&f, "Tarifas"));
    cr_assert_eq(db_exec(f.db, NULL, &shelf), OK);
    cr_expect(done(&f, "Estante"));
    cr_assert_eq(db_exec(f.db, NULL, &somebody), OK);
    cr_expect_not(done(&f, "El primer operador"), "who is invited is not here yet");
    cr_assert_eq(db_exec(f.db, NULL, &joined), OK);
    cr_expect(done(&f, "El primer operador"));
    parcel_received(&f, .guide = "GUIA0001");
    cr_expect(done(&f, "El primer paquete"));
    fixture_close(&f);
}

Test(first_steps, say_that_messages_leave_only_once_one_was_accepted_by_the_account_of_now)
{
    struct fixture f;
    struct first_steps all;

    fixture_open(&f);
    f.c.role = ROLE_ADMIN;
    f.c.user_id = 2;
    change(&f, "sms.provider", "liwa");
    change(&f, "sms.password", "una");
    cr_expect_not(done(&f, "Los SMS salen"), "an account alone proves nothing");
    cr_assert_eq(db_exec(f.db, NULL, &message, (int64_t)91, "sms", "failed", f.c.now), OK);
    cr_expect_not(done(&f, "Los SMS salen"));
    cr_assert_eq(db_exec(f.db, NULL, &message, (int64_t)92, "sms", "sent", f.c.now), OK);
    cr_expect(done(&f, "Los SMS salen"));
    cr_expect_not(done(&f, "Los correos salen"));
    f.c.now += 60;
    change(&f, "sms.price", "30");
    cr_expect(done(&f, "Los SMS salen"), "a price is no account");
    change(&f, "sms.password", "otra");
    cr_expect_not(done(&f, "Los SMS salen"), "nobody knows whether the new password is right");
    cr_assert_eq(db_exec(f.db, NULL, &message, (int64_t)93, "email", "sent", f.c.now), OK);
    cr_expect(done(&f, "Los correos salen"));
    cr_assert_eq(first_steps_hide(&f.c), OK);
    cr_assert_eq(first_steps_read(&f.c, &all), OK);
    cr_expect_eq(all.n, 0, "hidden");
    change(&f, "start.steps", "1");
    cr_assert_eq(first_steps_read(&f.c, &all), OK);
    cr_expect_gt(all.n, 0);
    fixture_close(&f);
}
