/* Claims: a guide that somebody announces whom another has announced it before. */
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
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

#define ANA "300 555 0101"
#define PEDRO "300 555 0102"
#define LANDLINE "601 555 0103"  /* no SMS goes there */
#define THIEF "extrana@example.com"
#define MAIL "ana@example.com"

static const struct stmt told = STMT("t_claim_told", "ss",
    "SELECT count(*) FROM notifications WHERE recipient = $1 AND event = $2 AND state = 'queued'");
static const struct stmt told_since = STMT("t_claim_told_since", "ssi",
    "SELECT count(*) FROM notifications WHERE recipient = $1 AND event = $2 AND state = 'queued' AND id > $3");
static const struct stmt events_of = STMT("t_claim_events", "i", "SELECT count(*) FROM package_events WHERE package_id = $1");
static const struct stmt newest = STMT("t_claim_newest", "ss",
    "SELECT max(id) FROM notifications WHERE recipient = $1 AND event = $2");
static const struct stmt left_open = STMT("t_claims_left_open", "",
    "SELECT count(*) FROM claims k JOIN packages p ON p.id = k.package_id"
    " WHERE k.settled_at IS NULL AND p.state IN ('ENTREGADO', 'CANCELADO')");
static const struct stmt marked_wrongly = STMT("t_claims_marked", "",
    "SELECT count(*) FROM packages p WHERE disputed <>"
    " EXISTS (SELECT 1 FROM claims k WHERE k.package_id = p.id AND k.settled_at IS NULL)");
static const struct stmt known_count = STMT("t_claims_known", "s",
    "SELECT count(*) FROM customers WHERE phone = $1 AND known_at IS NOT NULL");
static const struct stmt outcomes = STMT("t_claim_outcomes", "i",
    "SELECT group_concat(outcome || ' ' || compared || ' ' || settled_by) FROM claims WHERE package_id = $1");

static const struct stmt consents_of = STMT("t_claim_consents", "i",
    "SELECT group_concat(coalesce(c.full_name, '-') || ' ' || coalesce(n.claim_id, '-') || ' ' || n.address, ', ')"
    " FROM consents n LEFT JOIN customers c ON c.id = n.customer_id WHERE n.package_id = $1");

static struct announcement announce_mail(struct fixture *f, const char *name, const char *phone, const char *email,
                                         const char *guides)
{
    struct announce_in in = { .name = name, .phone = phone, .email = email, .guides = guides, .consent = true };
    struct announcement out;

    f->c.actor = ACTOR_CUSTOMER;
    cr_assert_eq(announcement_make(&f->c, &in, &out), OK, "%s", fixture_fault(f));
    f->c.actor = ACTOR_USER;
    return out;
}

static struct announcement announce(struct fixture *f, const char *name, const char *phone, const char *guides)
{
    return announce_mail(f, name, phone, NULL, guides);
}

/* A guide that Ana announced first and Pedro after her. */
static struct package disputed(struct fixture *f, const char *guide)
{
    struct announcement out = announce(f, "Ana Ríos", ANA, guide);

    cr_assert_eq(announce(f, "Pedro Gil", PEDRO, guide).others[CLAIM_DISPUTED].n, 1);
    cr_assert_eq(package_by_id(&f->c, out.packages.v[0].id, &out.packages.v[0]), OK);
    cr_assert(out.packages.v[0].disputed);
    return out.packages.v[0];
}

static int64_t first_claim(struct fixture *f, int64_t package_id)
{
    struct claims all;

    cr_assert_eq(claims_of(&f->c, package_id, &all), OK);
    cr_assert_gt(all.n, 0);
    return all.v[0].id;
}

