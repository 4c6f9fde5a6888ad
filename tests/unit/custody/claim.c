/* Claims: a guide that somebody announces whom another has announced it before. */
#include <criterion/criterion.h>

#include "domain/custody/claim_settle.h"
#include "domain/custody/correction.h"
#include "domain/custody/history.h"
#include "domain/custody/undo.h"
#include "domain/ground/setting.h"
#include "domain/handover/authorization.h"
#include "domain/handover/deliver.h"
#include "domain/handover/deliver_quote.h"
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

static const struct stmt events_of = STMT("t_claim_events", "i", "SELECT count(*) FROM package_events WHERE package_id = $1");
static const struct stmt outcomes = STMT("t_claim_outcomes", "i",
    "SELECT group_concat(outcome || ' ' || compared || ' ' || settled_by) FROM claims WHERE package_id = $1");

Test(claim, the_same_phone_and_name_again_is_the_same_announcement)
{
    struct fixture f;
    struct announcement a, b;

    fixture_open(&f);
    a = announce(&f, "Ana Ríos", ANA, "GUIA0001");
    b = announce(&f, "RIOS ANA", "3005550101", "GUIA0002\nguia-0001");
    cr_expect_eq(b.fresh, 1);
    cr_expect_eq(b.others[CLAIM_DISPUTED].n, 0);
    cr_assert_eq(b.packages.n, 2);
    cr_expect_eq(b.packages.v[1].id, a.packages.v[0].id);
    cr_expect_eq(db_scalar(f.db, 0, &events_of, a.packages.v[0].id), 1);
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550101", "package_announced"), 2, "one for each announcement");
    b = announce(&f, "Ana Ríos", ANA, "GUIA0001");
    cr_expect_eq(b.fresh, 0);
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550101", "package_announced"), 2);
    fixture_close(&f);
}

Test(claim, of_the_same_phone_who_knows_one_word_of_the_name_is_not_told_the_code)
{
    struct fixture f;
    struct announcement a;

    fixture_open(&f);
    announce(&f, "Rebeca Sol Duarte", ANA, "GUIA0001");
    a = announce(&f, "xx Rebeca", ANA, "GUIA0001");
    cr_expect_eq(a.packages.n, 0);
    cr_expect_eq(a.others[CLAIM_DISPUTED].n, 1);
    a = announce(&f, "Rebeca Duarte", ANA, "GUIA0001");
    cr_expect_eq(a.packages.n, 1);
    fixture_close(&f);
}

Test(claim, of_the_same_phone_who_types_many_names_is_not_told_the_code)
{
    struct fixture f;
    struct announcement a;

    fixture_open(&f);
    announce(&f, "María Gómez", ANA, "GUIA0001");
    a = announce(&f, "Juan María Luis Ana José Carlos Gómez Pérez Rosa Pedro Luz", ANA, "GUIA0001");
    cr_expect_eq(a.packages.n, 0);
    cr_expect_eq(a.others[CLAIM_DISPUTED].n, 1);
    a = announce(&f, "María José Gómez", ANA, "GUIA0001");
    cr_expect_eq(a.packages.n, 1);
    fixture_close(&f);
}

Test(claim, another_phone_or_name_is_a_claim_of_which_both_are_told_once)
{
    struct fixture f;
    struct package p;
    struct claims all;
    struct package_events history;
    const char *text;

    fixture_open(&f);
    p = disputed(&f, "GUIA0001");
    announce(&f, "Gil, Pedro", PEDRO, "GUIA0001");
    cr_assert_eq(claims_of(&f.c, p.id, &all), OK);
    cr_assert_eq(all.n, 1, "the same person again");
    cr_expect_str_eq(all.v[0].name, "Pedro Gil");
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550101", "package_disputed"), 1);
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550102", "package_disputed"), 1);
    text = text_to(&f, "+573005550102", "package_disputed");
    cr_expect(strstr(text, "GUIA0001") != NULL && strstr(text, "Todavía no ha llegado") != NULL, "%s", text);
    cr_expect_null(strstr(text, p.tracking_code));
    announce(&f, "Luz Mar", ANA, "GUIA0001");
    cr_assert_eq(claims_of(&f.c, p.id, &all), OK);
    cr_expect_eq(all.n, 2, "another name of the same phone");
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect_str_eq(p.customer_name, "Ana Ríos", "a claim changes nothing");
    cr_assert_eq(package_events(&f.c, p.id, &history), OK);
    cr_expect_str_eq(history.v[1].text, "Otra persona anunció la misma guía · Pedro Gil, 300 555 0102");
    fixture_close(&f);
}

