/* Messages: what they say, when they may go, how they are repeated and refused. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "local/gsm7.h"
#include "local/money.h"
#include "domain/ground/audit.h"
#include "domain/message/message_kind.h"
#include "domain/ground/setting.h"
#include "domain/message/template.h"
#include "domain/outbox/notification_bulk.h"
#include "domain/outbox/notification_log.h"
#include "domain/outbox/notification_reminders.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package_announce.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/pickup.h"
#include "domain/people/opt_out.h"
#include "domain/people/user.h"
#include "domain/public/track.h"
#include "domain/message/wording.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"
#include "jobs/jobs.h"
#include "jobs/message.h"

static const struct stmt count_state = STMT("t_count_state", "ss",
    "SELECT count(*) FROM notifications WHERE state = $1 AND channel = $2");
static const struct stmt count_event = STMT("t_count_event", "s", "SELECT count(*) FROM notifications WHERE event = $1");
static const struct stmt last_id = STMT("t_last_note", "ss",
    "SELECT max(id) FROM notifications WHERE event = $1 AND channel = $2");
static const struct stmt not_before_of = STMT("t_not_before", "i", "SELECT not_before FROM notifications WHERE id = $1");
static const struct stmt set_state = STMT("t_set_state", "sis",
    "UPDATE notifications SET state = $1, provider_id = $3 WHERE id = $2");
static const struct stmt links_of = STMT("t_links", "i",
    "SELECT count(*) FROM notification_packages WHERE notification_id = $1");
static const struct stmt name_all = STMT("t_name_all", "s", "UPDATE packages SET announced_name = $1");
static const struct stmt rename_all = STMT("t_rename_all", "s", "UPDATE customers SET full_name = $1");
static const struct stmt admin = STMT("t_admin", "",
    "INSERT INTO users (username, email, full_name, role, password_hash, created_at)"
    " VALUES ('jefa', 'jefa@example.com', 'Julia Jefa', 'ADMIN', 'x', 0)");

static struct package received(struct fixture *f, const char *guide, const char *phone, const char *email)
{
    return parcel_shelved(f, .name = "Ana María Ríos", .phone = phone, .email = email, .guides = guide);
}

static int64_t newest(struct fixture *f, const char *event, const char *channel)
{
    return db_scalar(f->db, 0, &last_id, event, channel);
}

struct state { int64_t id; const char *state, *provider_id; };

static enum err put_state(struct db *db, void *arg)
{
    struct state *s = arg;

    return db_exec(db, NULL, &set_state, s->state, s->id, s->provider_id);
}

static void become(struct fixture *f, int64_t id, const char *state)
{
    struct state s = { id, state, "p-7" };

    cr_assert_eq(db_write(f->db, put_state, &s), OK);
}

Test(notification, reminds_on_the_first_third_seventh_and_twenty_fifth_day_and_once)
{
    struct fixture f;
    int written, total = 0;

    fixture_open(&f);
    received(&f, "GUIA10001", "3005550001", "ana@example.com");
    for (int day = 0; day < 40; day++, f.c.now += DAY_SECONDS)
        for (int twice = 0; twice < 2; twice++) {
            bool expected = !twice && (day == 1 || day == 3 || day == 7 || day == 25);
            int64_t due = -1;

            cr_assert_eq(notify_reminders_due(&f.c, &due), OK);
            cr_expect_eq(due, expected, "day %d", day);
            cr_assert_eq(notify_reminders(&f.c, clock_day(f.c.now), &written), OK, "%s", fixture_fault(&f));
            cr_expect_eq(written, expected ? 2 : 0, "day %d: an SMS and an e-mail", day);
            total += written;
        }
    cr_expect_eq(total, 8);
    fixture_close(&f);
}

Test(notification, reminders_whose_job_runs_on_the_next_day_are_those_of_the_day_of_its_tick_and_once)
{
    struct fixture f;
    struct job j = { .kind = "reminders.plan", .worker = "" };

    fixture_open(&f);
    received(&f, "GUIA10001", "3005550001", NULL);
    f.c.now += DAY_SECONDS + 2 * 3600;           /* 09:00 of the first day after */
    j.args = arena_printf(f.a, "{\"tick\":%lld}", (long long)f.c.now);
    f.c.now += 22 * 3600;                        /* 07:00 of the second, which has no reminder of its own */
    for (int twice = 0; twice < 2; twice++) {
        cr_expect_eq(reminders_plan_job(&f.c, &j).result, JOB_DONE, "%s", fixture_fault(&f));
        cr_expect_eq(db_scalar(f.db, 0, &count_event, "pickup_reminder"), 1);
    }
    fixture_close(&f);
}

Test(notification, several_parcels_of_a_person_make_one_reminder_in_the_hours_of_the_law)
{
    struct fixture f;
    int64_t id, at;
    int written;

    fixture_open(&f);
    received(&f, "GUIA20001", "3005550001", NULL);
    received(&f, "GUIA20002", "3005550001", NULL);
    received(&f, "GUIA20003", "3005550002", NULL);
    f.c.now += 3 * DAY_SECONDS + 13 * 3600;      /* Friday, 20:00 */
    cr_assert_eq(notify_reminders(&f.c, clock_day(f.c.now), &written), OK);
    cr_expect_eq(written, 2, "two people");
    id = db_scalar(f.db, 0, &last_id, "pickup_reminder", "sms") - 1;
    cr_expect_eq(db_scalar(f.db, 0, &links_of, id), 2);
    at = db_scalar(f.db, 0, &not_before_of, id);
    cr_expect_str_eq(clock_exact(f.a, at), "07/11/2026 08:00", "%s", clock_exact(f.a, at));
    fixture_close(&f);
}

Test(notification, a_reminder_and_the_page_of_its_link_say_the_same_sum)
{
    struct fixture f;
    struct package p;
    struct message m;
    struct track t;
    int written;

    fixture_open(&f);
    received(&f, "GUIA20001", "3005550001", NULL);
    f.c.now += 3600;
    received(&f, "GUIA20002", "3005550001", NULL);
    f.c.now += 3 * DAY_SECONDS;
    cr_assert_eq(notify_reminders(&f.c, clock_day(f.c.now), &written), OK);
    cr_assert_eq(notification_render(&f.c, newest(&f, "pickup_reminder", "sms"), &m), OK);
    cr_assert_eq(package_by_guide(&f.c, "GUIA20001", &p), OK);
    cr_assert_eq(track_by_token(&f.c, link_token(&f.c, &p), &t), OK);
    cr_expect_eq(t.ready.n, 2);
    cr_expect_eq(t.owes.total, 4500 + 3500, "%lld", (long long)t.owes.total);
    cr_expect_eq(t.owes.next_total, t.owes.total + 1000, "the second began its third day just now");
    cr_expect(strstr(m.text, money_text(f.a, t.owes.total)) != NULL, "%s", m.text);
    fixture_close(&f);
}

