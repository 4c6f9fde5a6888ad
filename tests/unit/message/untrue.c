/* Messages that are no longer true when they would leave are taken back, or withheld with their reason. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/custody/undo.h"
#include "domain/handover/authorization.h"
#include "domain/handover/deliver.h"
#include "domain/message/hours.h"
#include "domain/message/message_kind.h"
#include "domain/message/wording.h"
#include "domain/outbox/notification_reminders.h"
#include "domain/outbox/notification_render.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_fee.h"
#include "domain/parcel/package_receive.h"
#include "domain/people/opt_out.h"
#include "domain/people/user.h"
#include "jobs/jobs.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

#define MAIL "ana@example.com"

static const struct stmt last_id = STMT("t_u_last", "ss",
    "SELECT max(id) FROM notifications WHERE event = $1 AND channel = $2");
static const struct stmt in_state = STMT("t_u_in_state", "ss",
    "SELECT count(*) FROM notifications WHERE event = $1 AND state = $2");
static const struct stmt state_of = STMT("t_u_state", "i", "SELECT state, error FROM notifications WHERE id = $1");
static const struct stmt set_state = STMT("t_u_set_state", "isI",
    "UPDATE notifications SET state = $2, sending_at = $3, sent_at = $3 WHERE id = $1");
static const struct stmt all_due = STMT("t_u_due", "", "UPDATE jobs SET run_at = 0, expires_at = NULL");
static const struct stmt all_may_go = STMT("t_u_may_go", "",
    "UPDATE notifications SET not_before = 0, class = 'informativa'");
static const struct stmt no_address = STMT("t_u_no_address", "i",
    "UPDATE notification_templates SET body = 'Código {entrega}, {autorizado}' WHERE id ="
    " (SELECT template_id FROM notifications WHERE id = $1)");

static const struct stmt strangers = STMT("t_u_strangers", "i",
    "UPDATE customers SET email = NULL, email_confirmed_at = NULL WHERE id = $1");

static struct package announced(struct fixture *f, const char *guide)
{
    return parcel_announced(f, .email = MAIL, .guides = guide);
}

static struct package received(struct fixture *f, const char *guide)
{
    return parcel_shelved(f, .email = MAIL, .guides = guide);
}

static void hand_over(struct fixture *f, int64_t id)
{
    struct delivery out;
    struct deliver_in in = parcel_by_document(&id, 1);
    struct package p;
    struct fee fee;

    cr_assert_eq(package_by_id(&f->c, id, &p), OK);
    cr_assert_eq(fee_of(&f->c, &p, &fee), OK);
    in.amount = fee.total;
    cr_assert_eq(deliver_packages(&f->c, &in, &out), OK, "%s", fixture_fault(f));
}

static void cancel(struct fixture *f, int64_t id)
{
    struct package p;

    cr_assert_eq(package_cancel(&f->c, &(struct cancel_in){ .id = id, .reason = "cliente_solicita" }, &p), OK, "%s",
                 fixture_fault(f));
}

static void receive(struct fixture *f, int64_t id)
{
    struct package p;

    cr_assert_eq(package_receive(&f->c, &(struct receive_in){ .id = id }, &p), OK, "%s", fixture_fault(f));
}

static int64_t newest(struct fixture *f, const char *event, const char *channel)
{
    return db_scalar(f->db, 0, &last_id, event, channel);
}

static void become(struct fixture *f, int64_t id, const char *state, int64_t at)
{
    cr_assert_eq(db_exec(f->db, NULL, &set_state, id, state, at), OK);
}

static void expect_state(struct fixture *f, int64_t id, const char *state, const char *error)
{
    struct rows q;

    cr_assert_eq(db_one(f->db, &q, &state_of, id), OK);
    cr_expect_str_eq(db_text(&q, 0), state);
    if (error != NULL)
        cr_expect_str_eq(db_null(&q, 1) ? "" : db_text(&q, 1), error);
    cr_assert_eq(db_end(&q), OK);
}

/* Claims and runs all jobs of messages, as a slot does; there is no mail server and no SMS provider. */
static void work(struct fixture *f)
{
    struct worker w;
    struct job j;

    cr_assert_eq(db_exec(f->db, NULL, &all_due), OK);
    cr_assert_eq(db_exec(f->db, NULL, &all_may_go), OK);
    cr_assert(worker_open(&w, f->a, f->conf, 1));
    while (job_claim(&f->c, &w, &j) == OK) {
        struct job_outcome o = job_row_of(light_jobs, j.kind)->run(&f->c, &j);

        cr_assert_eq(job_finish(&f->c, &w, &j, &o, NULL), OK);
    }
    worker_close(&w, f->conf);
}