Test(claim, of_one_network_or_one_phone_three_are_noted_and_nobody_is_crowded_out)
{
    struct fixture f;
    static const char *const names[] = { "Luis Mora", "Juan Peña", "Rosa Díaz", "Inés Toro", "Omar Ruiz" };
    struct package_events history;
    int64_t id;

    fixture_open(&f);
    f.c.address = "203.0.113.7";
    id = announce(&f, "Ana Ríos", ANA, "GUIA0001").packages.v[0].id;
    for (int i = 0; i < 5; i++)
        announce(&f, arena_printf(f.a, "Persona%c Otra", 'a' + i), arena_printf(f.a, "30055502%02d", i), "GUIA0001");
    cr_expect_eq(open_claims(&f, id), 3);
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550101", "package_disputed"), 1, "told of the first");
    cr_assert_eq(package_events(&f.c, id, &history), OK);
    cr_expect_str_eq(history.v[4].text, "También la anunció otra persona, sin abrir una disputa · Personad Otra, 300 555 0203");
    f.c.address = "198.51.100.1";
    cr_expect_eq(announce(&f, "Pedro Gil", PEDRO, "GUIA0001").others[CLAIM_DISPUTED].n, 1);
    cr_expect_eq(open_claims(&f, id), 4, "the owner comes after five who are not");
    for (int i = 0; i < 5; i++) {
        f.c.address = arena_printf(f.a, "198.51.%d.1", i);
        announce(&f, names[i], "300 555 0300", "GUIA0001");
    }
    cr_expect_eq(open_claims(&f, id), 7, "three of one phone");
    fixture_close(&f);
}

Test(claim, while_it_is_open_no_code_leaves_and_nobody_gets_the_parcel)
{
    struct fixture f;
    struct package p;
    struct track t;
    struct delivery out;
    struct labels labels;
    const char *code;

    fixture_open(&f);
    disputed(&f, "GUIA0001");
    p = parcel_received(&f, .guide = "GUIA0001");
    code = package_pickup_code(&f.c, &p);
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550101", "package_received"), 0);
    for (int i = 0; i < 2; i++) {
        const char *text = text_to(&f, i ? "+573005550102" : "+573005550101", "package_disputed");

        cr_expect(strstr(text, "Ya está en el punto") != NULL && strstr(text, code) == NULL, "%s", text);
    }
    cr_assert_eq(track_by_token(&f.c, link_token(&f.c, &p), &t), OK);
    cr_expect_null(t.pickup_code);
    cr_expect(t.package.disputed);
    cr_expect_eq(track_pickup_code(&f.c, link_token(&f.c, &p), &code), E_NOT_FOUND);
    cr_expect_eq(deliver_packages(&f.c, &(struct deliver_in){ .ids = &p.id, .count = 1,
                 .code = package_pickup_code(&f.c, &p), .method = "efectivo", .amount = 1500 }, &out), E_CONFLICT);
    cr_expect(strstr(fixture_fault(&f), "La guía GUIA0001 está en disputa") != NULL, "%s", fixture_fault(&f));
    cr_assert_eq(labels_read(&f.c, &(struct label_in){ .ids = &p.id, .count = 1 }, &labels), OK);
    cr_expect_str_eq(labels.v[0].name, "EN DISPUTA");
    fixture_close(&f);
}