static const char *text_to(struct fixture *f, const char *e164, const char *event)
{
    struct message m;

    cr_assert_eq(notification_render(&f->c, db_scalar(f->db, 0, &newest, e164, event), &m), OK, "%s to %s", event, e164);
    return m.untrue != NULL ? m.untrue : m.text;
}

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
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550101", "package_announced"), 2, "one for each announcement");
    b = announce(&f, "Ana Ríos", ANA, "GUIA0001");
    cr_expect_eq(b.fresh, 0);
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550101", "package_announced"), 2);
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
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550101", "package_disputed"), 1);
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550102", "package_disputed"), 1);
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
    cr_expect_eq(db_scalar(f.db, 0, &told, THIEF, "package_received"), 0);
    cr_expect_null(strstr(text_to(&f, THIEF, "package_disputed"), "celular"), "%s", text_to(&f, THIEF, "package_disputed"));
    cr_assert_eq(notification_render(&f.c, db_scalar(f.db, 0, &newest, THIEF, "package_disputed"), &m), OK);
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
    cr_expect_eq(db_scalar(f.db, 0, &told, THIEF, "package_received"), 0);
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
    cr_expect_eq(db_scalar(f.db, 0, &told, MAIL, "email_confirmation"), 1);
    announce_mail(&f, "Ana Ríos", ANA, MAIL, "GUIA0001");
    cr_expect_eq(db_scalar(f.db, 0, &told, MAIL, "email_confirmation"), 1, "asked once");
    cr_assert_eq(email_confirm(&f.c, email_token(&f, first)), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_by_id(&f.c, first, &p), OK);
    cr_expect_str_eq(p.announced_email, MAIL);
    cr_expect_str_eq(p.email_proof, "enlace");
    cr_assert_eq(package_by_id(&f.c, second, &p), OK);
    cr_expect_null(p.announced_email, "it was not written for that guide");
    f.c.now += 60;
    announce(&f, "Ana Ríos", ANA, "GUIA0003");
    announce_mail(&f, "Ana Ríos", ANA, MAIL, "GUIA0002\nGUIA0003");
    cr_expect_eq(db_scalar(f.db, 0, &told, MAIL, "email_confirmation"), 3, "of what the first answer did not prove");
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
    cr_expect_eq(db_scalar(f.db, 0, &told, MAIL, "email_confirmation"), 1);
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

static size_t open_claims(struct fixture *f, int64_t package_id)
{
    struct claims all;
    size_t n = 0;

    cr_assert_eq(claims_of(&f->c, package_id, &all), OK);
    for (size_t i = 0; i < all.n; i++)
        n += all.v[i].settled_at == 0;
    return n;
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
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550101", "package_disputed"), 1, "told of the first");
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
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550101", "package_received"), 0);
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
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, 0, "documento" }, &p), OK, "%s", fixture_fault(&f));
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
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "documento" }, &out), OK, "%s",
                 fixture_fault(&f));
    cr_expect_neq(out.customer_id, p.customer_id);
    cr_expect_str_eq(out.customer_name, "Pedro Gil");
    cr_expect_str_eq(out.customer_phone, "+573005550102");
    cr_expect_neq(out.link_version, p.link_version);
    cr_expect_str_neq(package_pickup_code(&f.c, &out), package_pickup_code(&f.c, &p));
    text = text_to(&f, "+573005550102", "package_received");
    cr_expect(strstr(text, package_pickup_code(&f.c, &out)) != NULL, "%s", text);
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550101", "package_received"), 0);
    cr_assert_eq(package_events(&f.c, p.id, &history), OK);
    cr_expect_str_eq(history.v[history.n - 1].text, "Se aclaró de quién es · Pedro Gil · con el documento");
    fixture_close(&f);
}