Test(untrue, the_sms_and_the_letter_of_one_reminder_are_one_contact)
{
    struct fixture f;
    int written;
    int64_t sms, mail, customer;

    fixture_open(&f);
    customer = received(&f, "CONTACTO01").customer_id;
    f.c.now += DAY_SECONDS + 3 * 3600;           /* Wednesday, 10:00 */
    cr_assert_eq(notify_reminders(&f.c, clock_day(f.c.now), &written), OK);
    cr_assert_eq(written, 2);
    sms = newest(&f, "pickup_reminder", "sms");
    mail = newest(&f, "pickup_reminder", "email");
    become(&f, sms, "sent", f.c.now);
    cr_expect_eq(hours_from_tx(&f.c, "cobranza", customer, mail, f.c.now + 60), f.c.now + 60, "its twin");
    cr_expect_eq(hours_from_tx(&f.c, "cobranza", customer, 0, f.c.now + 60), clock_from_date(2026, 11, 5) + 7 * 3600,
                 "anything else waits for the next day");
    fixture_close(&f);
}

static const struct { const char *name; void (*ends)(struct fixture *, int64_t); const char *event; } endings[] = {
    { "a hand-over", hand_over, "package_received" },
    { "a hand-over", hand_over, "pickup_reminder" },
    { "a cancellation", cancel, "package_received" },
    { "a cancellation", cancel, "pickup_reminder" },
    { "a cancellation", cancel, "package_announced" },
    { "a reception", receive, "package_announced" },
};

/* Brings a package to where it has a message of that event, which waits. */
static struct package told(struct fixture *f, const char *event, const char *guide)
{
    struct package p = streq(event, "package_announced") ? announced(f, guide) : received(f, guide);
    int written;

    if (streq(event, "pickup_reminder")) {
        f->c.now += DAY_SECONDS;
        cr_assert_eq(notify_reminders(&f->c, clock_day(f->c.now), &written), OK);
    }
    return p;
}

Test(untrue, what_ends_a_stay_withdraws_what_waits_for_it)
{
    for (size_t i = 0; i < COUNT(endings); i++) {
        struct fixture f;

        fixture_open(&f);
        endings[i].ends(&f, told(&f, endings[i].event, "TERMINA01").id);
        cr_expect_eq(db_scalar(f.db, -1, &in_state, endings[i].event, "queued"), 0, "%s: %s", endings[i].name,
                     endings[i].event);
        cr_expect_eq(db_scalar(f.db, -1, &in_state, endings[i].event, "cancelled"), 2, "%s: %s", endings[i].name,
                     endings[i].event);
        fixture_close(&f);
    }
}

/* A message that could not be withdrawn was just being tried; its job comes back to it. */
Test(untrue, what_is_not_true_any_more_is_withheld_and_the_log_says_why)
{
    for (size_t i = 0; i < COUNT(endings); i++) {
        struct fixture f;
        struct package p;
        struct message m;
        int64_t sms, mail;
        const char *why = endings[i].ends == hand_over ? "el paquete ya se entregó"
            : endings[i].ends == cancel ? "el paquete se canceló" : "el paquete está en el punto";

        fixture_open(&f);
        p = told(&f, endings[i].event, "RETENIDO01");
        sms = newest(&f, endings[i].event, "sms");
        mail = newest(&f, endings[i].event, "email");
        become(&f, sms, "sending", 1);
        become(&f, mail, "sending", 1);
        endings[i].ends(&f, p.id);
        become(&f, sms, "queued", 0);
        become(&f, mail, "sending", 1);          /* the process died: the letter may have gone */
        cr_assert_eq(notification_render(&f.c, sms, &m), OK);
        cr_expect_null(m.text, "%s: %s", endings[i].event, m.text);
        work(&f);
        expect_state(&f, sms, "suppressed", arena_printf(f.a, "ya no es cierto: %s", why));
        expect_state(&f, mail, "unknown", arena_printf(f.a, "ya no es cierto: %s", why));
        fixture_close(&f);
    }
}

Test(untrue, a_message_of_several_speaks_of_those_that_still_wait)
{
    struct fixture f;
    struct package one, two;
    struct message m;
    int64_t id;

    fixture_open(&f);
    one = received(&f, "VARI0001");
    two = received(&f, "VARI0002");
    id = newest(&f, "package_received", "sms");
    cr_assert_eq(notification_render(&f.c, id, &m), OK);
    cr_expect_not_null(strstr(m.text, "2 paquetes"), "%s", m.text);
    hand_over(&f, one.id);
    cr_assert_eq(notification_render(&f.c, id, &m), OK);
    cr_expect_not_null(strstr(m.text, two.guide_number), "%s", m.text);
    cr_expect_not_null(strstr(m.text, "$1.500"), "%s", m.text);
    expect_state(&f, id, "queued", "");
    fixture_close(&f);
}