Test(claim, while_it_is_open_the_price_of_the_parcel_is_not_in_what_is_to_be_paid)
{
    struct fixture f;
    struct package p;
    struct deliver_quote q;

    fixture_open(&f);
    disputed(&f, "GUIA0001");
    p = parcel_received(&f, .guide = "GUIA0001");
    parcel_received(&f, .guide = "GUIA0002", .name = "Ana Ríos", .phone = ANA);
    cr_assert_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .customer_id = p.customer_id }, &q), OK, "%s", fixture_fault(&f));
    cr_assert_eq(q.n, 2, "both are seen");
    cr_expect_eq(q.total, 1500);
    fixture_close(&f);
}

Test(claim, a_code_that_waited_to_leave_when_the_claim_came_does_not_leave)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    announce(&f, "Ana Ríos", ANA, "GUIA0001");
    p = parcel_received(&f, .guide = "GUIA0001");
    announce(&f, "Pedro Gil", PEDRO, "GUIA0001");
    cr_expect_null(strstr(text_to(&f, "+573005550101", "package_received"), package_pickup_code(&f.c, &p)));
    cr_expect(strstr(text_to(&f, "+573005550101", "package_received"), "dos personas lo anunciaron") != NULL);
    fixture_close(&f);
}

Test(claim, while_it_is_open_nobody_can_be_authorized_and_the_code_of_who_was_does_not_leave)
{
    struct fixture f;
    struct package p;
    struct authorization z;
    struct authorize_in in = { NULL, "Luis Mora", "CC", "1020304", "300 555 0108" };

    fixture_open(&f);
    p = announce(&f, "Ana Ríos", ANA, "GUIA0001").packages.v[0];
    in.token = link_token(&f.c, &p);
    f.c.actor = ACTOR_CUSTOMER;
    cr_assert_eq(authorization_create(&f.c, &in, &z), OK, "%s", fixture_fault(&f));
    cr_expect_not_null(strstr(text_to(&f, "+573005550108", "authorization_created"), z.code));
    announce(&f, "Pedro Gil", PEDRO, "GUIA0001");
    for (int i = 0; i < 2; i++)
        cr_expect_str_eq(text_to(&f, i ? "+573005550108" : "+573005550101", "authorization_created"),
                         "ya no es cierto: dos personas lo anunciaron, y no se ha aclarado de quién es");
    f.c.actor = ACTOR_CUSTOMER;
    cr_expect_eq(authorization_create(&f.c, &in, &z), E_CONFLICT);
    cr_expect(strstr(fixture_fault(&f), "en disputa") != NULL, "%s", fixture_fault(&f));
    f.c.actor = ACTOR_USER;
    p = parcel_received(&f, .guide = "GUIA0001");
    f.c.actor = ACTOR_CUSTOMER;
    cr_expect_eq(authorization_create(&f.c, &in, &z), E_CONFLICT, "on the shelf neither");
    f.c.actor = ACTOR_USER;
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, 0, "documento", NULL }, &p), OK, "%s", fixture_fault(&f));
    f.c.actor = ACTOR_CUSTOMER;
    cr_expect_eq(authorization_create(&f.c, &in, &z), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

Test(claim, settled_for_the_first_leaves_the_parcel_theirs_and_tells_the_code)
{
    struct fixture f;
    struct package p, out;
    struct delivery handed;
    const char *text;
    struct rows q;

    fixture_open(&f);
    disputed(&f, "GUIA0001");
    p = parcel_received(&f, .guide = "GUIA0001");
    cr_expect_eq(claim_settle(&f.c, &(struct claim_settle_in){ .id = p.id, .compared = "a ojo" }, &out), E_INVALID);
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ .id = p.id, .compared = "etiqueta" }, &out), OK, "%s",
                 fixture_fault(&f));
    cr_expect_not(out.disputed);
    cr_expect_eq(out.customer_id, p.customer_id);
    text = text_to(&f, "+573005550101", "package_received");
    cr_expect(strstr(text, package_pickup_code(&f.c, &out)) != NULL, "%s", text);
    cr_expect(strstr(text_to(&f, "+573005550102", "package_disputed"), "ya se aclaró") != NULL);
    cr_assert_eq(db_one(f.db, &q, &outcomes, p.id), OK);
    cr_expect_str_eq(db_text(&q, 0), "ajeno etiqueta 1");
    cr_assert_eq(db_end(&q), OK);
    cr_expect_eq(claim_settle(&f.c, &(struct claim_settle_in){ .id = p.id, .compared = "etiqueta" }, &out), E_CONFLICT, "over");
    cr_assert_eq(deliver_packages(&f.c, &(struct deliver_in){ .ids = &p.id, .count = 1,
                 .code = package_pickup_code(&f.c, &p), .method = "efectivo", .amount = 1500 }, &handed), OK, "%s",
                 fixture_fault(&f));
    fixture_close(&f);
}