/* The label says "Ana Ríos", and so do three of those who announced it; Pedro's it may be all the same. */
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
        cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550102", "package_received"), rows[i].over);
        cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550101", "custom_message"), rows[i].over, "who loses it");
        if (rows[i].over)
            cr_expect(strstr(text_to(&f, "+573005550101", "custom_message"), "es de otra persona") != NULL);
        fixture_close(&f);
    }
}

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
        cr_expect_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, i == 0 ? 0 : all.v[1].id, "etiqueta" }, &out),
                     E_INVALID);
        cr_expect(strstr(fixture_fault(&f), "Pida el documento") != NULL, "%s", fixture_fault(&f));
    }
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect(p.disputed);
    cr_expect_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, all.v[1].id, "documento" }, &out), OK);
    p = disputed(&f, "GUIA0002");
    announce(&f, "Ríos Ana María", "300 555 0109", "GUIA0002");
    cr_expect_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "etiqueta" }, &out), OK, "%s",
                 fixture_fault(&f));
    fixture_close(&f);
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
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550102", "package_disputed"), 0, "there are no two");
    cr_expect_eq(claim_settle(&f.c, &(struct claim_settle_in){ .id = p.id, .compared = "etiqueta" }, &out), E_INVALID);
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "etiqueta" }, &out), OK, "%s",
                 fixture_fault(&f));
    cr_expect_str_eq(out.customer_name, "Pedro Gil");
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550102", "package_received"), 1);
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
    cr_expect_eq(db_scalar(f.db, 0, &newest, "pedro@example.com", "email_confirmation"), 0, "not while it is disputed");
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "documento" }, &out), OK, "%s",
                 fixture_fault(&f));
    cr_expect_str_eq(out.announced_email, "pedro@example.com");
    cr_expect_null(out.email_proof, "a document proves no e-mail");
    cr_expect_eq(db_scalar(f.db, 0, &told, "pedro@example.com", "email_confirmation"), 1);
    cr_expect_eq(db_scalar(f.db, 0, &told, "pedro@example.com", "package_received"), 0);
    token = strrchr(email_link(&f.c, &out), '/') + 1;
    cr_assert_eq(email_confirm(&f.c, token), OK, "%s", fixture_fault(&f));
    cr_expect(strstr(text_to(&f, "pedro@example.com", "package_received"), package_pickup_code(&f.c, &out)) != NULL);
    fixture_close(&f);
}

static const char *consents(struct fixture *f, int64_t package_id)
{
    struct rows q;
    const char *out;

    cr_assert_eq(db_one(f->db, &q, &consents_of, package_id), OK);
    out = db_dup(&q, 0, f->a);
    cr_assert_eq(db_end(&q), OK);
    return out;
}

Test(claim, has_the_consent_of_who_claims_which_is_a_persons_once_it_is_theirs)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    f.c.address = "203.0.113.7";
    p = disputed(&f, "GUIA0001");
    cr_expect_str_eq(consents(&f, p.id), "Ana Ríos - 203.0.113.7, - 1 203.0.113.7");
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "documento" }, &p), OK);
    cr_expect_str_eq(consents(&f, p.id), "Ana Ríos - 203.0.113.7, Pedro Gil 1 203.0.113.7");
    fixture_close(&f);
}

/* The messages of a package as its page shows them: "event to state", joined. */
static const char *messages_of(struct fixture *f, int64_t package_id)
{
    struct notifications all;
    const char *out = "";

    cr_assert_eq(notifications_of_package(&f->c, package_id, &all), OK);
    for (size_t i = 0; i < all.n; i++)
        out = arena_printf(f->a, "%s%s%s %s %s", out, i > 0 ? ", " : "", all.v[i].event, all.v[i].recipient, all.v[i].state);
    return out;
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
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550102", "package_disputed"), 2);
    cr_assert_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550102", "package_disputed"), 1, "it has not arrived");
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
        cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, 0, rows[i].compared }, &p), OK);
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
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "documento" }, &p), OK, "%s",
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
    cr_expect_eq(db_scalar(f.db, 0, &newest, "+573005550102", "package_disputed"), 0, "nobody is told of a dispute");
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect_not(p.disputed);
    cr_assert_eq(package_events(&f.c, p.id, &history), OK);
    cr_expect(strstr(history.v[history.n - 1].text, "Pedro Gil") != NULL, "%s", history.v[history.n - 1].text);
    cr_expect_eq(open_claims(&f, p.id), 0);
    fixture_close(&f);
}

/* Fails where a claim is open on a package that is handed over or cancelled, or a package is marked wrongly. */
static void expect_no_claim_left(struct fixture *f, const char *what)
{
    cr_expect_eq(db_scalar(f->db, -1, &left_open), 0, "%s", what);
    cr_expect_eq(db_scalar(f->db, -1, &marked_wrongly), 0, "%s", what);
}