Test(untrue, what_is_undone_is_told_again_if_its_message_was_withdrawn)
{
    static const struct { void (*ends)(struct fixture *, int64_t); const char *event; } rows[] = {
        { hand_over, "package_received" }, { cancel, "package_received" }, { cancel, "package_announced" },
        { receive, "package_announced" },
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        for (int sent = 0; sent < 2; sent++) {
            struct fixture f;
            struct package p;

            fixture_open(&f);
            p = told(&f, rows[i].event, "DESHECHO01");
            if (sent) {
                become(&f, newest(&f, rows[i].event, "sms"), "sent", f.c.now);
                become(&f, newest(&f, rows[i].event, "email"), "sent", f.c.now);
            }
            rows[i].ends(&f, p.id);
            cr_assert_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
            cr_expect_eq(db_scalar(f.db, -1, &in_state, rows[i].event, "queued"), sent ? 0 : 2, "row %zu, sent %d", i, sent);
            cr_expect_eq(db_scalar(f.db, -1, &in_state, rows[i].event, "sent"), sent ? 2 : 0, "row %zu, sent %d", i, sent);
            fixture_close(&f);
        }
}

Test(untrue, a_reminder_that_was_withdrawn_waits_again)
{
    struct fixture f;
    struct package p;
    int written;

    fixture_open(&f);
    p = told(&f, "pickup_reminder", "OTRAVEZ001");
    hand_over(&f, p.id);
    cr_assert_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &in_state, "pickup_reminder", "queued"), 2);
    cr_assert_eq(notify_reminders(&f.c, clock_day(f.c.now), &written), OK, "%s", fixture_fault(&f));
    cr_expect_eq(written, 0, "once a day");
    fixture_close(&f);
}

Test(untrue, what_they_pay_later_is_what_all_of_them_cost_then)
{
    struct fixture f;
    struct message m;

    fixture_open(&f);
    received(&f, "LUEGO00001");
    f.c.now += 300;
    received(&f, "LUEGO00002");
    cr_assert_eq(notification_render(&f.c, newest(&f, "package_received", "sms"), &m), OK);
    cr_expect_not_null(strstr(m.text, "$3.000"), "%s", m.text);
    cr_expect_not_null(strstr(m.text, "$4.000"), "when the first grows the other does not yet: %s", m.text);
    fixture_close(&f);
}

Test(untrue, a_code_that_serves_no_longer_is_not_sent)
{
    struct fixture f;
    struct package p;
    struct message m;
    struct authorization z;
    struct authorize_in in = { .name = "Pedro Ruiz", .document_type = "CC", .document_number = "1020304" };
    int64_t id;

    fixture_open(&f);
    p = received(&f, "AUTORIZA01");
    in.token = link_token(&f.c, &p);
    cr_assert_eq(authorization_create(&f.c, &in, &z), OK, "%s", fixture_fault(&f));
    id = newest(&f, "authorization_created", "sms");
    cr_assert_eq(notification_render(&f.c, id, &m), OK);
    cr_expect_not_null(m.text);
    cr_assert_eq(authorization_revoke(&f.c, link_token(&f.c, &p), z.id), OK, "%s", fixture_fault(&f));
    cr_assert_eq(notification_render(&f.c, id, &m), OK);
    cr_expect_str_eq(m.untrue, MESSAGE_UNTRUE "la autorización ya no sirve");
    cr_assert_eq(user_reset_ask(&f.c, "oper"), OK);
    id = newest(&f, "password_reset", "email");
    cr_assert_eq(notification_render(&f.c, id, &m), OK);
    cr_expect_not_null(m.text);
    f.c.now += 3600;
    cr_assert_eq(notification_render(&f.c, id, &m), OK);
    cr_expect_str_eq(m.untrue, MESSAGE_UNTRUE "el enlace ya no sirve");
    fixture_close(&f);
}

Test(untrue, no_text_is_made_with_a_missing_value)
{
    struct fixture f;
    struct wording w = { 0 };
    const char *missing = NULL;
    int64_t id;

    fixture_open(&f);
    w.v[W_GUIA] = "9123456789";
    wording_fill(f.a, "Guía {guia}", &w, &missing);
    cr_expect_null(missing);
    wording_fill(f.a, "Guía {guia} desde {desde}", &w, &missing);
    cr_expect_str_eq(missing, "desde");
    received(&f, "FALTA00001");
    id = newest(&f, "package_received", "sms");
    cr_assert_eq(db_exec(f.db, NULL, &no_address, id), OK);
    work(&f);
    expect_state(&f, id, "failed", "al mensaje le falta {autorizado}");
    fixture_close(&f);
}