Test(claim, settled_for_who_claimed_it_makes_the_parcel_theirs)
{
    struct fixture f;
    struct package p, out;
    struct package_events history;
    const char *text;

    fixture_open(&f);
    disputed(&f, "GUIA0001");
    p = parcel_received(&f, .guide = "GUIA0001");
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "documento", NULL }, &out), OK, "%s",
                 fixture_fault(&f));
    cr_expect_neq(out.customer_id, p.customer_id);
    cr_expect_str_eq(out.customer_name, "Pedro Gil");
    cr_expect_str_eq(out.customer_phone, "+573005550102");
    cr_expect_neq(out.link_version, p.link_version);
    cr_expect_str_neq(package_pickup_code(&f.c, &out), package_pickup_code(&f.c, &p));
    text = text_to(&f, "+573005550102", "package_received");
    cr_expect(strstr(text, package_pickup_code(&f.c, &out)) != NULL, "%s", text);
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550101", "package_received"), 0);
    cr_assert_eq(package_events(&f.c, p.id, &history), OK);
    cr_expect_str_eq(history.v[history.n - 1].text, "Se aclaró de quién es · Pedro Gil · con el documento");
    fixture_close(&f);
}

Test(claim, is_over_when_an_administrator_gives_the_parcel_to_who_claimed_it)
{
    static const struct { const char *name, *phone; bool over; } rows[] = {
        { "Pedro Gil", PEDRO, true }, { "Pedro Mora", PEDRO, false }, { "Luz Mora", "300 555 0107", false },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture f;
        struct package p;

        fixture_open(&f);
        p = disputed(&f, "GUIA0001");
        p = parcel_received(&f, .guide = "GUIA0001");
        f.c.role = ROLE_ADMIN;
        cr_assert_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .name = rows[i].name, .phone = rows[i].phone,
                     .reason = "lo dice la etiqueta" }, &p), OK, "%s", fixture_fault(&f));
        cr_expect_eq(p.disputed == 0, rows[i].over, "%zu", i);
        cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550102", "package_received"), rows[i].over);
        cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550101", "claim_ended"), rows[i].over, "who loses it");
        if (rows[i].over)
            cr_expect(strstr(text_to(&f, "+573005550101", "claim_ended"), "es de otra persona") != NULL);
        fixture_close(&f);
    }
}

