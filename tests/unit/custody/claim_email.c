/* Claims: whose the e-mail is that those who announce one guide write. */
#include <criterion/criterion.h>

#include "domain/custody/claim_settle.h"
#include "domain/custody/correction.h"
#include "domain/custody/customer_change.h"
#include "domain/custody/history.h"
#include "domain/custody/undo.h"
#include "domain/ground/setting.h"
#include "domain/handover/authorization.h"
#include "domain/handover/deliver.h"
#include "domain/message/budget.h"
#include "domain/outbox/notification_log.h"
#include "domain/outbox/notification_render.h"
#include "domain/paper/label.h"
#include "domain/parcel/email_proof.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package_announce.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/pickup.h"
#include "domain/public/customer_email.h"
#include "domain/public/track.h"
#include "tests/unit/claims.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const char *email_token(struct fixture *f, int64_t id)
{
    struct package p;

    cr_assert_eq(package_by_id(&f->c, id, &p), OK);
    return strrchr(email_link(&f->c, &p), '/') + 1;
}

Test(claim, of_one_name_and_phone_without_sms_is_who_writes_another_email)
{
    struct fixture f;
    struct package p;
    struct message m;
    struct claims all;
    int64_t id;

    fixture_open(&f);
    id = announce_mail(&f, "Ana Ríos", LANDLINE, THIEF, "GUIA0001").packages.v[0].id;
    cr_assert_eq(email_confirm(&f.c, email_token(&f, id)), OK, "%s", fixture_fault(&f));
    cr_expect_eq(announce_mail(&f, "Ana Ríos", LANDLINE, THIEF, "GUIA0001").others[CLAIM_DISPUTED].n, 0, "the same e-mail");
    cr_expect_eq(announce_mail(&f, "Ana Ríos", LANDLINE, MAIL, "GUIA0001").others[CLAIM_DISPUTED].n, 1);
    announce_mail(&f, "RIOS ANA", LANDLINE, MAIL, "GUIA0001");
    cr_assert_eq(claims_of(&f.c, id, &all), OK);
    cr_assert_eq(all.n, 1, "once");
    cr_expect_str_eq(all.v[0].email, MAIL);
    announce_mail(&f, "Ana Ríos", LANDLINE, "tercera@example.com", "GUIA0001");
    cr_assert_eq(claims_of(&f.c, id, &all), OK);
    cr_expect_eq(all.n, 2);
    p = parcel_received(&f, .guide = "GUIA0001");
    cr_expect(p.disputed);
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, THIEF, "package_received"), 0);
    cr_expect_null(strstr(text_to(&f, THIEF, "package_disputed"), "celular"), "%s", text_to(&f, THIEF, "package_disputed"));
    cr_assert_eq(notification_render(&f.c, db_scalar(f.db, 0, &claim_newest, THIEF, "package_disputed"), &m), OK);
    cr_expect_null(strstr(m.text, package_pickup_code(&f.c, &p)));
    fixture_close(&f);
}

Test(claim, of_one_name_and_phone_without_sms_is_who_writes_no_email_where_the_first_wrote_one)
{
    struct fixture f;
    struct package p;
    int64_t id;

    fixture_open(&f);
    id = announce_mail(&f, "Ana Ríos", LANDLINE, THIEF, "GUIA0001").packages.v[0].id;
    cr_assert_eq(email_confirm(&f.c, email_token(&f, id)), OK, "%s", fixture_fault(&f));
    cr_expect_eq(announce(&f, "Ana Ríos", LANDLINE, "GUIA0001").others[CLAIM_DISPUTED].n, 1);
    p = parcel_received(&f, .guide = "GUIA0001");
    cr_expect(p.disputed);
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, THIEF, "package_received"), 0);
    announce(&f, "Luz Gil", LANDLINE, "GUIA0002");
    cr_expect_eq(announce(&f, "Luz Gil", LANDLINE, "GUIA0002").others[CLAIM_DISPUTED].n, 0, "neither wrote one");
    fixture_close(&f);
}

Test(claim, of_one_name_and_phone_without_sms_who_gives_an_email_to_what_had_none_is_compared_too)
{
    struct fixture f;

    fixture_open(&f);
    announce(&f, "Ana Ríos", LANDLINE, "GUIA0001");
    cr_expect_eq(announce_mail(&f, "Ana Ríos", LANDLINE, THIEF, "GUIA0001").others[CLAIM_DISPUTED].n, 1);
    fixture_close(&f);
}