Test(claim, goes_to_its_oldest_claimant_when_what_was_announced_first_is_cancelled)
{
    struct fixture f;
    struct package old, p;
    struct claims all;
    struct package_events history;
    int64_t pedro;

    fixture_open(&f);
    old = disputed(&f, "GUIA0001");
    pedro = first_claim(&f, old.id);
    announce(&f, "Luz Mar", "300 555 0104", "GUIA0001");
    f.c.now += 60;
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ .id = old.id, .reason = "error_operador" }, &old), OK, "%s",
                 fixture_fault(&f));
    cr_expect_str_eq(old.state, "CANCELADO");
    cr_expect(strstr(text_to(&f, "+573005550102", "package_disputed"), "dos personas anunciaron la guía") != NULL);
    cr_assert_eq(package_by_guide(&f.c, "GUIA0001", &p), OK);
    cr_expect_str_eq(p.state, "ANUNCIADO");
    cr_expect_str_eq(p.customer_name, "Pedro Gil");
    cr_expect_eq(p.announced_at, f.c.now - 60, "since when he waits for it");
    cr_expect(p.disputed, "Luz claims it still");
    cr_assert_eq(claims_of(&f.c, p.id, &all), OK);
    cr_assert_eq(all.n, 2, "and Ana");
    cr_expect_str_eq(all.v[0].name, "Luz Mar");
    cr_expect(strstr(text_to(&f, "+573005550102", "package_announced"), p.tracking_code) != NULL);
    cr_expect(strstr(text_to(&f, "+573005550101", "package_cancelled"), "GUIA0001") != NULL);
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550104", "package_announced"), 0);
    cr_expect_eq(db_scalar(f.db, 0, &known_count, "+573005550102"), 0, "no clerk has met him");
    cr_assert_eq(claims_of(&f.c, old.id, &all), OK);
    cr_assert_eq(all.n, 1);
    cr_expect(all.v[0].id == pedro && strcmp(all.v[0].outcome, "suyo") == 0);
    cr_assert_eq(package_events(&f.c, p.id, &history), OK);
    cr_expect_str_eq(history.v[1].text, "La anunció antes otra persona, y ese anuncio se canceló");
    cr_expect_eq(package_undo(&f.c, old.id, &old), E_CONFLICT);
    expect_no_claim_left(&f, "cancelled");
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, 0, "documento" }, &p), OK, "%s", fixture_fault(&f));
    p = parcel_received(&f, .guide = "GUIA0001");
    cr_expect(strstr(text_to(&f, "+573005550102", "package_received"), package_pickup_code(&f.c, &p)) != NULL);
    fixture_close(&f);
}

Test(claim, goes_to_who_has_waited_less_than_thirty_days_when_what_was_announced_first_expires)
{
    struct fixture f;
    struct package p;
    int n;

    fixture_open(&f);
    p = disputed(&f, "GUIA0001");
    f.c.now += 20 * 86400;
    announce(&f, "Luz Mar", "300 555 0104", "GUIA0001");
    f.c.now += 10 * 86400 + 1;
    cr_assert_eq(package_expire(&f.c, 10, &n), OK);
    cr_assert_eq(n, 1);
    cr_assert_eq(package_by_guide(&f.c, "GUIA0001", &p), OK);
    cr_expect_str_eq(p.state, "ANUNCIADO");
    cr_expect_str_eq(p.customer_name, "Luz Mar");
    cr_expect(p.disputed, "Ana announced it first");
    cr_expect(strstr(text_to(&f, "+573005550102", "custom_message"), "no llegó en 30 días") != NULL, "%s",
              text_to(&f, "+573005550102", "custom_message"));
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550101", "custom_message"), 0);
    cr_assert_eq(package_expire(&f.c, 10, &n), OK);
    cr_expect_eq(n, 0, "ten days left");
    f.c.now += 20 * 86400;
    cr_assert_eq(package_expire(&f.c, 10, &n), OK);
    cr_expect_eq(n, 1);
    expect_no_claim_left(&f, "expired");
    cr_expect(strstr(text_to(&f, "+573005550101", "custom_message"), "no llegó en 30 días") != NULL, "Ana waits no more");
    fixture_close(&f);
}