Test(notification, one_announcement_of_many_guides_is_one_message_that_names_how_many)
{
    struct fixture f;
    struct packages out;
    struct message m;
    struct announce_in in = { .name = "Ana Ríos", .phone = "3005550009", .email = "ana@example.com", .consent = true,
                              .guides = "MUCHAS001\nMUCHAS002\nMUCHAS003" };

    fixture_open(&f);
    cr_assert_eq(package_announce(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, 0, &count_event, "package_announced"), 1, "an SMS");
    parcel_email_confirmed(&f, &out.v[0]);
    cr_expect_eq(db_scalar(f.db, 0, &count_event, "package_announced"), 2, "and an e-mail, once it is confirmed");
    for (size_t i = 0; i < 2; i++) {
        int64_t id = newest(&f, "package_announced", i == 0 ? "sms" : "email");

        cr_expect_eq(db_scalar(f.db, 0, &links_of, id), 3, "each parcel's page shows it");
        cr_assert_eq(notification_render(&f.c, id, &m), OK);
        cr_expect(strstr(m.text, "3 paquetes") != NULL, "%s", m.text);
    }
    fixture_close(&f);
}

/* An announcement by somebody from the n-th network. */
static struct package stranger_announces(struct fixture *f, int n, const char *phone, const char *email)
{
    f->c.actor = ACTOR_CUSTOMER;
    f->c.address = arena_printf(f->a, "10.%d.%d.1", n / 256, n % 256);
    return parcel_announced(f, .phone = phone, .email = email, .counted = true,
                            .guides = arena_printf(f->a, "PESADO%05d", n));
}

Test(notification, a_public_form_cannot_pester_a_number_nor_an_address)
{
    struct fixture f;

    fixture_open(&f);
    for (int i = 0; i < 7; i++)
        stranger_announces(&f, i, "3005550009", NULL);
    cr_expect_eq(db_scalar(f.db, 0, &count_state, "queued", "sms"), 5);
    cr_expect_eq(db_scalar(f.db, 0, &count_state, "suppressed", "sms"), 2);
    for (int i = 0; i < 7; i++)
        stranger_announces(&f, 100 + i, arena_printf(f.a, "30055501%02d", i), "victima@example.com");
    cr_expect_eq(db_scalar(f.db, 0, &count_state, "queued", "email"), 5);
    cr_expect_eq(db_scalar(f.db, 0, &count_state, "suppressed", "email"), 2);
    for (int i = 0; i < 7; i++) {
        stranger_announces(&f, 400 + i, arena_printf(f.a, "30055504%02d", i),
                           arena_printf(f.a, "victima%c%d@example.com", "-=#/%+-"[i], i));
        stranger_announces(&f, 200 + i, arena_printf(f.a, "30055502%02d", i), arena_printf(f.a, "Victima+%d@example.com", i));
        stranger_announces(&f, 300 + i, arena_printf(f.a, "30055503%02d", i),
                           arena_printf(f.a, "%.*s.%s@g%smail.com", i + 1, "victimas", &"victimas"[i + 1], i % 2 ? "oogle" : ""));
    }
    cr_expect_eq(db_scalar(f.db, 0, &count_state, "queued", "email"), 5 + 5,
                 "the mailbox victima had its five, and victimas has them, wherever a dot stands, by both names of its provider");
    fixture_close(&f);
}

Test(notification, an_email_that_its_own_link_proved_never_goes_before_the_persons)
{
    struct package p = { .announced_email = "ajeno@example.com", .email_proof = "enlace", .customer_email = "ana@example.com" };
    struct fixture f;

    fixture_open(&f);
    cr_expect_str_eq(package_email(&f.c, &p), "ana@example.com");
    p.email_proof = "celular";
    cr_expect_str_eq(package_email(&f.c, &p), "ajeno@example.com");
    p = (struct package){ .announced_email = "ajeno@example.com", .email_proof = "enlace" };
    cr_expect_str_eq(package_email(&f.c, &p), "ajeno@example.com");
    fixture_close(&f);
}

Test(notification, nobody_is_asked_whose_an_email_is_that_they_have_confirmed)
{
    static const struct stmt confirmed = STMT("t_confirmed", "i",
        "UPDATE customers SET email = 'ana@example.com', email_confirmed_at = 1 WHERE id = $1");
    struct fixture f;
    struct message_told told;
    struct package p;

    fixture_open(&f);
    p = stranger_announces(&f, 1, "3005550001", NULL);
    cr_assert_eq(db_exec(f.db, NULL, &confirmed, p.customer_id), OK);
    p = stranger_announces(&f, 2, "3005550001", "ana@example.com");
    cr_assert_eq(notify_told(&f.c, p.id, "package_announced", &told), OK);
    cr_expect(told.email);
    cr_assert_eq(notify_told(&f.c, p.id, "email_confirmation", &told), OK);
    cr_expect_not(told.email);
    fixture_close(&f);
}

Test(notification, of_what_all_strangers_announce_in_an_hour_so_many_are_confirmed_and_who_is_not_is_known)
{
    struct fixture f;
    struct message_told told;
    struct package p;

    fixture_open(&f);
    f.conf->announce_per_hour = 2;
    for (int i = 0; i < 12; i++) {
        p = stranger_announces(&f, i, arena_printf(f.a, "30055501%02d", i), NULL);
        cr_assert_eq(notify_told(&f.c, p.id, "package_announced", &told), OK);
        cr_expect_eq(told.phone, i < 10, "announcement %d", i);
        cr_expect_not(told.email);
    }
    f.c.now += 3600;
    p = stranger_announces(&f, 12, "3005550112", "ana@example.com");
    cr_assert_eq(notify_told(&f.c, p.id, "package_announced", &told), OK);
    cr_expect(told.phone, "an hour later");
    cr_assert_eq(notify_told(&f.c, p.id, "email_confirmation", &told), OK);
    cr_expect(told.email);
    fixture_close(&f);
}

Test(notification, what_strangers_may_not_spend_any_more_is_withheld_at_once_and_told)
{
    struct fixture f;
    struct message_told told;
    struct package p;
    int64_t letters;

    fixture_open(&f);
    cr_assert_eq(db_exec(f.db, NULL, &admin), OK);
    cr_assert_eq(setting_change(&f.c, NULL, 0, &(struct setting_change){ "sms.public_share", "0" }, 1), OK);
    p = stranger_announces(&f, 1, "3005550001", NULL);
    cr_assert_eq(notify_told(&f.c, p.id, "package_announced", &told), OK);
    cr_expect_not(told.phone);
    letters = db_scalar(f.db, 0, &count_event, "custom_message");
    cr_expect_gt(letters, 0, "a letter to each administrator");
    stranger_announces(&f, 2, "3005550001", NULL);
    cr_expect_eq(db_scalar(f.db, 0, &count_event, "custom_message"), letters, "one a day");
    fixture_close(&f);
}