Test(claim, is_none_where_the_person_or_a_clerk_has_said_which_email_is_theirs)
{
    static const struct stmt stored = STMT("t_claim_stored", "is",
        "UPDATE customers SET email = $2, email_confirmed_at = 1 WHERE id = $1");
    struct fixture f;
    struct announce_in in = { .name = "Luz Mar", .phone = "601 555 0104", .email = MAIL, .guides = "GUIA0002",
                              .walk_in = true };
    struct announcement out;
    struct package p;

    fixture_open(&f);
    p = announce_mail(&f, "Ana Ríos", LANDLINE, THIEF, "GUIA0001").packages.v[0];
    cr_assert_eq(db_exec(f.db, NULL, &stored, p.customer_id, MAIL), OK);
    cr_expect_eq(announce_mail(&f, "Ana Ríos", LANDLINE, MAIL, "GUIA0001").others[CLAIM_DISPUTED].n, 0);
    cr_expect_eq(announce_mail(&f, "Ana Ríos", LANDLINE, "otra@example.com", "GUIA0001").others[CLAIM_DISPUTED].n, 0);
    cr_assert_eq(announcement_make(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_expect_eq(announce_mail(&f, "Luz Mar", in.phone, THIEF, "GUIA0002").others[CLAIM_DISPUTED].n, 0);
    cr_assert_eq(package_by_id(&f.c, out.packages.v[0].id, &p), OK);
    cr_expect_str_eq(p.announced_email, MAIL, "a clerk wrote it");
    fixture_close(&f);
}

Test(claim, an_email_that_is_written_later_beside_a_mobile_is_kept_and_can_be_proved)
{
    struct fixture f;
    struct package p;
    int64_t first, second;

    fixture_open(&f);
    first = announce(&f, "Ana Ríos", ANA, "GUIA0001\nGUIA0002").packages.v[0].id;
    second = first + 1;
    cr_expect_eq(announce_mail(&f, "Ana Ríos", ANA, MAIL, "GUIA0001").others[CLAIM_DISPUTED].n, 0);
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, MAIL, "email_confirmation"), 1);
    announce_mail(&f, "Ana Ríos", ANA, MAIL, "GUIA0001");
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, MAIL, "email_confirmation"), 1, "asked once");
    cr_assert_eq(email_confirm(&f.c, email_token(&f, first)), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_by_id(&f.c, first, &p), OK);
    cr_expect_str_eq(p.announced_email, MAIL);
    cr_expect_str_eq(p.email_proof, "enlace");
    cr_assert_eq(package_by_id(&f.c, second, &p), OK);
    cr_expect_null(p.announced_email, "it was not written for that guide");
    f.c.now += 60;
    announce(&f, "Ana Ríos", ANA, "GUIA0003");
    announce_mail(&f, "Ana Ríos", ANA, MAIL, "GUIA0002\nGUIA0003");
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, MAIL, "email_confirmation"), 3, "of what the first answer did not prove");
    fixture_close(&f);
}

Test(claim, an_email_beside_a_mobile_gives_way_to_a_later_one_until_the_owner_of_the_phone_has_said_which)
{
    struct fixture f;
    struct package p;
    const char *old;
    int64_t id;
    bool waits;

    fixture_open(&f);
    id = announce_mail(&f, "Ana Ríos", ANA, THIEF, "GUIA0001\nGUIA0002").packages.v[0].id;
    old = email_token(&f, id);
    announce_mail(&f, "Ana Ríos", ANA, MAIL, "GUIA0001");
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, MAIL, "email_confirmation"), 1);
    cr_assert_eq(email_confirm(&f.c, old), OK, "the other guide of that announcement has it still");
    cr_assert_eq(package_by_id(&f.c, id + 1, &p), OK);
    cr_expect_str_eq(p.email_proof, "enlace");
    cr_assert_eq(package_by_id(&f.c, id, &p), OK);
    cr_expect_str_eq(p.announced_email, MAIL);
    cr_expect_null(p.email_proof);
    cr_assert_eq(customer_email_answer(&f.c, &(struct customer_email_in){ link_token(&f.c, &p), MAIL, true }, &waits), OK,
                 "%s", fixture_fault(&f));
    cr_expect(waits, "whoever reads that mailbox has not said so yet");
    cr_assert_eq(package_by_id(&f.c, id, &p), OK);
    cr_expect_null(p.email_proof);
    cr_expect_null(p.customer_email);
    announce_mail(&f, "Ana Ríos", ANA, THIEF, "GUIA0001");
    cr_assert_eq(email_confirm(&f.c, email_token(&f, id)), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_by_id(&f.c, id, &p), OK);
    cr_expect_str_eq(p.announced_email, MAIL);
    cr_expect_str_eq(p.email_proof, "celular");
    fixture_close(&f);
}