/* The label says "Ana Ríos", and so do three of those who announced it; Pedro's it may be all the same. */
Test(claim, of_a_name_alike_is_not_settled_by_the_label_which_names_both)
{
    struct fixture f;
    struct package p, out;
    struct claims all;

    fixture_open(&f);
    p = disputed(&f, "GUIA0001");
    announce(&f, "Ríos Ana María", "300 555 0109", "GUIA0001");
    cr_assert_eq(claims_of(&f.c, p.id, &all), OK);
    cr_assert_eq(all.n, 2);
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, i == 0 ? 0 : all.v[1].id, "etiqueta", NULL }, &out),
                     E_INVALID);
        cr_expect(strstr(fixture_fault(&f), "Pida el documento") != NULL, "%s", fixture_fault(&f));
    }
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect(p.disputed);
    cr_expect_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, all.v[1].id, "documento", NULL }, &out), OK);
    p = disputed(&f, "GUIA0002");
    announce(&f, "Ríos Ana María", "300 555 0109", "GUIA0002");
    cr_expect_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "etiqueta", NULL }, &out), OK, "%s",
                 fixture_fault(&f));
    fixture_close(&f);
}

/* An operator who announces with their own phone what another announced would get its code by the settlement. */
Test(claim, is_given_to_another_than_the_first_only_with_an_approval_where_overrides_need_one)
{
    const struct setting_change set[] = { { "handover.override_approval", "1" } };

    for (int shelved = 0; shelved < 2; shelved++) {
        struct fixture f;
        struct package p, out;

        fixture_open(&f);
        cr_assert_eq(setting_change(&f.c, NULL, 0, set, COUNT(set)), OK);
        p = disputed(&f, "GUIA0001");
        if (shelved)
            p = parcel_received(&f, .guide = "GUIA0001");
        cr_expect_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "documento", NULL }, &out),
                     E_FORBIDDEN, "shelved: %d", shelved);
        cr_expect(strstr(fixture_fault(&f), "PIN") != NULL, "%s", fixture_fault(&f));
        cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
        cr_expect(p.disputed);
        cr_expect_str_eq(p.customer_name, "Ana Ríos");
        cr_expect_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, 0, "documento", NULL }, &out), OK, "%s", fixture_fault(&f));
        fixture_close(&f);
    }
}

Test(claim, says_since_when_and_by_whose_name_each_phone_is_known)
{
    struct fixture f;
    struct package p;
    struct claims all;
    struct claim first;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "GUIA0009", .name = "Ana Ríos", .phone = ANA);
    f.c.now += 3600;
    p = disputed(&f, "GUIA0001");
    cr_assert_eq(claim_first(&f.c, p.id, &first), OK);
    cr_expect_eq(first.id, 0);
    cr_expect_eq(first.known_at, FIXTURE_NOW);
    cr_expect_str_eq(first.known_name, "Ana Ríos");
    cr_assert_eq(claims_of(&f.c, p.id, &all), OK);
    cr_expect_eq(all.v[0].known_at, 0, "nobody has come with Pedro's");
    cr_expect_null(all.v[0].known_name);
    cr_expect_not(first.phone_shared);
    fixture_close(&f);
}

Test(claim, says_since_when_parcels_are_collected_with_the_code_that_came_to_a_phone)
{
    struct fixture f;
    struct package p;
    struct claims all;
    struct claim first;
    struct delivery out;

    fixture_open(&f);
    f.c.actor = ACTOR_CUSTOMER;
    p = parcel_announced(&f, .guides = "GUIA0009", .name = "Lucas Ladrón", .phone = ANA);
    f.c.actor = ACTOR_USER;
    p = parcel_received(&f, .guide = "GUIA0009");
    cr_assert_eq(deliver_packages(&f.c, &(struct deliver_in){ .ids = &p.id, .count = 1, .method = "nequi",
                 .code = package_pickup_code(&f.c, &p), .reference = "N-1", .amount = 1500 }, &out), OK, "%s", fixture_fault(&f));
    f.c.now += 3600;
    p = disputed(&f, "GUIA0001");
    cr_assert_eq(claim_first(&f.c, p.id, &first), OK);
    cr_assert_eq(claims_of(&f.c, p.id, &all), OK);
    cr_expect_eq(first.known_at, 0, "who announced it wrote the name");
    cr_expect_null(first.known_name);
    cr_expect_eq(first.reached_at, FIXTURE_NOW);
    cr_expect_eq(all.v[0].reached_at, 0);
    fixture_close(&f);
}