/* Ways in which Ana's announcement, the first, ends while Pedro claims the guide. */
enum ending { ENDS_CANCELLED, ENDS_EXPIRED, ENDS_RECEPTION_UNDONE, ENDINGS };

static void end_announcement(struct fixture *f, enum ending how)
{
    struct package p;
    int n;

    announce_mail(f, "Ana Ríos", ANA, MAIL, "GUIA0001");
    f->c.now += how == ENDS_CANCELLED ? 60 : 30 * 86400 + 1;
    if (how == ENDS_RECEPTION_UNDONE) {
        cr_assert_eq(package_expire(&f->c, 10, &n), OK);
        p = parcel_received(f, .guide = "GUIA0001", .late_reason = "llegó tarde");
    } else {
        f->c.now -= 60;
    }
    f->c.address = "198.51.100.1";
    announce(f, "Pedro Gil", PEDRO, "GUIA0001");
    f->c.now += how == ENDS_RECEPTION_UNDONE ? 0 : 60;
    cr_assert_eq(package_by_guide(&f->c, "GUIA0001", &p), OK);
    cr_assert(p.disputed, "%d", how);
    if (how == ENDS_CANCELLED)
        cr_assert_eq(package_cancel(&f->c, &(struct cancel_in){ .id = p.id, .reason = "error_operador" }, &p), OK, "%s",
                     fixture_fault(f));
    else if (how == ENDS_EXPIRED)
        cr_assert_eq(package_expire(&f->c, 10, &n), OK);
    else
        cr_assert_eq(package_undo(&f->c, p.id, &p), OK, "%s", fixture_fault(f));
    cr_expect_str_eq(package_by_id(&f->c, p.id, &p) == OK ? p.state : "?", "CANCELADO", "%d", how);
}

Test(claim, is_what_remains_of_an_announcement_that_ended_so_that_who_inherits_the_guide_gets_no_code)
{
    for (enum ending how = 0; how < ENDINGS; how++) {
        struct fixture f;
        struct package p;
        struct package_events history;
        struct claims all;
        int64_t old;

        fixture_open(&f);
        f.c.address = "203.0.113.7";
        end_announcement(&f, how);
        cr_assert_eq(package_by_guide(&f.c, "GUIA0001", &p), OK);
        cr_expect_str_eq(p.customer_name, "Pedro Gil");
        cr_expect(p.disputed, "%d", how);
        cr_assert_eq(claims_of(&f.c, p.id, &all), OK);
        cr_assert_eq(all.n, 1, "%d", how);
        cr_expect_str_eq(all.v[0].name, "Ana Ríos");
        cr_expect_str_eq(all.v[0].phone, "+573005550101");
        cr_expect_str_eq(all.v[0].email, MAIL);
        cr_expect_eq(all.v[0].at, FIXTURE_NOW, "since when she waits for it");
        cr_expect_str_eq(consents(&f, p.id), arena_printf(f.a, "Ana Ríos %lld 203.0.113.7", (long long)all.v[0].id));
        cr_assert_eq(package_events(&f.c, p.id, &history), OK);
        cr_expect_str_eq(history.v[history.n - 1].text,
                         "Otra persona anunció la misma guía · Ana Ríos, 300 555 0101, ana@example.com");
        cr_expect(strstr(messages_of(&f, p.id), "package_disputed +573005550101 queued") != NULL, "%s", messages_of(&f, p.id));
        cr_expect(strstr(messages_of(&f, p.id), "package_disputed +573005550102 queued") != NULL, "%s", messages_of(&f, p.id));
        old = p.id;
        p = parcel_received(&f, .guide = "GUIA0001");
        cr_expect_eq(p.id, old);
        cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550102", "package_received"), 0, "%d: no code", how);
        cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "documento" }, &p), OK, "%s",
                     fixture_fault(&f));
        cr_expect(strstr(text_to(&f, "+573005550101", "package_received"), package_pickup_code(&f.c, &p)) != NULL);
        fixture_close(&f);
    }
}