/* The first of these are words that somebody would have others read in the point's name. */
static const char *const names[] = {
    "Ana gana.co/premio", "Llame 300 555 0001", "Ana (601) 555-1234", "Deposite $5000", "Ana debe 20.000 pesos",
    "Pague 50 mil", "Ana 20usd", "Entre ya a nequi-seguro.vip",
    "Ana María Ríos", "Droguería Nueva", "ACME S.A.S.",
};
#define BAD_NAMES 8

Test(notification, carries_no_name_that_is_more_than_a_name)
{
    struct fixture f;
    struct message m;
    int64_t id;

    fixture_open(&f);
    received(&f, "GUIA25001", "3005550001", "ana@example.com");
    id = newest(&f, "package_received", "email");
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *hello = arena_printf(f.a, "Hola, %s:", i < BAD_NAMES ? "cliente" : names[i]);

        cr_assert_eq(db_exec(f.db, NULL, &name_all, names[i]), OK);
        cr_assert_eq(db_exec(f.db, NULL, &rename_all, names[i]), OK);
        cr_assert_eq(notification_render(&f.c, id, &m), OK);
        cr_assert_not_null(m.text, "%s", names[i]);
        cr_expect(strstr(m.text, hello) != NULL, "%s: %s", names[i], m.text);
        cr_expect(i >= BAD_NAMES || strstr(m.text, names[i]) == NULL, "%s", m.text);
    }
    fixture_close(&f);
}

Test(notification, greets_whom_a_clerk_has_met_by_their_own_name_at_their_own_email)
{
    struct fixture f;
    struct message m;

    fixture_open(&f);
    received(&f, "GUIA25002", "3005550001", "ana@example.com");
    cr_assert_eq(db_exec(f.db, NULL, &name_all, "Ana Su Dinero Espera"), OK);
    cr_assert_eq(notification_render(&f.c, newest(&f, "package_received", "email"), &m), OK);
    cr_expect(strstr(m.text, "Hola, Ana María Ríos:") != NULL, "%s", m.text);
    fixture_close(&f);
}

Test(notification, resending_makes_a_new_code_and_names_the_old_message)
{
    struct fixture f;
    struct package p;
    struct notification n;
    struct message m;
    int64_t old, fresh;
    const char *before;

    fixture_open(&f);
    p = received(&f, "GUIA30001", "3005550001", NULL);
    before = package_pickup_code(&f.c, &p);
    old = newest(&f, "package_received", "sms");
    cr_expect_eq(notification_resend(&f.c, old, &fresh), E_CONFLICT, "it still waits");
    become(&f, old, "unknown");
    cr_assert_eq(notification_resend(&f.c, old, &fresh), OK, "%s", fixture_fault(&f));
    cr_assert_eq(notification_by_id(&f.c, fresh, &n), OK);
    cr_expect_eq(n.resend_of, old);
    cr_expect_str_eq(n.state, "queued");
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect_str_neq(package_pickup_code(&f.c, &p), before);
    cr_assert_eq(notification_render(&f.c, fresh, &m), OK);
    cr_expect_neq(strstr(m.text, package_pickup_code(&f.c, &p)), NULL, "%s", m.text);
    cr_expect_eq(notification_settle(&f.c, old, true), OK);
    cr_expect_eq(notification_settle(&f.c, old, false), E_CONFLICT, "its outcome is known now");
    fixture_close(&f);
}

Test(notification, about_a_parcel_that_is_sent_again_or_written_by_staff_goes_to_its_phone_and_to_no_other_of_its_person)
{
    static const struct stmt first_phone = STMT("t_first_phone", "i", "UPDATE customers SET phone = '+573005550077' WHERE id = $1");
    struct fixture f;
    struct package p;
    struct notification n;
    int64_t old, fresh;

    fixture_open(&f);
    p = received(&f, "GUIA30001", "3005550001", NULL);
    old = newest(&f, "package_received", "sms");
    become(&f, old, "unknown");
    cr_assert_eq(db_exec(f.db, NULL, &first_phone, p.customer_id), OK);
    cr_assert_eq(notification_resend(&f.c, old, &fresh), OK, "%s", fixture_fault(&f));
    cr_assert_eq(notification_by_id(&f.c, fresh, &n), OK);
    cr_expect_str_eq(n.recipient, "+573005550001");
    cr_assert_eq(notify_custom(&f.c, &(struct custom_in){ .package_id = p.id, .channel = "sms", .text = "Hoy cerramos a las 4." },
                               &fresh), OK, "%s", fixture_fault(&f));
    cr_assert_eq(notification_by_id(&f.c, fresh, &n), OK);
    cr_expect_str_eq(n.recipient, "+573005550001");
    fixture_close(&f);
}

Test(notification, by_email_holds_no_parcels_of_two_phones_as_its_code_opens_those_of_one)
{
    static const struct stmt confirmed = STMT("t_confirmed_two", "i",
        "UPDATE customers SET email = 'ana@example.com', email_confirmed_at = 1, known_at = 1 WHERE id = $1");
    static const struct stmt second = STMT("t_second_phone", "i", "INSERT INTO customer_phones (customer_id, phone, at)"
        " VALUES ($1, '+573005550002', 1)");
    static const struct stmt letters = STMT("t_letters", "",
        "SELECT count(*) FROM notifications WHERE event = 'package_received' AND channel = 'email'");
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = parcel_announced(&f, .name = "Ana María Ríos", .phone = "3005550001", .guides = "GUIA50001");
    cr_assert_eq(db_exec(f.db, NULL, &confirmed, p.customer_id), OK);
    cr_assert_eq(db_exec(f.db, NULL, &second, p.customer_id), OK);
    received(&f, "GUIA50002", "3005550001", NULL);
    received(&f, "GUIA50003", "3005550001", NULL);
    cr_assert_eq(db_scalar(f.db, -1, &letters), 1, "two of one phone are one letter");
    cr_assert_eq(received(&f, "GUIA50004", "3005550002", NULL).customer_id, p.customer_id);
    cr_expect_eq(db_scalar(f.db, -1, &letters), 2);
    fixture_close(&f);
}

