/* Claims: whose the e-mail is that those who announce one guide write. */
#include <criterion/criterion.h>

#include "domain/custody/claim_settle.h"
#include "domain/custody/correction.h"
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
    static const struct stmt unstored = STMT("t_claim_unstored", "i",
        "UPDATE customers SET email = NULL, email_confirmed_at = NULL WHERE id = $1");
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
    cr_assert_eq(db_exec(f.db, NULL, &unstored, out.packages.v[0].customer_id), OK);
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