/* A stranger who announces with Ana's phone and collects is known by it, but the phone is not theirs for that. */
Test(claim, says_whose_a_phone_is_by_a_like_name_and_that_another_uses_it)
{
    struct fixture f;
    struct package p;
    struct claim first;

    fixture_open(&f);
    parcel_received(&f, .guide = "GUIA0008", .name = "Lucas Ladrón", .phone = ANA);
    f.c.now += 3600;
    p = disputed(&f, "GUIA0001");
    cr_assert_eq(claim_first(&f.c, p.id, &first), OK);
    cr_expect_eq(first.known_at, FIXTURE_NOW);
    cr_expect(first.phone_shared);
    parcel_received(&f, .guide = "GUIA0009", .name = "Ana Ríos", .phone = ANA);
    cr_assert_eq(claim_first(&f.c, p.id, &first), OK);
    cr_expect_eq(first.known_at, f.c.now);
    cr_expect_str_eq(first.known_name, "Ana Ríos");
    cr_expect(first.phone_shared);
    fixture_close(&f);
}

Test(claim, of_a_parcel_that_nobody_announced_says_whose_it_may_be)
{
    struct fixture f;
    struct package p, out;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "GUIA0001");
    cr_expect_eq(announce(&f, "Pedro Gil", PEDRO, "GUIA0001").others[CLAIM_DISPUTED].n, 1);
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550102", "package_disputed"), 0, "there are no two");
    cr_expect_eq(claim_settle(&f.c, &(struct claim_settle_in){ .id = p.id, .compared = "etiqueta" }, &out), E_INVALID);
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "etiqueta", NULL }, &out), OK, "%s",
                 fixture_fault(&f));
    cr_expect_str_eq(out.customer_name, "Pedro Gil");
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550102", "package_received"), 1);
    fixture_close(&f);
}

Test(claim, has_the_consent_of_who_claims_which_is_a_persons_once_it_is_theirs)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    f.c.address = "203.0.113.7";
    p = disputed(&f, "GUIA0001");
    cr_expect_str_eq(consents(&f, p.id), "Ana Ríos - 203.0.113.7, - 1 203.0.113.7");
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "documento", NULL }, &p), OK);
    cr_expect_str_eq(consents(&f, p.id), "Ana Ríos - 203.0.113.7, Pedro Gil 1 203.0.113.7");
    fixture_close(&f);
}

Test(claim, is_told_in_messages_that_stand_at_the_package_and_go_when_what_they_tell_of_is_undone)
{
    struct fixture f;
    struct package p;
    const char *text;

    fixture_open(&f);
    p = disputed(&f, "GUIA0001");
    cr_expect_str_eq(messages_of(&f, p.id), "package_announced +573005550101 queued, package_disputed +573005550101 queued,"
                     " package_disputed +573005550102 queued");
    text = text_to(&f, "+573005550102", "package_disputed");
    cr_expect(strstr(text, "/privacy") != NULL, "the first message that they get: %s", text);
    p = parcel_received(&f, .guide = "GUIA0001");
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550102", "package_disputed"), 2);
    cr_assert_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550102", "package_disputed"), 1, "it has not arrived");
    fixture_close(&f);
}