/* Two announcements end, one after the other, within the thirty days: the first comes back to who made it. */
Test(claim, of_who_announced_before_all_others_is_the_next_to_inherit)
{
    struct fixture f;
    struct package p;
    struct claims all;

    fixture_open(&f);
    p = disputed(&f, "GUIA0001");
    f.c.now += 60;
    announce(&f, "Luz Mar", "300 555 0104", "GUIA0001");
    for (int i = 0; i < 2; i++) {
        f.c.now += 60;
        cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ .id = p.id, .reason = "error_operador" }, &p), OK, "%s",
                     fixture_fault(&f));
        cr_assert_eq(package_by_guide(&f.c, "GUIA0001", &p), OK);
    }
    cr_expect_str_eq(p.customer_name, "Ana Ríos");
    cr_assert_eq(claims_of(&f.c, p.id, &all), OK);
    cr_assert_eq(all.n, 2);
    cr_expect_str_eq(all.v[0].name, "Pedro Gil");
    cr_expect_str_eq(all.v[1].name, "Luz Mar");
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550104", "custom_message"), 0);
    fixture_close(&f);
}

/* Whoever claims a package is told what became of it, whatever it is cancelled for, and no claim stays open. */
Test(claim, is_told_its_end_when_the_package_that_it_is_about_is_gone)
{
    static const struct { const char *reason, *words; bool arrived; } rows[] = {
        { "paquete_danado", "quedó dañada", true }, { "paquete_perdido", "se dio por perdida", true },
        { "devuelto_transportadora", "se devolvió a la transportadora", true },
        { "rechazado_en_recepcion", "no se recibió", true }, { "error_operador", "se canceló", true },
        { "otro", "se canceló", true }, { "rechazado_en_recepcion", "no se recibió", false },
        { "devuelto_transportadora", "se devolvió a la transportadora", false },
        { "paquete_perdido", "se dio por perdida", false },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture f;
        struct package p;
        const char *text;

        fixture_open(&f);
        p = disputed(&f, "GUIA0001");
        if (rows[i].arrived)
            p = parcel_received(&f, .guide = "GUIA0001");
        cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, rows[i].reason, "porque sí" }, &p), OK, "%s",
                     fixture_fault(&f));
        text = text_to(&f, "+573005550102", "custom_message");
        cr_expect(strstr(text, rows[i].words) != NULL && strstr(text, "GUIA0001") != NULL, "%zu: %s", i, text);
        cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550101", "package_cancelled"), 1);
        expect_no_claim_left(&f, rows[i].reason);
        cr_assert_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
        cr_expect(p.disputed, "%zu: undone", i);
        cr_expect_eq(open_claims(&f, p.id), 1);
        cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550102", "custom_message"), 0, "%zu: taken back", i);
        fixture_close(&f);
    }
}

/* Whoever claims a guide could call as its owner, and have the dispute cancelled away. */
Test(claim, is_settled_before_one_of_two_can_have_the_parcel_cancelled)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = disputed(&f, "GUIA0001");
    cr_expect_eq(package_cancel(&f.c, &(struct cancel_in){ .id = p.id, .reason = "cliente_solicita" }, &p), E_CONFLICT);
    p = parcel_received(&f, .guide = "GUIA0001");
    cr_expect_eq(package_cancel(&f.c, &(struct cancel_in){ .id = p.id, .reason = "cliente_solicita" }, &p), E_CONFLICT);
    cr_expect(strstr(fixture_fault(&f), "diga primero de quién es") != NULL, "%s", fixture_fault(&f));
    fixture_close(&f);
}

Test(claim, of_what_a_clerk_received_unannounced_is_an_announcement_once_that_is_undone)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "GUIA0001");
    announce(&f, "Pedro Gil", PEDRO, "GUIA0001");
    cr_assert_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
    expect_no_claim_left(&f, "undone");
    cr_assert_eq(package_by_guide(&f.c, "GUIA0001", &p), OK);
    cr_expect_str_eq(p.state, "ANUNCIADO");
    cr_expect_str_eq(p.customer_name, "Pedro Gil");
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550102", "package_announced"), 1);
    fixture_close(&f);
}