Test(notification, an_email_that_was_not_asked_whose_it_is_stops_no_reminder)
{
    struct fixture f;
    struct package p;
    int written;

    fixture_open(&f);
    p = stranger_announces(&f, 30003, "3005550001", "ana@example.com");
    f.c.actor = ACTOR_USER;
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .id = p.id }, &p), OK, "%s", fixture_fault(&f));
    cr_assert(package_email_waits(&f.c, &p));
    for (int reminder = 1; reminder <= 2; reminder++) {          /* on the first and on the third day */
        become(&f, newest(&f, "email_confirmation", "email"), "suppressed");
        f.c.now += reminder * DAY_SECONDS;
        cr_assert_eq(notify_reminders(&f.c, clock_day(f.c.now), &written), OK, "%s", fixture_fault(&f));
    }
    cr_expect_neq(db_scalar(f.db, 0, &count_event, "pickup_reminder"), 0);
    fixture_close(&f);
}

Test(notification, a_reminder_sent_again_has_a_new_code_too)
{
    struct fixture f;
    struct package p;
    struct message m;
    int64_t fresh;
    int written;
    const char *before;

    fixture_open(&f);
    p = received(&f, "GUIA30002", "3005550001", NULL);
    before = package_pickup_code(&f.c, &p);
    f.c.now += 3 * DAY_SECONDS;
    cr_assert_eq(notify_reminders(&f.c, clock_day(f.c.now), &written), OK);
    cr_assert_eq(written, 1);
    become(&f, newest(&f, "pickup_reminder", "sms"), "unknown");
    cr_assert_eq(notification_resend(&f.c, newest(&f, "pickup_reminder", "sms"), &fresh), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect_str_neq(package_pickup_code(&f.c, &p), before);
    cr_expect(package_code_was(&f.c, &p, before));
    cr_expect_not(package_code_was(&f.c, &p, package_pickup_code(&f.c, &p)));
    cr_assert_eq(notification_render(&f.c, fresh, &m), OK);
    cr_expect_neq(strstr(m.text, package_pickup_code(&f.c, &p)), NULL, "%s", m.text);
    fixture_close(&f);
}

Test(notification, a_receipt_settles_what_was_sent)
{
    struct fixture f;
    struct notification n;
    int64_t id;

    fixture_open(&f);
    received(&f, "GUIA40001", "3005550001", NULL);
    id = newest(&f, "package_received", "sms");
    become(&f, id, "unknown");
    cr_expect_eq(notification_receipt(&f.c, "nobody's", true), E_NOT_FOUND);
    cr_assert_eq(notification_receipt(&f.c, "p-7", true), OK);
    cr_assert_eq(notification_by_id(&f.c, id, &n), OK);
    cr_expect_str_eq(n.state, "delivered");
    fixture_close(&f);
}

Test(notification, a_message_of_ones_own_goes_to_who_can_get_it)
{
    struct fixture f;
    struct package p;
    struct message m;
    int64_t id;
    static const struct { const char *channel, *text; enum err e; const char *field; } cases[] = {
        { "sms", "", E_INVALID, "text" },
        { "email", "Hola", E_INVALID, "channel" },
        { "sms", "Su paquete {enlace} pasó a la otra puerta", OK, NULL },
    };

    fixture_open(&f);
    p = received(&f, "GUIA50001", "3005550001", NULL);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct custom_in in = { .package_id = p.id, .channel = cases[i].channel, .text = cases[i].text };

        cr_expect_eq(notify_custom(&f.c, &in, &id), cases[i].e, "case %zu: %s", i, fixture_fault(&f));
        if (cases[i].field != NULL)
            cr_expect_str_eq(f.c.fault.field, cases[i].field);
    }
    cr_assert_eq(notification_render(&f.c, id, &m), OK);
    cr_expect_neq(strstr(m.text, "{enlace}"), NULL, "a person's words are not a template: %s", m.text);
    fixture_close(&f);
}

static int64_t bulk_written(struct fixture *f)
{
    static const struct stmt written = STMT("t_bulk_written", "",
        "SELECT count(*) FROM notifications WHERE dedupe_key LIKE 'bulk:%' AND state = 'queued'");

    return db_scalar(f->db, -1, &written);
}

Test(bulk, goes_once_to_each_address_of_whoever_has_a_parcel_here_and_to_nobody_who_wants_none)
{
    static const struct stmt refuse = STMT("t_bulk_refuse", "i", "UPDATE customers SET sms_opt_out = 1 WHERE id = $1");
    static const struct stmt spoken = STMT("t_bulk_spoken", "i",
        "SELECT count(*) FROM notification_packages WHERE event = 'custom_message' AND package_id = $1");
    struct bulk_in in = { .channel = "sms", .text = "El 8 de diciembre no abrimos." };
    struct fixture f;
    struct package first, second, p;
    struct bulk b;

    fixture_open(&f);
    f.conf->sms_driver = "file";
    first = received(&f, "GUIA60001", "3005550001", NULL);
    second = received(&f, "GUIA60002", "3005550001", NULL);
    parcel_shelved(&f, .name = "Otra Persona", .phone = "3005550001", .guides = "GUIA60003");
    p = received(&f, "GUIA60004", "3005550002", NULL);
    cr_assert_eq(db_exec(f.db, NULL, &refuse, p.customer_id), OK);
    received(&f, "GUIA60005", "6015550003", NULL);
    parcel_announced(&f, .name = "Solo Anunciada", .phone = "3005550004", .guides = "GUIA60006");
    received(&f, "GUIA60007", "3005550005", NULL);
    cr_assert_eq(notify_bulk_preview(&f.c, &in, &b), OK, "%s", fixture_fault(&f));
    cr_expect_eq(b.people, 2, "%lld", (long long)b.people);
    cr_expect_eq(b.opted_out, 1);
    cr_expect_eq(b.unreachable, 1);
    cr_expect_eq(b.parts, 1);
    cr_expect_eq(bulk_written(&f), 0, "a preview sends nothing");
    in.people = 3;
    cr_expect_eq(notify_bulk(&f.c, &in, &b), E_CONFLICT);
    cr_expect_str_eq(f.c.fault.field, "people");
    in.people = 2;
    cr_assert_eq(notify_bulk(&f.c, &in, &b), OK, "%s", fixture_fault(&f));
    cr_expect_eq(bulk_written(&f), 2);
    cr_expect_eq(db_scalar(f.db, -1, &spoken, first.id), 1, "the page of a parcel shows the message");
    cr_expect_eq(db_scalar(f.db, -1, &spoken, second.id), 1);
    in.days = 2;
    cr_assert_eq(notify_bulk_preview(&f.c, &in, &b), OK);
    cr_expect_eq(b.people, 0, "nobody waits since two days");
    cr_expect_eq(notify_bulk(&f.c, &in, &b), E_CONFLICT);
    fixture_close(&f);
}