Test(untrue, where_somebody_wants_no_letters_none_goes_and_the_customer_gets_theirs)
{
    struct fixture f;
    struct package p;
    struct message m;
    int64_t letter;

    fixture_open(&f);
    p = received(&f, "BAJA00001");
    letter = newest(&f, "package_received", "email");
    cr_assert_eq(notification_render(&f.c, letter, &m), OK);
    cr_assert_eq(db_exec(f.db, NULL, &strangers, p.customer_id), OK);    /* the address is not theirs, though written */
    cr_assert_eq(opt_out_set(&f.c, strrchr(m.opt_out, '/') + 1, true), OK, "%s", fixture_fault(&f));
    f.c.now += 60;
    work(&f);
    expect_state(&f, letter, "suppressed", "a esa dirección pidieron no escribirle más");
    expect_state(&f, newest(&f, "package_received", "sms"), "suppressed", "no hay proveedor de SMS configurado");
    fixture_close(&f);
}

/* Takes a secret away, or puts it back. */
static void secret_hide(struct fixture *f, const char *name, bool hide)
{
    const char *there = arena_printf(f->a, "%s/%s", f->conf->secrets_dir, name), *gone = arena_printf(f->a, "%s.gone", there);

    cr_assert_eq(rename(hide ? there : gone, hide ? gone : there), 0, "%s", name);
}

/* A message of each kind whose text has something derived with a secret. */
static void secrets_need(struct fixture *f)
{
    struct package p = received(f, "SECRETO001");
    struct authorize_in in = { .token = link_token(&f->c, &p), .name = "Pedro Ruiz", .document_type = "CC",
                               .document_number = "1020304" };
    struct authorization z;

    cr_assert_eq(authorization_create(&f->c, &in, &z), OK, "%s", fixture_fault(f));
    cr_assert_eq(user_reset_ask(&f->c, "oper"), OK);
    f->c.actor = ACTOR_CUSTOMER;
    parcel_announced(f, .phone = "300 555 0002", .email = "otra@example.com", .guides = "SECRETO002");
    f->c.actor = ACTOR_USER;
}

Test(untrue, what_needs_a_secret_that_cannot_be_read_is_tried_again_and_neither_dies_nor_is_withheld)
{
    static const struct { const char *event, *channel, *secret; } rows[] = {
        { "package_received", "sms", "pickup_key" }, { "package_received", "email", "token_key" },
        { "authorization_created", "sms", "pickup_key" }, { "password_reset", "email", "token_key" },
        { "email_confirmation", "email", "token_key" },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture f;
        struct message m;
        int64_t id;

        fixture_open(&f);
        secrets_need(&f);
        id = newest(&f, rows[i].event, rows[i].channel);
        secret_hide(&f, rows[i].secret, true);
        cr_expect_eq(notification_render(&f.c, id, &m), E_INTERNAL, "%s", rows[i].event);
        f.c.now += 60;
        work(&f);
        expect_state(&f, id, "queued", "");
        secret_hide(&f, rows[i].secret, false);
        f.c.fault = (struct fault){ 0 };
        cr_assert_eq(notification_render(&f.c, id, &m), OK, "%s: %s", rows[i].event, fixture_fault(&f));
        cr_expect_not_null(m.text, "%s: %s %s", rows[i].event, m.untrue, m.missing);
        fixture_close(&f);
    }
}

/* Luz told staff that she wants no SMS; then she claims a parcel, and is authorised to collect another. */
Test(untrue, a_number_that_wants_no_sms_gets_none_about_a_claim_or_an_authorisation)
{
    static const struct stmt luz = STMT("t_u_luz", "", "SELECT customer_id FROM packages WHERE guide_key = 'LUZ0000001'");
    struct fixture f;
    struct package p;
    struct authorization z;
    struct authorize_in in = { .name = "Luz Gil", .document_type = "CC", .document_number = "1020304", .phone = "3005550002" };
    int64_t claimed, authorised;

    fixture_open(&f);
    parcel_announced(&f, .name = "Luz Gil", .phone = "3005550002", .guides = "LUZ0000001");
    cr_assert_eq(opt_out_by_staff(&f.c, db_scalar(f.db, 0, &luz), "sms", true), OK, "%s", fixture_fault(&f));
    p = parcel_shelved(&f, .guides = "ANA0000001");
    in.token = link_token(&f.c, &p);
    cr_assert_eq(authorization_create(&f.c, &in, &z), OK, "%s", fixture_fault(&f));
    authorised = newest(&f, "authorization_created", "sms");
    parcel_announced(&f, .guides = "ANA0000002");
    cr_assert_eq(announcement_make(&f.c, &(struct announce_in){ .name = "Luz Gil", .phone = "3005550002", .guides = "ANA0000002",
                 .consent = true }, &(struct announcement){ 0 }), OK, "%s", fixture_fault(&f));
    claimed = newest(&f, "package_disputed", "sms");
    work(&f);
    expect_state(&f, authorised, "suppressed", "el cliente no quiere mensajes por este medio");
    expect_state(&f, claimed, "suppressed", "el cliente no quiere mensajes por este medio");
    fixture_close(&f);
}