Test(claim, that_is_lost_is_told_to_who_lost_it_without_saying_whose_the_parcel_is)
{
    struct fixture f;
    struct package p;
    const char *text;

    for (int first = 0; first < 2; first++) {
        const char *loser = first ? "+573005550102" : "+573005550101";

        fixture_open(&f);
        disputed(&f, "GUIA0001");
        p = parcel_received(&f, .guide = "GUIA0001");
        cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first ? 0 : first_claim(&f, p.id), "documento" },
                                  &p), OK, "%s", fixture_fault(&f));
        text = text_to(&f, loser, "custom_message");
        cr_expect(strstr(text, "comparamos la guía GUIA0001 que usted anunció, y es de otra persona") != NULL, "%s", text);
        cr_expect_null(strstr(text, first ? "Ana" : "Pedro"), "%s", text);
        cr_expect_eq(db_scalar(f.db, 0, &newest, p.customer_phone, "custom_message"), 0);
        fixture_close(&f);
    }
}

static const struct stmt reserves = STMT("t_claim_reserves", "ss",
    "SELECT group_concat(state || ' ' || reserve, ', ') FROM notifications WHERE recipient = $1 AND event = $2");

static const char *reserves_of(struct fixture *f, const char *e164, const char *event)
{
    struct rows q;
    const char *out;

    cr_assert_eq(db_one(f->db, &q, &reserves, e164, event), OK);
    out = db_dup(&q, 0, f->a);
    cr_assert_eq(db_end(&q), OK);
    return out;
}

Test(claim, is_told_when_strangers_have_spent_their_share_and_of_what_is_on_the_shelf_by_the_reserve)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    cr_assert_eq(setting_change(&f.c, NULL, 0, &(struct setting_change){ "sms.public_share", "0" }, 1), OK);
    p = disputed(&f, "GUIA0001");
    cr_expect_str_eq(reserves_of(&f, "+573005550101", "package_announced"), "suppressed 0");
    cr_expect_str_eq(reserves_of(&f, "+573005550101", "package_disputed"), "queued 0");
    cr_expect_str_eq(reserves_of(&f, "+573005550102", "package_disputed"), "queued 0");
    p = parcel_received(&f, .guide = "GUIA0001");
    cr_expect_str_eq(reserves_of(&f, "+573005550101", "package_disputed"), "queued 1", "it joined the one that waited");
    cr_expect(strstr(text_to(&f, "+573005550101", "package_disputed"), "la guía GUIA0001. Ya está") != NULL, "%s",
              text_to(&f, "+573005550101", "package_disputed"));
    cr_expect_str_eq(reserves_of(&f, "+573005550102", "package_disputed"), "queued 0, queued 1");
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ .id = p.id, .reason = "paquete_perdido" }, &p), OK, "%s",
                 fixture_fault(&f));
    cr_expect_str_eq(reserves_of(&f, "+573005550101", "package_cancelled"), "queued 1");
    f.c.now += 600;
    p = parcel_announced(&f, .phone = ANA, .guides = "GUIA0002");
    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ .id = p.id, .reason = "cliente_solicita" }, &p), OK, "%s",
                 fixture_fault(&f));
    cr_expect_str_eq(reserves_of(&f, "+573005550101", "package_cancelled"), "queued 1, queued 0");
    fixture_close(&f);
}

#define SENTENCE "SU NEQUI FUE BLOQUEADO LLAME YA 300 555 901"

/* Whoever writes a guide could have the point text it to any phone once a claim of that phone ends. */
Test(claim, that_ends_tells_no_guide_that_is_a_sentence)
{
    struct fixture f;
    struct package p;
    int n;

    fixture_open(&f);
    p = disputed(&f, SENTENCE "0");
    p = parcel_received(&f, .guide = SENTENCE "0");
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, 0, "documento" }, &p), OK, "%s", fixture_fault(&f));
    cr_expect(strstr(text_to(&f, "+573005550102", "custom_message"), "la guía …9010 que usted anunció, y es") != NULL,
              "%s", text_to(&f, "+573005550102", "custom_message"));
    disputed(&f, SENTENCE "1");
    f.c.now += 31 * 86400;
    cr_assert_eq(package_expire(&f.c, 10, &n), OK);
    cr_assert_eq(n, 1);
    cr_expect(strstr(text_to(&f, "+573005550102", "custom_message"), "la guía …9011 que usted anunció no llegó") != NULL,
              "%s", text_to(&f, "+573005550102", "custom_message"));
    fixture_close(&f);
}