Test(bulk, leaves_by_day_costs_no_more_than_is_left_and_comes_once_for_a_key)
{
    struct bulk_in in = { .channel = "sms", .text = "El 8 de diciembre no abrimos.", .people = 1 };
    struct setting_change day = { "sms.budget_day", "10" };
    struct fixture f;
    struct bulk b, again;

    fixture_open(&f);
    f.conf->sms_driver = "file";
    received(&f, "GUIA60001", "3005550001", NULL);
    f.c.now = clock_day_start(clock_day(f.c.now)) + 22 * 3600;
    f.c.operation_key = "k-1";
    f.c.operation_print = "p";
    cr_assert_eq(notify_bulk(&f.c, &in, &b), OK, "%s", fixture_fault(&f));
    cr_expect_eq(clock_day(b.from) > clock_day(f.c.now) && (b.from - clock_day_start(clock_day(b.from))) / 3600 >= 7, true);
    cr_expect_gt(b.cost, 0);
    cr_assert_eq(notify_bulk(&f.c, &in, &again), OK);
    cr_expect(memcmp(&b, &again, sizeof b) == 0 && f.c.replayed);
    cr_expect_eq(bulk_written(&f), 1);
    f.c.operation_key = NULL;
    f.c.role = ROLE_ADMIN;
    cr_assert_eq(setting_change(&f.c, NULL, 0, &day, 1), OK, "%s", fixture_fault(&f));
    cr_expect_eq(notify_bulk(&f.c, &in, &b), E_CONFLICT);
    cr_expect_neq(strstr(fixture_fault(&f), "quedan $10"), NULL, "%s", fixture_fault(&f));
    in.text = "";
    cr_expect_eq(notify_bulk(&f.c, &in, &b), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "text");
    fixture_close(&f);
}

Test(notification, administrators_are_told_once_of_the_same_thing)
{
    struct fixture f;

    fixture_open(&f);
    cr_assert_eq(db_exec(f.db, NULL, &admin), OK);
    for (int i = 0; i < 2; i++) {
        enum err tell(struct db *db, void *arg);

        cr_assert_eq(db_write(f.db, tell, &f.c), OK);
    }
    cr_expect_eq(db_scalar(f.db, 0, &count_event, "custom_message"), 2, "two administrators");
    fixture_close(&f);
}

enum err tell(struct db *db, void *arg);
enum err tell(struct db *db UNUSED, void *arg)
{
    return notify_admins_tx(arg, "Se agotó el presupuesto.", "budget:1");
}

static const struct stmt opted_told = STMT("t_opted_told", "",
    "SELECT count(*) FROM audit_log WHERE action = 'opt_out' AND details ->> '$.before' = 'Recibe' AND details ->> '$.after' = 'No recibe'");

Test(opt_out, only_our_own_links_open_and_the_choice_is_kept)
{
    struct fixture f;
    struct package p;
    struct opt_out o;
    const char *link, *token;
    char *forged;

    fixture_open(&f);
    p = received(&f, "GUIA60001", "3005550001", "ana@example.com");
    link = opt_out_link(&f.c, p.customer_id, "email", "ana@example.com");
    token = strrchr(link, '/') + 1;
    cr_assert_eq(opt_out_open(&f.c, token, &o), OK);
    cr_expect_str_eq(o.channel, "email");
    cr_expect_str_eq(o.recipient, "a•••@example.com");
    cr_expect_not(o.is_out);
    cr_assert_eq(opt_out_set(&f.c, token, true), OK, "%s", fixture_fault(&f));
    cr_assert_eq(opt_out_open(&f.c, token, &o), OK);
    cr_expect(o.is_out);
    cr_assert_eq(opt_out_by_staff(&f.c, p.customer_id, "sms", true), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, 0, &opted_told), 2, "the log says what it was and what it is");
    cr_assert_eq(opt_out_open(&f.c, strrchr(opt_out_link(&f.c, p.customer_id, "sms", "+573005550001"), '/') + 1, &o), OK);
    cr_expect(o.is_out, "staff wrote it down for them");
    cr_expect_eq(opt_out_by_staff(&f.c, 4711, "sms", true), E_NOT_FOUND);
    forged = arena_strdup(f.a, token);
    forged[strlen(forged) - 1] ^= 1;
    cr_expect_eq(opt_out_open(&f.c, forged, &o), E_NOT_FOUND);
    cr_expect_eq(opt_out_open(&f.c, "1-e-", &o), E_NOT_FOUND);
    cr_expect_eq(opt_out_open(&f.c, "", &o), E_NOT_FOUND);
    fixture_close(&f);
}

Test(opt_out, by_one_writing_of_a_mailbox_holds_for_every_other_of_the_same_reader_and_for_nobody_else)
{
    static const struct { const char *address; bool out; } rows[] = {
        { "a.na+x@gmail.com", true }, { "ana@googlemail.com", true }, { "ana-gil@gmail.com", false }, { "ana@example.com", false },
    };
    struct fixture f;
    bool is_out;

    fixture_open(&f);
    cr_assert_eq(opt_out_set(&f.c, opt_out_token(&f.c, 0, "email", "ana@gmail.com"), true), OK, "%s", fixture_fault(&f));
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_assert_eq(opt_out_of_address(&f.c, "email", rows[i].address, &is_out), OK);
        cr_expect_eq(is_out, rows[i].out, "%s", rows[i].address);
    }
    fixture_close(&f);
}

Test(opt_out, by_the_link_of_an_address_that_is_not_the_customers_stops_that_address_alone)
{
    struct fixture f;
    struct customer who;
    struct opt_out o;
    const char *token;
    int64_t customer;
    bool is_out;

    fixture_open(&f);
    customer = received(&f, "GUIA60002", "3005550001", "ana@example.com").customer_id;
    for (int i = 0; i < 4; i++) {
        const char *channel = i % 2 ? "sms" : "email", *address = i % 2 ? "+573005550009" : "extrana@example.com";

        token = opt_out_token(&f.c, i < 2 ? customer : 0, channel, address);
        cr_assert_eq(opt_out_open(&f.c, token, &o), OK);
        cr_expect_not(o.is_out || o.own);
        cr_expect_null(o.recipient, "the link tells its reader nothing of the customer");
        cr_assert_eq(opt_out_set(&f.c, token, true), OK, "%s", fixture_fault(&f));
        cr_assert_eq(opt_out_open(&f.c, token, &o), OK);
        cr_expect(o.is_out);
        cr_assert_eq(customer_by_id(&f.c, customer, &who), OK);
        cr_expect_eq(who.sms_opt_out + who.email_opt_out, 0);
        cr_assert_eq(opt_out_of_address(&f.c, channel, address, &is_out), OK);
        cr_expect(is_out);
        cr_assert_eq(opt_out_of_address(&f.c, channel, "otra@example.com", &is_out), OK);
        cr_expect_not(is_out);
        cr_assert_eq(opt_out_set(&f.c, token, false), OK, "%s", fixture_fault(&f));
        cr_assert_eq(opt_out_of_address(&f.c, channel, address, &is_out), OK);
        cr_expect_not(is_out);
    }
    fixture_close(&f);
}