Test(claim, of_a_parcel_whose_announced_name_was_emptied_the_email_can_be_said_to_be_ones_own)
{
    static const struct stmt nameless = STMT("t_nameless", "i", "UPDATE packages SET announced_name = NULL WHERE id = $1");
    struct fixture f;
    struct package p;
    bool waits;

    fixture_open(&f);
    p = announce_mail(&f, "Ana Ríos", ANA, MAIL, "GUIA0001").packages.v[0];
    cr_assert_eq(db_exec(f.db, NULL, &nameless, p.id), OK);
    cr_assert_eq(customer_email_answer(&f.c, &(struct customer_email_in){ link_token(&f.c, &p), MAIL, true }, &waits), OK,
                 "%s", fixture_fault(&f));
    cr_assert_eq(email_confirm(&f.c, email_token(&f, p.id)), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect_str_eq(p.customer_email, MAIL);
    cr_expect_str_eq(p.email_proof, "celular");
    fixture_close(&f);
}

/* No SMS goes to a landline: whoever has one gets the code by e-mail or not at all. */
Test(claim, keeps_the_email_of_who_claims_and_asks_for_its_proof_when_it_is_theirs)
{
    struct fixture f;
    struct package p, out;
    const char *token;

    fixture_open(&f);
    announce(&f, "Ana Ríos", ANA, "GUIA0001");
    announce_mail(&f, "Pedro Gil", "601 234 5678", "pedro@example.com", "GUIA0001");
    p = parcel_received(&f, .guide = "GUIA0001");
    cr_expect_eq(db_scalar(f.db, 0, &claim_newest, "pedro@example.com", "email_confirmation"), 0, "not while it is disputed");
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "documento", NULL }, &out), OK, "%s",
                 fixture_fault(&f));
    cr_expect_str_eq(out.announced_email, "pedro@example.com");
    cr_expect_null(out.email_proof, "a document proves no e-mail");
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "pedro@example.com", "email_confirmation"), 1);
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "pedro@example.com", "package_received"), 0);
    token = strrchr(email_link(&f.c, &out), '/') + 1;
    cr_assert_eq(email_confirm(&f.c, token), OK, "%s", fixture_fault(&f));
    cr_expect(strstr(text_to(&f, "pedro@example.com", "package_received"), package_pickup_code(&f.c, &out)) != NULL);
    fixture_close(&f);
}

/* ---- an address that nobody has proved ---- */

#define UNPROVED "nadie@example.com"
#define LOUISE "300 555 0150"

static const struct stmt told_there = STMT("t_told_there", "",
    "SELECT group_concat(event) FROM notifications WHERE recipient = '" UNPROVED "' AND event <> 'email_confirmation'");
static const struct stmt asked_there = STMT("t_asked_there", "",
    "SELECT count(*) FROM notifications WHERE recipient = '" UNPROVED "' AND event = 'email_confirmation'");
static const struct stmt forget_there = STMT("t_forget_there", "", "UPDATE notifications SET recipient = '-' WHERE recipient = '" UNPROVED "'");

/* Each way by which the address comes to stand at a parcel (its guide is given) or a person. */
typedef void arriving(struct fixture *f, const char *guide, const char *phone);

static void arrives_by_the_public_form(struct fixture *f, const char *guide, const char *phone)
{
    announce_mail(f, "Luisa Paz", phone, UNPROVED, guide);
}

static void arrives_at_the_counter(struct fixture *f, const char *guide, const char *phone)
{
    struct announce_in in = { .name = "Luisa Paz", .phone = phone, .email = UNPROVED, .guides = guide, .consent = true };
    struct packages out;

    cr_assert_eq(package_announce(&f->c, &in, &out), OK, "%s", fixture_fault(f));
}

static void arrives_with_no_phone(struct fixture *f, const char *guide, const char *phone UNUSED)
{
    struct announce_in in = { .name = arena_printf(f->a, "Luisa %s", guide), .no_phone = true, .email = UNPROVED, .guides = guide,
                              .consent = true };
    struct packages out;

    cr_assert_eq(package_announce(&f->c, &in, &out), OK, "%s", fixture_fault(f));
}

static void arrives_with_a_second_announcement(struct fixture *f, const char *guide, const char *phone)
{
    announce(f, "Luisa Paz", phone, guide);
    arrives_at_the_counter(f, guide, phone);
}

static void arrives_with_another_parcel(struct fixture *f, const char *guide, const char *phone)
{
    arrives_at_the_counter(f, arena_printf(f->a, "X%s", guide), phone);
    announce(f, "Luisa Paz", phone, guide);
}

static void arrives_after_reception(struct fixture *f, const char *guide, const char *phone)
{
    announce(f, "Luisa Paz", phone, guide);
    (void)parcel_received(f, .guide = guide);
    arrives_at_the_counter(f, guide, phone);
}