Test(claim, that_ends_is_told_a_phone_so_many_times_an_hour_whoever_ends_it)
{
    static const enum actor_kind actors[] = { ACTOR_SYSTEM, ACTOR_USER };

    for (size_t i = 0; i < COUNT(actors); i++) {
        struct fixture f;
        struct package p;

        fixture_open(&f);
        cr_assert_eq(setting_change(&f.c, NULL, 0, &(struct setting_change){ "sms.public_hour", "2" }, 1), OK);
        for (int guide = 0; guide < 4; guide++) {
            int n;

            p = disputed(&f, arena_printf(f.a, "GUIA000%d", guide));
            f.c.actor = actors[i];
            if (actors[i] == ACTOR_USER) {
                cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ .id = p.id, .reason = "paquete_perdido" }, &p), OK,
                             "%s", fixture_fault(&f));
                continue;
            }
            f.c.now += 31 * 86400;
            cr_assert_eq(package_expire(&f.c, 10, &n), OK);
            cr_assert_eq(n, 1);
            f.c.now -= 31 * 86400;
        }
        cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550102", "custom_message"), 2, "%zu", i);
        fixture_close(&f);
    }
}

Test(claim, that_passes_when_an_announcement_expires_is_told_a_phone_so_many_times_an_hour)
{
    struct fixture f;
    int64_t before;
    int n;

    fixture_open(&f);
    cr_assert_eq(setting_change(&f.c, NULL, 0, &(struct setting_change){ "sms.public_hour", "2" }, 1), OK);
    for (int guide = 0; guide < 4; guide++)
        announce(&f, "Ana Ríos", ANA, arena_printf(f.a, "GUIA000%d", guide));
    f.c.now += 20 * 86400;
    for (int guide = 0; guide < 4; guide++)
        announce(&f, "Pedro Gil", PEDRO, arena_printf(f.a, "GUIA000%d", guide));
    f.c.now += 11 * 86400;
    f.c.actor = ACTOR_SYSTEM;
    before = db_scalar(f.db, 0, &newest, "+573005550101", "package_disputed");
    cr_assert_eq(package_expire(&f.c, 10, &n), OK);
    cr_assert_eq(n, 4);
    cr_expect_eq(db_scalar(f.db, 0, &told_since, "+573005550101", "package_disputed", before), 2);
    cr_expect_eq(db_scalar(f.db, 0, &told, "+573005550102", "package_announced"), 2, "who inherits them did not ask now");
    fixture_close(&f);
}

/* The end of a claim that strangers made up may cost no more than the claim itself. */
Test(claim, that_ends_spends_what_a_claim_does)
{
    static const struct { bool arrived; const char *why; } rows[] = {
        { false, "se agotó lo que los anuncios pueden gastar del presupuesto de SMS del día" }, { true, NULL },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture f;
        struct package p;
        struct message m;
        const char *why;

        fixture_open(&f);
        cr_assert_eq(setting_change(&f.c, NULL, 0, &(struct setting_change){ "sms.public_share", "0" }, 1), OK);
        p = disputed(&f, "GUIA0001");
        if (rows[i].arrived)
            p = parcel_received(&f, .guide = "GUIA0001");
        cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ .id = p.id, .reason = "paquete_perdido" }, &p), OK, "%s",
                     fixture_fault(&f));
        cr_assert_eq(notification_render(&f.c, db_scalar(f.db, 0, &newest, "+573005550102", "custom_message"), &m), OK);
        cr_assert_eq(sms_over_budget(&f.c, &(struct sms_price){ m.spends_as, m.reserve, 25 }, &why, NULL), OK);
        cr_expect(rows[i].why == NULL ? why == NULL : text_is(why, rows[i].why), "%zu: %s", i, why);
        fixture_close(&f);
    }
}