Test(opt_out, said_of_an_address_before_it_was_the_customers_holds_until_they_want_messages_again)
{
    static const struct stmt forget = STMT("t_opt_forget", "i",
        "UPDATE customers SET email = NULL, email_confirmed_at = NULL WHERE id = $1");
    static const struct stmt own = STMT("t_opt_own", "i",
        "UPDATE customers SET email = 'ana@example.com', email_confirmed_at = 1 WHERE id = $1");
    struct fixture f;
    struct customer who;
    int64_t customer;
    bool is_out;

    fixture_open(&f);
    customer = received(&f, "GUIA60003", "3005550001", "ana@example.com").customer_id;
    cr_assert_eq(db_exec(f.db, NULL, &forget, customer), OK);
    cr_assert_eq(opt_out_set(&f.c, opt_out_token(&f.c, customer, "email", "ana@example.com"), true), OK);
    cr_assert_eq(db_exec(f.db, NULL, &own, customer), OK);
    cr_assert_eq(customer_by_id(&f.c, customer, &who), OK);
    cr_assert_eq(opt_out_of_customer(&f.c, &who, "email", &is_out), OK);
    cr_expect(is_out);
    cr_assert_eq(opt_out_by_staff(&f.c, customer, "email", false), OK, "%s", fixture_fault(&f));
    cr_assert_eq(opt_out_of_customer(&f.c, &who, "email", &is_out), OK);
    cr_expect_not(is_out);
    fixture_close(&f);
}

static const struct { struct send_result r; enum job_result result; bool failed, answered; } landings[] = {
    { { .sent = SENT_YES, .id = "7" }, JOB_DONE, false, true },
    { { .sent = SENT_NEVER }, JOB_DEAD, false, true },
    { { .sent = SENT_NO, .provider_failed = true }, JOB_RETRY, true, false },
    { { .sent = SENT_UNKNOWN, .provider_failed = true }, JOB_DONE, true, false },
    { { .sent = SENT_WITHHELD }, JOB_DONE, false, false },
    { { .sent = SENT_LATER, .again = 1 }, JOB_SNOOZE, false, false },
};

Test(notification, a_refusal_of_one_message_shows_that_the_provider_is_there)
{
    struct fixture f;
    struct message m = { .id = 1, .channel = "sms", .event = "package_received" }, trial = m;
    struct job j = { .attempt = 1, .max_attempts = 12 };

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(landings); i++) {
        struct job_outcome o = message_landed(&f.c, &j, &m, &landings[i].r, 1, 25);

        cr_expect_eq(o.result, landings[i].result, "row %zu", i);
        cr_expect_eq(o.provider_failed, landings[i].failed, "row %zu", i);
        cr_expect_eq(o.provider_answered, landings[i].answered, "row %zu", i);
    }
    trial.trial = true;
    cr_expect_eq(message_landed(&f.c, &j, &trial, &(struct send_result){ .sent = SENT_NEVER }, 1, 0).result, JOB_DONE,
                 "who sends a trial reads what came of it, and nothing is left to be done");
    fixture_close(&f);
}

/* ---- wording ---- */

static const struct { const char *event, *channel, *subject, *body; enum err e; const char *field; } wordings[] = {
    { "package_received", "sms", NULL, "Llegó {guia}. Código {entrega}", OK, NULL },
    { "package_received", "sms", NULL, "Llegó {guia}. Código {clave}", E_INVALID, "body" },
    { "package_received", "sms", NULL, "Llegó {guia}.", E_INVALID, "body" },
    { "package_announced", "sms", NULL, "Código {codigo}, entrega {entrega}", E_INVALID, "body" },
    { "package_received", "email", "Llegó {guia}", "Código {entrega}", OK, NULL },
    { "package_received", "email", "", "Código {entrega}", E_INVALID, "subject" },
    { "package_received", "email", "Llegó {nadie}", "Código {entrega}", E_INVALID, "subject" },
    { "no_such_event", "sms", NULL, "x", E_NOT_FOUND, NULL },
    { "package_received", "sms", NULL, "", E_INVALID, "body" },
    { "package_received", "sms", NULL, "{entrega} {", E_INVALID, "body" },
};

Test(template, refuses_what_the_event_does_not_know_and_what_lacks_its_purpose)
{
    struct fixture f;
    struct message_template_preview out;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(wordings); i++) {
        struct message_template_in in = { .event = wordings[i].event, .channel = wordings[i].channel,
                                  .subject = wordings[i].subject, .body = wordings[i].body };

        cr_expect_eq(message_template_preview(&f.c, &in, &out), wordings[i].e, "row %zu: %s", i, fixture_fault(&f));
        if (wordings[i].field != NULL)
            cr_expect_str_eq(f.c.fault.field, wordings[i].field, "row %zu", i);
    }
    fixture_close(&f);
}

Test(template, shows_what_a_wording_costs_at_its_usual_and_at_its_longest)
{
    struct fixture f;
    struct message_template_preview out;
    struct message_template_in in = { .event = "package_received", .channel = "sms" };
    char body[701] = "";

    fixture_open(&f);
    in.body = "Llegó {guia}: código {entrega}.";
    cr_assert_eq(message_template_preview(&f.c, &in, &out), OK);
    cr_expect_str_eq(out.text, "Llego 9123456789: codigo 482913.");
    cr_expect_str_eq(out.encoding, "GSM-7");
    cr_expect_eq(out.parts, 1);
    cr_expect_eq(out.price, 25);
    cr_expect_gt(out.longest_characters, out.characters);
    in.body = "Llegó 📦 {guia}, entrega {entrega}";
    cr_assert_eq(message_template_preview(&f.c, &in, &out), OK);
    cr_expect_str_eq(out.encoding, "UCS-2");
    memset(body, 'a', 700);
    in.body = body;
    cr_expect_eq(message_template_preview(&f.c, &in, &out), E_INVALID, "612 at most");
    fixture_close(&f);
}

Test(template, of_what_arrived_says_what_it_costs_today_and_tomorrow_in_one_sms)
{
    struct fixture f;
    struct message_template t;
    struct message_template_preview out;
    struct message m;
    struct package p;
    int units;

    fixture_open(&f);
    p = received(&f, "9123456789", "3005550001", NULL);
    become(&f, newest(&f, "package_announced", "sms"), "sent");
    cr_assert_eq(notification_render(&f.c, newest(&f, "package_received", "sms"), &m), OK);
    cr_expect_str_eq(m.text, arena_printf(f.a, "Paquetería: recibimos 9123456789. Paga $1.500; desde %s, $2.500. Código %s."
                     " %s", clock_dated(f.a, f.c.now + DAY_SECONDS + 1, f.c.now), package_pickup_code(&f.c, &p),
                     link_address(&f.c, &p)));
    cr_expect_eq(gsm7_parts(gsm7_plain(f.a, m.text), &units), 1);
    cr_assert_eq(message_template_get(&f.c, "package_received", "sms", &t), OK);
    cr_assert_eq(message_template_preview(&f.c, &(struct message_template_in){ .event = t.event, .channel = t.channel, .body = t.body },
                                  &out), OK);
    cr_expect_eq(out.parts, 1);
    cr_expect_leq(out.characters + (int64_t)strlen("https://www.paqueteria.com.co") - (int64_t)strlen(f.conf->public_url),
                  160, "%s", out.text);
    fixture_close(&f);
}