static void arrives_on_the_persons_card(struct fixture *f, const char *guide, const char *phone)
{
    const struct customer_edit in = { .name = "Luisa Paz", .phone = phone, .email = UNPROVED, .another = true };
    struct customer who;
    const int64_t role = f->c.role;

    f->c.role = ROLE_ADMIN;
    cr_assert_eq(customer_add(&f->c, &in, &who), OK, "%s", fixture_fault(f));
    f->c.role = role;
    announce(f, "Luisa Paz", phone, guide);
}

static void arrives_with_a_claim_that_wins(struct fixture *f, const char *guide, const char *phone)
{
    struct package p = announce(f, "Pedro Gil", PEDRO, guide).packages.v[0];

    announce_mail(f, "Luisa Paz", phone, UNPROVED, guide);
    cr_assert_eq(claim_settle(&f->c, &(struct claim_settle_in){ .id = p.id, .claim = first_claim(f, p.id), .compared = "documento" }, &p),
                 OK, "%s", fixture_fault(f));
}

#define ARRIVES(name) { #name, arrives_ ## name }
static const struct { const char *name; arriving *arrive; } ways[] = {
    ARRIVES(by_the_public_form), ARRIVES(at_the_counter), ARRIVES(with_no_phone), ARRIVES(with_a_second_announcement),
    ARRIVES(with_another_parcel), ARRIVES(after_reception), ARRIVES(on_the_persons_card), ARRIVES(with_a_claim_that_wins),
};

/* What the counter may still do with such a parcel: receive it, write a message about it and to its person. */
static struct package unproved_served(struct fixture *f, const char *guide, const char *way)
{
    struct package p;
    int64_t id;

    cr_assert_eq(package_by_guide(&f->c, guide, &p), OK, "%s", way);
    if (streq(p.state, "ANUNCIADO"))
        p = parcel_received(f, .guide = guide);
    cr_expect_neq(notify_custom(&f->c, &(struct custom_in){ .package_id = p.id, .channel = "email", .text = "Hola" }, &id), OK, "%s", way);
    cr_expect_neq(notify_custom(&f->c, &(struct custom_in){ .customer_id = p.customer_id, .channel = "email", .text = "Hola" }, &id), OK,
                  "%s", way);
    f->c.fault = (struct fault){ 0 };
    cr_expect_not(package_email_may_know(&f->c, &p, UNPROVED), "%s", way);
    cr_expect_null(package_email(&f->c, &p), "%s", way);
    return p;
}

static void unproved_expect(struct fixture *f, const char *way, int point)
{
    struct rows q;

    cr_assert_eq(db_one(f->db, &q, &told_there), OK);
    cr_expect_null(db_text(&q, 0), "%s, point %d: %s", way, point, db_text(&q, 0));
    cr_assert_eq(db_end(&q), OK);
    cr_expect_gt(db_scalar(f->db, 0, &asked_there), 0, "%s, point %d: it is asked", way, point);
    cr_assert_eq(db_exec(f->db, NULL, &forget_there), OK);
}

Test(email, that_nobody_has_proved_gets_no_code_link_or_message_whoever_wrote_it)
{
    static const struct setting_change approves[] = { { "handover.override_approval", "1" } };

    for (int point = 0; point < 3; point++) {       /* a clerk; an ADMIN; a clerk where giving needs an approval */
        struct fixture f;

        fixture_open(&f);
        f.c.role = ROLE_ADMIN;
        if (point == 2)
            cr_assert_eq(setting_change(&f.c, NULL, 0, approves, COUNT(approves)), OK, "%s", fixture_fault(&f));
        for (size_t i = 0; i < COUNT(ways); i++) {
            const bool settles = ways[i].arrive == arrives_with_a_claim_that_wins;

            f.c.role = point == 1 || settles ? ROLE_ADMIN : ROLE_OPERADOR;
            ways[i].arrive(&f, arena_printf(f.a, "LUISA%02zu", i), arena_printf(f.a, "300 555 06%02zu", i));
            unproved_served(&f, arena_printf(f.a, "LUISA%02zu", i), ways[i].name);
            unproved_expect(&f, ways[i].name, point);
        }
        fixture_close(&f);
    }
}

Test(email, of_a_clerk_knows_the_code_once_its_reader_has_opened_the_letters_link)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    f.c.role = ROLE_OPERADOR;
    arrives_at_the_counter(&f, "LUISA0001", LOUISE);
    p = unproved_served(&f, "LUISA0001", "at the counter");
    parcel_email_confirmed(&f, &p);
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect(package_email_may_know(&f.c, &p, UNPROVED));
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, UNPROVED, "package_received"), 1);
    fixture_close(&f);
}