/* Pedro claims Ana's guide, and a clerk compares; then he announces it again. */
Test(claim, that_a_document_has_settled_is_not_opened_again_by_anybody)
{
    static const struct { const char *compared, *phone, *address; enum claim_answer answer; } rows[] = {
        { "documento", PEDRO, "198.51.100.1", CLAIM_SETTLED },
        { "documento", "300 555 0109", "203.0.113.99", CLAIM_SETTLED },
        { "documento", "300 555 0109", "198.51.100.1", CLAIM_SETTLED },
        { "etiqueta", PEDRO, "203.0.113.7", CLAIM_DISPUTED },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture f;
        struct package p;
        struct package_events history;
        struct announcement again;
        const bool opened = rows[i].answer == CLAIM_DISPUTED;

        fixture_open(&f);
        f.c.address = "203.0.113.7";
        disputed(&f, "GUIA0001");
        p = parcel_received(&f, .guide = "GUIA0001");
        cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, 0, rows[i].compared, NULL }, &p), OK);
        f.c.address = rows[i].address;
        again = announce(&f, "Pedro Gil", rows[i].phone, "GUIA0001");
        cr_expect_eq(again.others[rows[i].answer].n, 1, "%zu", i);
        cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
        cr_expect_eq(p.disputed, opened, "%zu", i);
        cr_expect_eq(strstr(text_to(&f, "+573005550101", "package_received"), package_pickup_code(&f.c, &p)) != NULL,
                     !opened, "%zu: no code is withheld", i);
        cr_assert_eq(package_events(&f.c, p.id, &history), OK);
        cr_expect_eq(strstr(history.v[history.n - 1].text, "También la anunció otra persona") != NULL, !opened, "%zu", i);
        cr_expect(strstr(history.v[history.n - 1].text, "Pedro Gil") != NULL, "%zu", i);
        fixture_close(&f);
    }
}

Test(claim, that_won_is_not_disputed_again_by_who_announced_first_and_lost)
{
    struct fixture f;
    struct package p;
    struct announcement again;

    fixture_open(&f);
    f.c.address = "203.0.113.7";
    p = disputed(&f, "GUIA0001");
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "documento", NULL }, &p), OK, "%s",
                 fixture_fault(&f));
    f.c.address = "198.51.100.1";
    again = announce(&f, "Ana Ríos", ANA, "GUIA0001");
    cr_expect_eq(again.others[CLAIM_SETTLED].n, 1);
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect_not(p.disputed);
    cr_expect_str_eq(p.customer_name, "Pedro Gil");
    fixture_close(&f);
}

Test(claim, is_the_same_persons_when_no_word_of_the_name_contradicts_and_not_when_one_word_is_shared)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = disputed(&f, "GUIA0001");
    announce(&f, "Pedro Luis Gil", PEDRO, "GUIA0001");
    cr_expect_eq(open_claims(&f, p.id), 1);
    announce(&f, "Pedro Mora", PEDRO, "GUIA0001");
    cr_expect_eq(open_claims(&f, p.id), 2, "another Pedro, with that phone");
    fixture_close(&f);
}

Test(claim, of_a_parcel_that_was_handed_over_disputes_nothing_and_staff_see_it)
{
    struct fixture f;
    struct package p;
    struct package_events history;
    struct delivery out;
    struct announcement again;

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "GUIA0001");
    cr_assert_eq(deliver_packages(&f.c, &(struct deliver_in){ .ids = &p.id, .count = 1, .code = package_pickup_code(&f.c, &p),
                 .method = "nequi", .reference = "N-1", .amount = 1500 }, &out), OK, "%s", fixture_fault(&f));
    again = announce(&f, "Pedro Gil", PEDRO, "GUIA0001");
    cr_expect_eq(again.others[CLAIM_HANDED_OVER].n, 1);
    cr_expect_eq(db_scalar(f.db, 0, &claim_newest, "+573005550102", "package_disputed"), 0, "nobody is told of a dispute");
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect_not(p.disputed);
    cr_assert_eq(package_events(&f.c, p.id, &history), OK);
    cr_expect(strstr(history.v[history.n - 1].text, "Pedro Gil") != NULL, "%s", history.v[history.n - 1].text);
    cr_expect_eq(open_claims(&f, p.id), 0);
    fixture_close(&f);
}