/* An SMS has neither á, í, ó nor ú: without them these words read as what they are; "llego" and "cancelo" do not. */
static bool reads_the_same(const char *word)
{
    static const char *const words[] = { "Codigo", "codigo", "Guia", "guia" };

    for (size_t i = 0; i < COUNT(words); i++)
        if (streq(word, words[i]))
            return true;
    return false;
}

Test(template, of_the_house_says_no_day_without_its_date_and_no_sms_reads_as_another_word)
{
    struct fixture f;
    struct message_templates all;
    struct message_template_preview out;

    fixture_open(&f);
    cr_assert_eq(message_template_list(&f.c, &all), OK);
    for (size_t i = 0; i < all.n; i++) {
        struct message_template_in in = { .event = all.v[i].event, .channel = all.v[i].channel,
                                          .subject = all.v[i].subject, .body = all.v[i].body };
        char *whole, *plain, *at, *end;

        cr_assert_eq(message_template_preview(&f.c, &in, &out), OK);
        cr_expect_null(out.warning, "%s %s: %s", in.event, in.channel, in.body);
        if (!streq(in.channel, "sms"))
            continue;
        whole = strtok_r(arena_strdup(f.a, in.body), " .,:;", &at);
        plain = strtok_r(gsm7_plain(f.a, in.body), " .,:;", &end);
        for (; whole != NULL; whole = strtok_r(NULL, " .,:;", &at), plain = strtok_r(NULL, " .,:;", &end))
            cr_expect(streq(whole, plain) || reads_the_same(plain), "%s: %s", in.event, whole);
    }
    fixture_close(&f);
}

Test(template, with_a_word_that_is_another_day_for_its_reader_is_warned_of)
{
    static const struct { const char *body, *word; } rows[] = {
        { "Hoy paga {costo}: {entrega}", "«hoy»" }, { "{entrega} y mañana {manana}", "«mañana»" },
        { "{entrega}. Desde {desde}, {manana}", NULL }, { "{entrega} en Bahoya", NULL }, { "Llegó ayer: {entrega}", "«ayer»" },
    };
    struct fixture f;
    struct message_template_preview out;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct message_template_in in = { .event = "package_received", .channel = "sms", .body = rows[i].body };

        cr_assert_eq(message_template_preview(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
        if (rows[i].word == NULL)
            cr_expect_null(out.warning, "%s", rows[i].body);
        else
            cr_expect(out.warning != NULL && strstr(out.warning, rows[i].word) != NULL, "%s", rows[i].body);
    }
    fixture_close(&f);
}

Test(message, is_shown_to_staff_without_its_code_and_the_secret_of_its_link)
{
    static const char *const events[] = { "package_received", "password_reset" };
    struct fixture f;
    struct package p;
    struct message m;

    fixture_open(&f);
    p = received(&f, "OCUL0001", "3005550001", NULL);
    cr_assert_eq(user_reset_ask(&f.c, "oper"), OK);
    for (size_t i = 0; i < COUNT(events); i++) {
        cr_assert_eq(notification_render(&f.c, newest(&f, events[i], i == 0 ? "sms" : "email"), &m), OK);
        cr_expect_not_null(strstr(m.shown, "•••"), "%s", m.shown);
    }
    cr_expect_null(strstr(m.shown, strstr(m.text, "token=") + strlen("token=")));
    cr_assert_eq(notification_render(&f.c, newest(&f, "package_received", "sms"), &m), OK);
    cr_expect_null(strstr(m.shown, package_pickup_code(&f.c, &p)), "%s", m.shown);
    cr_expect_null(strstr(m.shown, link_token(&f.c, &p)), "%s", m.shown);
    cr_expect_not_null(strstr(m.shown, arena_printf(f.a, "•••%s", package_pickup_code(&f.c, &p) + 3)), "%s", m.shown);
    cr_expect_not_null(strstr(m.shown, "OCUL0001"));
    fixture_close(&f);
}

Test(message, of_a_person_is_the_first_one_that_says_where_the_policy_is)
{
    struct fixture f;
    struct message m;
    int64_t id;

    fixture_open(&f);
    received(&f, "PRIMERO001", "3005550001", NULL);
    id = newest(&f, "package_received", "sms");
    cr_assert_eq(notification_render(&f.c, id, &m), OK);
    cr_expect_not_null(strstr(m.text, "/privacy"), "%s", m.text);
    become(&f, id, "sent");
    cr_assert_eq(notification_render(&f.c, id, &m), OK);
    cr_expect_not_null(strstr(m.text, "/privacy"), "a letter that is sent again says the same: %s", m.text);
    f.c.now += 3600;
    received(&f, "PRIMERO002", "3005550001", NULL);
    cr_assert_eq(notification_render(&f.c, newest(&f, "package_received", "sms"), &m), OK);
    cr_expect_null(strstr(m.text, "/privacy"), "%s", m.text);
    received(&f, "PRIMERO003", "3005550002", NULL);
    cr_assert_eq(notification_render(&f.c, newest(&f, "package_received", "sms"), &m), OK);
    cr_expect_not_null(strstr(m.text, "/privacy"), "another person's: %s", m.text);
    fixture_close(&f);
}

Test(template, an_edit_is_a_new_version_and_old_messages_keep_their_words)
{
    struct fixture f;
    struct message_template t;
    struct message_templates all;
    struct message old, fresh;
    int64_t first;
    struct message_template_in in = { .event = "package_received", .channel = "sms", .body = "NUEVO {entrega}" };

    fixture_open(&f);
    received(&f, "GUIA70001", "3005550001", NULL);
    first = newest(&f, "package_received", "sms");
    cr_assert_eq(message_template_set(&f.c, &in, &t), OK, "%s", fixture_fault(&f));
    cr_expect_eq(t.version, 4);
    received(&f, "GUIA70002", "3005550002", NULL);
    cr_assert_eq(notification_render(&f.c, first, &old), OK);
    cr_assert_eq(notification_render(&f.c, newest(&f, "package_received", "sms"), &fresh), OK);
    cr_expect_eq(strncmp(fresh.text, "NUEVO ", 6), 0, "%s", fresh.text);
    cr_expect_neq(strncmp(old.text, "NUEVO ", 6), 0, "%s", old.text);
    cr_assert_eq(message_template_versions(&f.c, "package_received", "sms", &all), OK);
    cr_expect_eq(all.n, 4);
    fixture_close(&f);
}

Test(setting, begins_with_the_budget_of_the_domain)
{
    struct fixture f;

    fixture_open(&f);
    cr_expect_eq(setting_int(&f.c, S_SMS_BUDGET_DAY), 50000);
    cr_expect_eq(setting_int(&f.c, S_SMS_BUDGET_MONTH), 800000);
    cr_expect_eq(setting_int(&f.c, S_SMS_PRICE), 25);
    cr_expect_eq(setting_int(&f.c, S_RATE_NOTICE), 15);
    fixture_close(&f);
}

Test(setting, takes_what_is_in_bounds_and_says_who_changed_it)
{
    struct fixture f;
    struct setting_rows rows;
    int64_t broken;
    static const struct { const char *key, *value; enum err e; } cases[] = {
        { "sms.price", "30", OK }, { "sms.price", "-1", E_INVALID }, { "sms.price", "mucho", E_INVALID },
        { "sms.budget_day", "0", OK }, { "site.name", "  El  Punto ", OK }, { "site.name", "x", E_INVALID },
        { "no.such", "1", E_INVALID },
    };

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct setting_change change = { cases[i].key, cases[i].value };

        cr_expect_eq(setting_change(&f.c, NULL, 0, &change, 1), cases[i].e, "case %zu", i);
        if (cases[i].e != OK)
            cr_expect_str_eq(f.c.fault.field, cases[i].key);
    }
    cr_expect_str_eq(setting_text(&f.c, S_SITE_NAME), "El Punto");
    cr_expect_eq(setting_int(&f.c, S_SMS_PRICE), 30);
    cr_assert_eq(setting_list(&f.c, "spending", &rows), OK);
    cr_expect_eq(rows.n, 9);
    cr_expect_eq(audit_check(&f.c, &broken), OK);
    fixture_close(&f);
}

