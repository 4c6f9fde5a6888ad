/* Claims: what becomes of them when an announcement ends, and what their end tells. */
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

static const struct stmt told_since = STMT("t_claim_told_since", "ssi",
    "SELECT count(*) FROM notifications WHERE recipient = $1 AND event = $2 AND state = 'queued' AND id > $3");
static const struct stmt left_open = STMT("t_claims_left_open", "",
    "SELECT count(*) FROM claims k JOIN packages p ON p.id = k.package_id"
    " WHERE k.settled_at IS NULL AND p.state IN ('ENTREGADO', 'CANCELADO')");
static const struct stmt marked_wrongly = STMT("t_claims_marked", "",
    "SELECT count(*) FROM packages p WHERE disputed <>"
    " EXISTS (SELECT 1 FROM claims k WHERE k.package_id = p.id AND k.settled_at IS NULL)");
static const struct stmt known_count = STMT("t_claims_known", "s",
    "SELECT count(*) FROM customers WHERE phone = $1 AND known_at IS NOT NULL");

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
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550104", "package_announced"), 0);
    cr_expect_eq(db_scalar(f.db, 0, &known_count, "+573005550102"), 0, "no clerk has met him");
    cr_assert_eq(claims_of(&f.c, old.id, &all), OK);
    cr_assert_eq(all.n, 1);
    cr_expect(all.v[0].id == pedro && strcmp(all.v[0].outcome, "suyo") == 0);
    cr_assert_eq(package_events(&f.c, p.id, &history), OK);
    cr_expect_str_eq(history.v[1].text, "La anunció antes otra persona, y ese anuncio se canceló");
    cr_expect_eq(package_undo(&f.c, old.id, &old), E_CONFLICT);
    expect_no_claim_left(&f, "cancelled");
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, 0, "documento", NULL }, &p), OK, "%s", fixture_fault(&f));
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
    cr_expect(strstr(text_to(&f, "+573005550102", "claim_ended"), "no llegó en 30 días") != NULL, "%s",
              text_to(&f, "+573005550102", "claim_ended"));
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550101", "claim_ended"), 0);
    cr_assert_eq(package_expire(&f.c, 10, &n), OK);
    cr_expect_eq(n, 0, "ten days left");
    f.c.now += 20 * 86400;
    cr_assert_eq(package_expire(&f.c, 10, &n), OK);
    cr_expect_eq(n, 1);
    expect_no_claim_left(&f, "expired");
    cr_expect(strstr(text_to(&f, "+573005550101", "claim_ended"), "no llegó en 30 días") != NULL, "Ana waits no more");
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
        cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550102", "package_received"), 0, "%d: no code", how);
        cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "documento", NULL }, &p), OK, "%s",
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
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550104", "claim_ended"), 0);
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
        cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, rows[i].reason, "porque sí", NULL }, &p), OK, "%s",
                     fixture_fault(&f));
        text = text_to(&f, "+573005550102", "claim_ended");
        cr_expect(strstr(text, rows[i].words) != NULL && strstr(text, "GUIA0001") != NULL, "%zu: %s", i, text);
        cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550101", "package_cancelled"), 1);
        expect_no_claim_left(&f, rows[i].reason);
        cr_assert_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
        cr_expect(p.disputed, "%zu: undone", i);
        cr_expect_eq(open_claims(&f, p.id), 1);
        cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550102", "claim_ended"), 0, "%zu: taken back", i);
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
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550102", "package_announced"), 1);
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
        cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first ? 0 : first_claim(&f, p.id), "documento", NULL },
                                  &p), OK, "%s", fixture_fault(&f));
        text = text_to(&f, loser, "claim_ended");
        cr_expect(strstr(text, "comparamos la guía GUIA0001 que usted anunció, y es de otra persona") != NULL, "%s", text);
        cr_expect_null(strstr(text, first ? "Ana" : "Pedro"), "%s", text);
        cr_expect_eq(db_scalar(f.db, 0, &claim_newest, p.customer_phone, "claim_ended"), 0);
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
    cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, 0, "documento", NULL }, &p), OK, "%s", fixture_fault(&f));
    cr_expect(strstr(text_to(&f, "+573005550102", "claim_ended"), "la guía …9010 que usted anunció, y es") != NULL,
              "%s", text_to(&f, "+573005550102", "claim_ended"));
    disputed(&f, SENTENCE "1");
    f.c.now += 31 * 86400;
    cr_assert_eq(package_expire(&f.c, 10, &n), OK);
    cr_assert_eq(n, 1);
    cr_expect(strstr(text_to(&f, "+573005550102", "claim_ended"), "la guía …9011 que usted anunció no llegó") != NULL,
              "%s", text_to(&f, "+573005550102", "claim_ended"));
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
        cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550102", "claim_ended"), 2, "%zu", i);
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
    before = db_scalar(f.db, 0, &claim_newest, "+573005550101", "package_disputed");
    cr_assert_eq(package_expire(&f.c, 10, &n), OK);
    cr_assert_eq(n, 4);
    cr_expect_eq(db_scalar(f.db, 0, &told_since, "+573005550101", "package_disputed", before), 2);
    cr_expect_eq(db_scalar(f.db, 0, &claim_told, "+573005550102", "package_announced"), 2, "who inherits them did not ask now");
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
        cr_assert_eq(notification_render(&f.c, db_scalar(f.db, 0, &claim_newest, "+573005550102", "claim_ended"), &m), OK);
        cr_assert_eq(sms_over_budget(&f.c, &(struct sms_price){ m.event, m.reserve, 25 }, &why, NULL), OK);
        cr_expect(rows[i].why == NULL ? why == NULL : text_is(why, rows[i].why), "%zu: %s", i, why);
        fixture_close(&f);
    }
}