Test(message_kind, has_a_template_and_no_template_is_of_no_kind)
{
    static const struct stmt templates = STMT("t_kind_templates", "s",
        "SELECT count(*) FROM notification_templates WHERE event = $1");
    struct fixture f;
    struct message_templates all;

    fixture_open(&f);
    for (const struct word *event = message_events; event->value != NULL; event++) {
        cr_expect_gt(db_scalar(f.db, 0, &templates, event->value), 0, "%s", event->value);
        cr_expect_not_null(event->words, "%s", event->value);
        cr_expect_not_null(wording_names(f.a, event->value), "%s", event->value);
    }
    cr_assert_eq(message_template_list(&f.c, &all), OK);
    for (size_t i = 0; i < all.n; i++)
        cr_expect_not_null(message_kind_of(all.v[i].event), "%s", all.v[i].event);
    cr_expect_null(words_of(message_events, "package_lost"));
    fixture_close(&f);
}

static const struct stmt state_is = STMT("t_state_is", "is",
    "SELECT count(*) FROM notifications WHERE id = $1 AND state = $2");

/* A message that had departed and could not be sent would be one of which nobody knows whether it went. */
Test(message, stays_in_the_queue_when_there_is_no_libcurl_to_send_it)
{
    struct fixture f;
    int64_t id;
    int status = 0;
    pid_t pid;

    fixture_open(&f);
    received(&f, "SINCURL01", "300 555 0081", NULL);
    id = newest(&f, "package_received", "sms");
    pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        const struct rlimit no_files = { 0, 0 }, no_core = { 0, 0 };
        const struct job j = { .kind = "sms.send", .queue = "sms", .worker = "w",
                               .args = arena_printf(f.a, "{\"notification_id\":%lld}", (long long)id) };
        struct message m = { 0 };
        struct job_outcome o;

        setrlimit(RLIMIT_CORE, &no_core);
        setrlimit(RLIMIT_NOFILE, &no_files);         /* nothing can be loaded */
        message_depart(&f.c, &j, false, &m, &o);
        _exit(0);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "it ended with %d", status);
    cr_expect_eq(db_scalar(f.db, -1, &state_is, id, "queued"), 1);
    fixture_close(&f);
}

Test(message, of_no_kind_that_this_version_knows_can_be_sent_again)
{
    static const struct stmt foreign = STMT("t_foreign_event", "is", "UPDATE notifications SET event = $2 WHERE id = $1");
    static const char *const events[] = { "payment_due", "inquiry_answered" };       /* the schema has them */
    struct fixture f;

    fixture_open(&f);
    received(&f, "AJENO0001", "300 555 0082", NULL);
    for (size_t i = 0; i < COUNT(events); i++) {
        const int64_t id = newest(&f, "package_received", "sms");
        int64_t fresh = 0;

        become(&f, id, "failed");
        cr_assert_eq(db_exec(f.db, NULL, &foreign, id, events[i]), OK);
        cr_expect_not(message_is_once(events[i]));
        cr_expect_neq(notification_resend(&f.c, id, &fresh), E_INTERNAL, "%s: %s", events[i], fixture_fault(&f));
        cr_assert_eq(db_exec(f.db, NULL, &foreign, id, "package_received"), OK);
    }
    cr_expect(message_is_once("password_reset"));
    fixture_close(&f);
}

Test(message, of_every_kind_that_this_version_knows_can_be_stored)
{
    static const struct stmt become_kind = STMT("t_become_kind", "is", "UPDATE notifications SET event = $2 WHERE id = $1");
    struct fixture f;
    int64_t id;

    fixture_open(&f);
    received(&f, "GUARDAR001", "300 555 0083", NULL);
    id = newest(&f, "package_received", "sms");
    for (const struct word *event = message_events; event->value != NULL; event++)
        cr_expect_eq(db_exec(f.db, NULL, &become_kind, id, event->value), OK, "%s", event->value);
    fixture_close(&f);
}

Test(wording, what_is_said_already_is_not_said_twice)
{
    struct fixture f;
    struct wording w = { { NULL } };
    const char *missing = NULL;

    fixture_open(&f);
    w.v[W_GUIA] = "su paquete";
    cr_expect_str_eq(wording_fill(f.a, "Entregamos su paquete {guia}", &w, &missing), "Entregamos su paquete");
    cr_expect_str_eq(wording_fill(f.a, "recibimos {guia}.", &w, &missing), "recibimos su paquete.");
    w.v[W_GUIA] = "A1";
    cr_expect_str_eq(wording_fill(f.a, "Guía A1 {guia} {guia}", &w, &missing), "Guía A1");
    fixture_close(&f);
}