/* No SMS goes to a landline. */
Test(claim, that_is_lost_is_told_by_the_email_that_was_proved_to_be_theirs_where_no_sms_goes)
{
    static const struct { const char *email; bool proved, corrected; } rows[] = {
        { MAIL, true, false }, { MAIL, false, false }, { MAIL, true, true },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture f;
        struct package p;
        struct claims all;

        fixture_open(&f);
        if (rows[i].proved)
            p = parcel_announced(&f, .guides = "GUIA0001", .name = "Ana Ríos", .phone = LANDLINE, .email = rows[i].email);
        else
            announce_mail(&f, "Ana Ríos", LANDLINE, rows[i].email, "GUIA0001");
        announce(&f, "Pedro Gil", PEDRO, "GUIA0001");
        cr_assert_eq(package_by_guide(&f.c, "GUIA0001", &p), OK);
        f.c.role = ROLE_ADMIN;
        if (rows[i].corrected)
            cr_assert_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .name = "Pedro Gil", .phone = PEDRO,
                         .reason = "Lo dice la factura" }, &p), OK, "%s", fixture_fault(&f));
        else
            cr_assert_eq(claim_settle(&f.c, &(struct claim_settle_in){ p.id, first_claim(&f, p.id), "documento", NULL }, &p), OK,
                         "%s", fixture_fault(&f));
        cr_expect_eq(db_scalar(f.db, 0, &claim_told, MAIL, "claim_ended"), rows[i].proved, "%zu", i);
        if (rows[i].proved)
            cr_expect(strstr(text_to(&f, MAIL, "claim_ended"), rows[i].corrected ? "revisamos la guía GUIA0001 que usted anunció"
                             : "comparamos la guía GUIA0001 que usted anunció, y es de otra persona") != NULL, "%zu: %s", i,
                      text_to(&f, MAIL, "claim_ended"));
        cr_assert_eq(claims_of(&f.c, p.id, &all), OK);
        cr_expect_str_eq(all.v[0].compared, rows[i].corrected ? "correccion" : "documento");
        fixture_close(&f);
    }
}
