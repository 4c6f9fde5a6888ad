/* The life of a parcel: each transition, each refusal, undo, the chain of events. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/custody/history.h"
#include "domain/custody/undo.h"
#include "domain/handover/deliver.h"
#include "domain/handover/deliver_quote.h"
#include "domain/outbox/notification_render.h"
#include "domain/parcel/courier.h"
#include "domain/parcel/guide_told.h"
#include "domain/parcel/link.h"
#include "domain/parcel/own_guide.h"
#include "domain/parcel/package_announce.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_find.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/pickup.h"
#include "domain/parcel/texts.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt count_notes = STMT("t_notes", "s", "SELECT count(*) FROM notifications WHERE state = $1");
static const struct stmt count_jobs = STMT("t_jobs", "", "SELECT count(*) FROM jobs");
static const struct stmt used_positions = STMT("t_used", "", "SELECT sum(used) FROM positions");
static const struct stmt paid_total = STMT("t_paid", "", "SELECT coalesce(sum(amount), 0) FROM payments");
static const struct stmt edit_event = STMT("t_edit", "", "UPDATE package_events SET details = '{}'");
static const struct stmt drop_guard = STMT("t_guard", "", "DROP TRIGGER package_events_fixed");
static const struct stmt tries = STMT("t_tries", "", "SELECT coalesce(sum(count), 0) FROM throttles WHERE key = 'announce:all'");
static const struct stmt tariff = STMT("t_tariff", "i",
    "INSERT INTO rates (package_type, base_fee, storage_per_day, free_hours, valid_from, created_at)"
    " VALUES ('NORMAL', 9000, 5000, 1, $1, 0)");

static const struct stmt fill_all = STMT("t_fill_all", "i",
    "UPDATE packages SET carrier = 'carrier', received_at = coalesce(received_at, 12), delivered_at = 13, cancelled_at = 14,"
    " operation_id = 'operation', storage_days = 15, storage_fee = 16, total_fee = 17, discount = 3, receiver_name = 'receiver',"
    " cancel_reason = 'error_operador', announced_email = 'a@example.com', email_proof = 'celular', email_said_at = 18,"
    " pickup_version = 19, base_fee = 20, storage_per_day = 21, free_hours = 22, type = 'NORMAL', disputed = 1 WHERE id = $1");
static const struct stmt fill_customer = STMT("t_fill_customer", "", "UPDATE customers SET email = 'c@example.com', full_name = 'known'");

static struct package announce(struct fixture *f, const char *guide)
{
    return parcel_announced(f, .name = "Ana María Ríos", .phone = "300 123 4567", .email = "ana@ejemplo.com",
                            .guides = guide);
}

static enum err hand_over(struct fixture *f, const struct package *p, const char *code, int64_t amount)
{
    struct delivery out;
    struct deliver_in in = { .ids = &p->id, .count = 1, .code = code, .method = "efectivo", .amount = amount };

    return deliver_packages(&f->c, &in, &out);
}

/* The statement's columns stand in the order of the table's rows, and none of these is another's. */
Test(package, the_public_sees_the_same_members_as_those_of_the_whole_package)
{
    struct fixture f;
    struct package p, whole;

    fixture_open(&f);
    p = announce(&f, "SEEN12345678");
    cr_assert_eq(db_exec(f.db, NULL, &fill_customer), OK);
    cr_assert_eq(db_exec(f.db, NULL, &fill_all, p.id), OK);
    cr_assert_eq(package_by_id(&f.c, p.id, &whole), OK);
    for (int way = 0; way < 2; way++) {
        struct package seen;

        memset(&seen, 0xff, sizeof seen);
        cr_assert_eq(way ? package_seen_by_token(&f.c, link_token(&f.c, &p), &seen)
                         : package_seen_by_code(&f.c, p.tracking_code, &seen), OK);
        for (size_t i = 0; i < package_seen_fields.count; i++) {
            const struct field *m = &package_seen_fields.rows[i];

            if (field_is_text(m))
                cr_expect_str_eq(field_text(m, &seen), field_text(m, &whole), "%s", m->name);
            else
                cr_expect_eq(field_int(m, &seen), field_int(m, &whole), "%s", m->name);
            if (field_is_text(m))
                cr_expect_not_null(field_text(m, &seen), "%s says nothing", m->name);
            else
                cr_expect_neq(field_int(m, &seen), 0, "%s says nothing", m->name);
        }
        cr_expect_null(seen.public_token);
        cr_expect_eq(seen.declared_value + seen.position_id + seen.received_by + seen.last_event_id, 0);
    }
    fixture_close(&f);
}

Test(package, goes_from_announcement_to_hand_over_with_its_code_and_payment)
{
    struct fixture f;
    struct package p;
    struct package_events events;
    int64_t broken;
    const char *code;

    fixture_open(&f);
    p = announce(&f, "abc-123 456");
    cr_expect_str_eq(p.state, "ANUNCIADO");
    cr_expect_str_eq(p.guide_key, "ABC123456");
    cr_expect_eq(strlen(p.tracking_code), 6);
    cr_expect_eq(db_scalar(f.db, 0, &count_notes, "queued"), 3, "an SMS, the e-mail's question, and the e-mail that was confirmed");
    cr_expect_eq(db_scalar(f.db, 0, &count_jobs), 3);

    p = parcel_received(&f, .guide = "ABC123456");
    cr_expect_str_eq(p.state, "RECIBIDO");
    cr_expect_str_eq(p.position_code, "00");
    cr_expect_eq(p.base_fee, 1500);
    code = package_pickup_code(&f.c, &p);
    cr_expect_eq(strlen(code), 6);

    f.c.now += 86401;
    cr_expect_eq(hand_over(&f, &p, code, 2499), E_INVALID, "short by one peso");
    cr_expect_str_eq(f.c.fault.field, "amount");
    cr_expect_eq(hand_over(&f, &p, code, 2500), OK, "%s", fixture_fault(&f));
    cr_expect_eq(hand_over(&f, &p, code, 2500), E_CONFLICT, "only once");
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_expect_eq(p.total_fee, 2500);
    cr_expect_eq(p.storage_days, 1);
    cr_expect_eq(db_scalar(f.db, -1, &used_positions), 0);
    cr_expect_eq(db_scalar(f.db, -1, &paid_total), 2500);

    cr_assert_eq(package_events(&f.c, p.id, &events), OK);
    cr_expect_eq(events.n, 3);
    cr_expect_eq(package_chain_check(&f.c, p.id, &broken), OK);
    cr_assert_eq(db_exec(f.db, NULL, &edit_event), E_CONFLICT, "the database itself refuses an edit");
    cr_assert_eq(db_exec(f.db, NULL, &drop_guard), OK);
    cr_assert_eq(db_exec(f.db, NULL, &edit_event), OK);
    cr_expect_eq(package_chain_check(&f.c, p.id, &broken), E_CONFLICT, "an edited chain shows");
    fixture_close(&f);
}

Test(package, refuses_bad_announcements_and_names_every_wrong_field)
{
    struct fixture f;
    struct packages out;
    static const struct { struct announce_in in; const char *field; enum err e; } rows[] = {
        { { .name = "A", .phone = "3001234567", .guides = "ABC12345", .consent = true }, "name", E_INVALID },
        { { .name = "Ana Ríos", .phone = "12", .guides = "ABC12345", .consent = true }, "phone", E_INVALID },
        { { .name = "Ana Ríos", .phone = "3001234567", .guides = "", .consent = true }, "guides", E_INVALID },
        { { .name = "Ana Ríos", .phone = "3001234567", .guides = "AB", .consent = true }, "guides", E_INVALID },
        { { .name = "Ana Ríos", .phone = "3001234567", .guides = "ABC12345" }, "consent", E_INVALID },
        { { .name = "Ana Ríos", .phone = "3001234567", .email = "x@y", .guides = "ABC12345", .consent = true },
          "email", E_INVALID },
    };

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_expect_eq(package_announce(&f.c, &rows[i].in, &out), rows[i].e, "row %zu", i);
        cr_expect_str_eq(f.c.fault.field, rows[i].field, "row %zu", i);
        cr_expect(strlen(fixture_fault(&f)) > 10);
    }
    fixture_close(&f);
}

Test(package, announces_several_guides_all_or_none)
{
    struct fixture f;
    struct packages out;
    struct announce_in in = { .name = "Ana Ríos", .phone = "3001234567", .guides = "GUIA0001\nGUIA0002\nGUIA0003",
                              .consent = true };

    fixture_open(&f);
    cr_assert_eq(package_announce(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_expect_eq(out.n, 3);
    in.guides = "GUIA0004\nX";
    cr_expect_eq(package_announce(&f.c, &in, &out), E_INVALID);
    cr_expect_eq(package_by_guide(&f.c, "GUIA0004", &out.v[0]), E_NOT_FOUND);
    fixture_close(&f);
}

Test(package, announced_by_the_public_is_counted_by_parcels_and_when_all_have_too_many_the_point_is_open)
{
    struct fixture f;
    struct packages out;
    struct announce_in in = { .name = "Ana Ríos", .phone = "3001234567", .consent = true, .counted = true };

    fixture_open(&f);
    f.conf->announce_per_hour = 3;
    in.guides = "PARTE001\nPARTE002";
    cr_assert_eq(package_announce(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    in.guides = "PARTE003\nPARTE004";
    cr_expect_eq(package_announce(&f.c, &in, &out), E_THROTTLED, "four of three");
    in.guides = "PARTE005";
    cr_expect_eq(package_announce(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    in.guides = "PARTE001\nPARTE002";
    f.c.address = "10.0.0.1";
    cr_expect_eq(package_announce(&f.c, &in, &out), OK);
    cr_expect_eq(package_announce(&f.c, &in, &out), E_THROTTLED, "two guides were tried, two more are too many");
    for (int i = 0; i < 55; i++) {
        f.c.address = arena_printf(f.a, "10.1.%d.1", i);
        in.guides = arena_printf(f.a, "TODOS%03d", i);
        cr_assert_eq(package_announce(&f.c, &in, &out), OK, "%d: %s", i, fixture_fault(&f));
    }
    f.c.address = "10.2.0.1";
    in.guides = "TODOS999";
    cr_assert_eq(package_announce(&f.c, &in, &out), E_THROTTLED, "60 of all");
    cr_expect(strstr(fixture_fault(&f), "el punto recibe su paquete igual") != NULL, "%s", fixture_fault(&f));
    cr_expect_gt(f.c.fault.retry_after, 0);
    f.c.now += 3600;
    cr_expect_eq(package_announce(&f.c, &in, &out), OK);
    fixture_close(&f);
}

Test(package, announced_by_the_public_is_counted_within_the_hour_and_so_is_one_that_was_announced_before)
{
    struct fixture f;
    struct packages out;
    struct announce_in in = { .name = "Ana Ríos", .phone = "3001234567", .guides = "GUIA0001",
                              .consent = true, .counted = true };

    fixture_open(&f);
    f.conf->announce_per_hour = 3;
    f.c.operation_key = "p:0123456789abcdef";
    f.c.operation_print = "print";
    cr_assert_eq(package_announce(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_expect_eq(package_announce(&f.c, &in, &out), OK, "a replay announces nothing");
    cr_expect_eq(db_scalar(f.db, 0, &tries), 1);
    f.c.operation_key = NULL;
    cr_expect_eq(package_announce(&f.c, &in, &out), OK);
    cr_expect_eq(db_scalar(f.db, 0, &tries), 2);
    in.guides = "GUIA0002";
    cr_expect_eq(package_announce(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    in.guides = "GUIA0003";
    cr_expect_eq(package_announce(&f.c, &in, &out), E_THROTTLED);
    cr_expect_gt(f.c.fault.retry_after, 0);
    cr_expect_eq(package_by_guide(&f.c, "GUIA0003", &out.v[0]), E_NOT_FOUND);
    in.guides = "GUIA0001";
    cr_expect_eq(package_announce(&f.c, &in, &out), E_THROTTLED, "nor can guides be tried");
    f.c.now += 3600;
    cr_expect_eq(package_announce(&f.c, &in, &out), OK);
    in.counted = false;
    for (int i = 0; i < 4; i++)
        cr_expect_eq(package_announce(&f.c, &in, &out), OK, "at the counter nobody waits");
    fixture_close(&f);
}

Test(package, announced_under_a_key_is_told_again_for_a_day_and_after_it_the_key_is_free)
{
    struct fixture f;
    struct packages out;
    struct announce_in in = { .name = "Ana Ríos", .phone = "3001234567", .guides = "GUIA0001", .consent = true };

    fixture_open(&f);
    f.c.operation_key = "p:0123456789abcdef";
    f.c.operation_print = "print";
    cr_assert_eq(package_announce(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    f.c.now += 24 * 3600 - 1;
    cr_assert_eq(package_announce(&f.c, &in, &out), OK);
    cr_expect(f.c.replayed);
    f.c.operation_print = "another";
    cr_expect_eq(package_announce(&f.c, &in, &out), E_INVALID, "nor may another request have it");
    f.c.now++;
    f.c.replayed = false;
    in.guides = "GUIA0002";
    cr_assert_eq(package_announce(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_expect_not(f.c.replayed);
    cr_expect_str_eq(out.v[0].guide_number, "GUIA0002");
    fixture_close(&f);
}

Test(package, keeps_the_tariff_of_its_announcement)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    announce(&f, "OLDRATE1");
    cr_assert_eq(db_exec(f.db, NULL, &tariff, (int64_t)FIXTURE_NOW + 100), OK);
    f.c.now += 1000;
    p = parcel_received(&f, .guide = "OLDRATE1");
    cr_expect_eq(p.base_fee, 1500);
    p = parcel_received(&f, .guide = "NEWRATE1");
    cr_expect_eq(p.base_fee, 9000);
    fixture_close(&f);
}

Test(package, received_unannounced_waits_for_its_person_and_is_told_once_known)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "NOBODY01");
    cr_expect_eq(p.customer_id, 0);
    cr_expect_eq(db_scalar(f.db, 0, &count_notes, "queued"), 0);
    cr_assert_eq(package_identify(&f.c, &(struct identify_in){ .id = p.id, .name = "Luis Ñáñez", .phone = "3005559876" }, &p), OK, "%s",
                 fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, 0, &count_notes, "queued"), 1);
    cr_expect_eq(package_identify(&f.c, &(struct identify_in){ .id = p.id, .name = "Otra Persona", .phone = "3005559877" }, &p), E_CONFLICT);
    fixture_close(&f);
}

Test(package, a_parcel_nobody_announced_is_a_known_persons_by_choosing_them)
{
    struct fixture f;
    struct package first, p;
    struct receive_in in = { .guide = "KNOWN002" };

    fixture_open(&f);
    first = parcel_received(&f, .guide = "KNOWN001", .name = "Luis Ñáñez", .phone = "3005559876");
    in.who = "luis";
    cr_expect_eq(package_receive(&f.c, &in, &p), E_INVALID, "looked for, and nobody chosen");
    cr_expect_str_eq(f.c.fault.field, "who");
    in.customer_id = first.customer_id, in.name = "Otra Persona", in.phone = "3005559877";
    cr_expect_eq(package_receive(&f.c, &in, &p), E_INVALID, "two owners");
    in.name = in.phone = NULL;
    cr_assert_eq(package_receive(&f.c, &in, &p), OK, "%s", fixture_fault(&f));
    cr_expect_eq(p.customer_id, first.customer_id);
    cr_expect_str_eq(p.customer_name, "Luis Ñáñez");
    cr_expect_str_eq(p.announced_phone, "+573005559876");
    p = parcel_received(&f, .guide = "KNOWN003");
    cr_assert_eq(package_identify(&f.c, &(struct identify_in){ .id = p.id, .customer_id = first.customer_id }, &p), OK, "%s",
                 fixture_fault(&f));
    cr_expect_eq(p.customer_id, first.customer_id);
    fixture_close(&f);
}

Test(package, boxes_without_a_guide_get_numbers_of_their_own_and_a_mistyped_one_is_refused)
{
    static const char *const none[] = { "SIN GUIA", "s/g", "sin guía", "NO TIENE", "Sin guia", "S.G." };
    struct fixture f;
    struct package p, again;
    const char *last = "";

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(none); i++) {
        p = parcel_received(&f, .guide = none[i], .in_series = i % 2 == 1, .in_batch = i % 2 == 1);
        cr_expect(own_guide_is(p.guide_key) && !streq(p.guide_number, last), "«%s» is %s", none[i], p.guide_number);
        cr_expect_null(courier_guess(p.guide_key));
        cr_expect_str_eq(guide_told(f.a, &p), "su paquete");
        last = p.guide_number;
    }
    p = parcel_received(&f, .no_guide = true);
    cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = p.guide_number }, &again), E_CONFLICT, "it is there already");
    cr_assert_eq(package_by_scan(&f.c, p.guide_number, &again), OK);
    cr_expect_eq(again.id, p.id);
    for (size_t i = 2; i < strlen(p.guide_number); i++) {
        char *wrong = arena_strdup(f.a, p.guide_number);

        wrong[i] = wrong[i] == '9' ? '0' : (char)(wrong[i] + 1);
        cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = wrong }, &again), E_INVALID, "%s", wrong);
        cr_expect_eq(f.c.fault.text, T_OWN_GUIDE_TYPED, "%s", wrong);
    }
    cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = "SG00099911" }, &again), E_INVALID, "never given");
    cr_expect_eq(f.c.fault.text, T_OWN_GUIDE_NONE);
    fixture_close(&f);
}

Test(package, nobody_announces_a_box_without_a_guide)
{
    static const char *const refused[] = { "sin guía", "SG00000195", "no tiene" };
    struct fixture f;
    struct packages out;

    fixture_open(&f);
    parcel_received(&f, .no_guide = true);
    for (size_t i = 0; i < COUNT(refused); i++)
        cr_expect_eq(package_announce(&f.c, &(struct announce_in){ .name = "Ana Ríos", .phone = "3005550001", .consent = true,
                                                                   .guides = refused[i] }, &out), E_INVALID, "%s", refused[i]);
    fixture_close(&f);
}

Test(package, no_parcel_is_of_somebody_whom_only_a_stranger_named)
{
    struct fixture f;
    struct package said, p;

    fixture_open(&f);
    f.c.actor = ACTOR_CUSTOMER;
    said = parcel_announced(&f, .name = "Eva Paz", .phone = "3005559878", .guides = "SAID0001");
    f.c.actor = ACTOR_USER;
    cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = "SAID0002", .customer_id = said.customer_id }, &p), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "who");
    cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = "SAID0002", .customer_id = 999 }, &p), E_INVALID);
    p = parcel_received(&f, .guide = "SAID0002");
    cr_expect_eq(package_identify(&f.c, &(struct identify_in){ .id = p.id, .customer_id = said.customer_id }, &p), E_INVALID);
    cr_expect_eq(package_identify(&f.c, &(struct identify_in){ .id = p.id }, &p), E_INVALID, "nobody was said");
    fixture_close(&f);
}

Test(package, undo_brings_back_the_state_before_and_takes_the_message_back)
{
    struct fixture f;
    struct package p;
    int64_t queued;

    fixture_open(&f);
    p = announce(&f, "UNDO0001");
    queued = db_scalar(f.db, 0, &count_notes, "queued");
    p = parcel_received(&f, .guide = "UNDO0001");
    cr_expect_eq(db_scalar(f.db, 0, &count_notes, "queued"), queued, "those of the announcement are withdrawn");
    f.c.user_id = 2;
    cr_expect_eq(package_undo(&f.c, p.id, &p), E_FORBIDDEN, "only who did it");
    f.c.user_id = 1;
    cr_assert_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(p.state, "ANUNCIADO");
    cr_expect_eq(db_scalar(f.db, -1, &used_positions), 0);
    cr_expect_eq(db_scalar(f.db, 0, &count_notes, "queued"), queued, "those of the announcement wait again");
    cr_expect_eq(db_scalar(f.db, 0, &count_notes, "cancelled"), 2);

    p = parcel_received(&f, .guide = "UNDO0001");
    cr_expect_eq(db_scalar(f.db, 0, &count_notes, "queued"), queued, "told again");
    cr_assert_eq(hand_over(&f, &p, package_pickup_code(&f.c, &p), 1500), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(p.state, "RECIBIDO");
    cr_expect_eq(db_scalar(f.db, -1, &paid_total), 0, "the payment is reversed");

    cr_assert_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, "cliente_solicita", NULL, NULL }, &p), OK);
    cr_assert_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(p.state, "RECIBIDO");
    f.c.now += 31;
    cr_expect_eq(package_undo(&f.c, p.id, &p), E_CONFLICT, "the undo itself cannot be undone");
    fixture_close(&f);
}

Test(package, undo_of_one_received_unannounced_cancels_it)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = parcel_received(&f, .guide = "SLIP0001");
    cr_assert_eq(package_undo(&f.c, p.id, &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(p.state, "CANCELADO");
    cr_expect_str_eq(p.cancel_reason, "error_operador");
    parcel_received(&f, .guide = "SLIP0001");
    fixture_close(&f);
}

Test(package, a_late_parcel_of_an_expired_announcement_needs_a_reason)
{
    struct fixture f;
    struct package p;
    int expired;

    fixture_open(&f);
    p = announce(&f, "LATE0001");
    f.c.now += 31 * DAY_SECONDS;
    cr_assert_eq(package_expire(&f.c, 100, &expired), OK);
    cr_expect_eq(expired, 1);
    cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = "LATE0001" }, &p), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "late_reason");
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "LATE0001", .late_reason = "paro de transporte" },
                                 &p), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(p.state, "RECIBIDO");
    fixture_close(&f);
}

/* The carrier is the one named at reception, else at the announcement, else the one that the guide's form
 * suggests. */
Test(package, has_the_carrier_that_somebody_named_or_that_its_guide_suggests)
{
    struct fixture f;
    struct packages out;
    struct package p;

    fixture_open(&f);
    cr_assert_eq(package_announce(&f.c, &(struct announce_in){ .name = "Rosa Prueba", .phone = "300 555 0199",
        .guides = "9123456780\n9123456781", .carrier = "TCC", .consent = true }, &out), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "9123456782", .carrier = "" }, &p), OK);
    cr_expect_str_eq(p.carrier, "Servientrega");
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "9123456783", .carrier = "Envía" }, &p), OK);
    cr_expect_str_eq(p.carrier, "Envía");
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "9123456780" }, &p), OK);
    cr_expect_str_eq(p.carrier, "TCC");
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "9123456781", .carrier = "Envía" }, &p), OK);
    cr_expect_str_eq(p.carrier, "Envía");
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "COMONINGUNA" }, &p), OK);
    cr_expect_null(p.carrier);
    fixture_close(&f);
}

Test(package, damage_needs_a_photo_and_a_note_and_a_full_position_is_refused)
{
    struct fixture f;
    struct package p;

    fixture_open(&f);
    cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = "DAMAGE01", .condition = "ABIERTO" }, &p), E_INVALID);
    cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = "PLACE001", .position = "07" }, &p), OK);
    cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = "PLACE002", .position = "07" }, &p), E_CONFLICT);
    cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = "PLACE002", .position = "ZZ" }, &p), E_INVALID);
    cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = "PLACE002", .position = "piso" }, &p), OK);
    cr_expect_eq(package_move(&f.c, &(struct move_in){ p.id, "07" }, &p), E_CONFLICT);
    cr_expect_eq(package_move(&f.c, &(struct move_in){ p.id, "08" }, &p), OK);
    cr_expect_str_eq(p.position_code, "08");
    fixture_close(&f);
}

Test(package, one_hundred_and_one_parcels_find_room_on_one_hundred_positions)
{
    struct fixture f;
    struct package p = { 0 };

    fixture_open(&f);
    for (int i = 0; i < 101; i++)
        p = parcel_received(&f, .guide = arena_printf(f.a, "ROOM%04d", i));
    cr_expect_str_eq(p.position_code, "PISO");
    fixture_close(&f);
}

Test(deliver, one_code_releases_all_of_a_person_and_no_one_elses)
{
    struct fixture f;
    struct package a, b, other;
    struct deliver_quote q;
    struct delivery out;
    int64_t ids[2];
    struct deliver_in in = { .ids = ids, .count = 2, .method = "nequi", .amount = 3000 };

    fixture_open(&f);
    announce(&f, "MINE0001\nMINE0002");
    a = parcel_received(&f, .guide = "MINE0001");
    b = parcel_received(&f, .guide = "MINE0002");
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "ELSE0001", .name = "Otra Persona",
                                 .phone = "3005552233" }, &other), OK, "%s", fixture_fault(&f));
    cr_assert_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .code = package_pickup_code(&f.c, &b) }, &q), OK);
    cr_expect_eq(q.n, 2);
    cr_expect_eq(q.total, 3000);
    ids[0] = a.id;
    ids[1] = other.id;
    in.code = package_pickup_code(&f.c, &a);
    in.reference = "M123";
    cr_expect_eq(deliver_packages(&f.c, &in, &out), E_CONFLICT, "a box that is not theirs");
    ids[1] = b.id;
    in.reference = NULL;
    cr_expect_eq(deliver_packages(&f.c, &in, &out), E_INVALID, "nequi needs a reference");
    in.reference = "M123";
    cr_expect_eq(deliver_packages(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_expect_eq(out.paid, 3000);
    fixture_close(&f);
}

/* Two with one phone who share one word of their names are one customer. */
Test(deliver, a_code_opens_what_is_in_the_same_name_and_nothing_of_who_has_the_same_phone)
{
    static const struct stmt messages = STMT("t_arrivals", "", "SELECT count(*) FROM notifications WHERE event = 'package_received'");
    struct fixture f;
    struct package ruiz, gomez, more;
    struct deliver_quote q;
    struct delivery out;
    int64_t ids[2];
    struct deliver_in in = { .ids = ids, .count = 2, .method = "nequi", .amount = 3000, .reference = "M123" };

    fixture_open(&f);
    ruiz = parcel_shelved(&f, .name = "María Ruiz", .phone = "300 555 0101", .guides = "RUIZ0001");
    gomez = parcel_shelved(&f, .name = "María Gómez", .phone = "300 555 0101", .guides = "GOMEZ0001");
    cr_assert_eq(gomez.customer_id, ruiz.customer_id);
    cr_expect_eq(db_scalar(f.db, 0, &messages), 2, "each is told her own code");
    more = parcel_shelved(&f, .name = "GOMEZ, Maria Luz", .phone = "300 555 0101", .guides = "GOMEZ0002");
    in.code = package_pickup_code(&f.c, &gomez);
    cr_assert_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .code = in.code }, &q), OK, "%s", fixture_fault(&f));
    cr_assert_eq(q.n, 2);
    for (size_t i = 0; i < q.n; i++)
        cr_expect_neq(q.v[i].package.id, ruiz.id);
    ids[0] = gomez.id;
    ids[1] = ruiz.id;
    cr_expect_eq(deliver_packages(&f.c, &in, &out), E_CONFLICT);
    cr_expect(strstr(fixture_fault(&f), "la guía RUIZ0001, que está a nombre de María Ruiz") != NULL, "%s", fixture_fault(&f));
    ids[0] = ruiz.id;
    in.count = 1;
    in.amount = 1500;
    cr_expect_eq(deliver_packages(&f.c, &in, &out), E_CONFLICT);
    ids[0] = gomez.id;
    ids[1] = more.id;
    in.count = 2;
    in.amount = 3000;
    cr_expect_eq(deliver_packages(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

/* "José Luis" is José Luis Gómez while nobody else with that phone could be meant. */
Test(deliver, a_code_opens_no_parcel_of_a_longer_name_where_two_people_with_the_phone_have_the_shorter_one)
{
    static const char *const names[] = { "José Luis", "José Luis Gómez", "José Luis Pérez" };
    struct fixture f;
    struct package p[COUNT(names)];
    struct deliver_quote q;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(names); i++) {
        p[i] = parcel_shelved(&f, .name = names[i], .phone = "300 555 0101", .guides = arena_printf(f.a, "JOSE000%zu", i));
        cr_assert_eq(p[i].customer_id, p[0].customer_id);
        for (size_t j = 0; j <= i; j++) {
            cr_assert_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .code = package_pickup_code(&f.c, &p[j]) }, &q), OK);
            cr_expect_eq(q.n, i == 1 ? 2 : 1, "of %zu the code of %zu opens %zu", i, j, q.n);
        }
    }
    fixture_close(&f);
}

Test(deliver, a_code_opens_with_what_is_in_the_customers_name_what_has_no_name_of_its_own)
{
    static const struct stmt nameless = STMT("t_nameless", "i", "UPDATE packages SET announced_name = NULL WHERE id = $1");
    struct fixture f;
    struct package first, second, other;
    struct deliver_quote q;

    fixture_open(&f);
    first = parcel_shelved(&f, .name = "María Ruiz", .phone = "300 555 0101", .guides = "RUIZ0001");
    second = parcel_shelved(&f, .name = "María Ruiz", .phone = "300 555 0101", .guides = "RUIZ0002");
    other = parcel_shelved(&f, .name = "María Gómez", .phone = "300 555 0101", .guides = "GOMEZ0001");
    cr_assert_eq(db_exec(f.db, NULL, &nameless, second.id), OK);
    cr_assert_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .code = package_pickup_code(&f.c, &first) }, &q), OK);
    cr_expect_eq(q.n, 2);
    cr_assert_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .code = package_pickup_code(&f.c, &second) }, &q), OK);
    cr_expect_eq(q.n, 2);
    cr_assert_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .code = package_pickup_code(&f.c, &other) }, &q), OK);
    cr_expect_eq(q.n, 1);
    fixture_close(&f);
}

Test(deliver, pauses_after_five_wrong_codes_and_asks_identity_for_an_override)
{
    struct fixture f;
    struct package p;
    struct deliver_quote q;
    struct delivery out;
    struct package_events events;
    struct deliver_in in = { .count = 1, .method = "efectivo", .amount = 1500, .override_reason = "sin_telefono",
                             .receiver_name = "Ana Ríos", .receiver_document_type = "CC",
                             .receiver_document_last4 = "1234" };

    fixture_open(&f);
    announce(&f, "CODE0001");
    p = parcel_received(&f, .guide = "CODE0001");
    in.ids = &p.id;
    for (int i = 0; i < 5; i++)
        cr_expect_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .code = "12" }, &q), E_NOT_FOUND, "try %d", i);
    cr_expect_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .code = "12" }, &q), E_THROTTLED);
    cr_expect_eq(f.c.fault.retry_after, 60);
    f.c.now += 59;
    cr_expect_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .code = "12" }, &q), E_THROTTLED);
    f.c.now++;
    cr_expect_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .code = "12" }, &q), E_NOT_FOUND, "after a minute");
    cr_expect_eq(deliver_packages(&f.c, &in, &out), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "identity_checked");
    in.identity_checked = true;
    in.discount = 500;
    in.discount_reason = "caja mojada";
    in.amount = 1000;
    cr_expect_eq(deliver_packages(&f.c, &in, &out), E_FORBIDDEN, "a discount is for ADMIN");
    f.c.role = ROLE_ADMIN;
    cr_expect_eq(deliver_packages(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_expect_eq(out.paid, 1000);
    cr_assert_eq(package_events(&f.c, p.id, &events), OK);
    cr_expect_str_eq(events.v[events.n - 1].text, "Entregado · sin código: No tiene el celular a mano · descuento $500");
    fixture_close(&f);
}

Test(deliver, counts_wrong_codes_within_ten_minutes)
{
    struct fixture f;
    struct deliver_quote q;

    fixture_open(&f);
    for (int i = 0; i < 4; i++)
        cr_expect_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .code = "12" }, &q), E_NOT_FOUND, "try %d", i);
    f.c.now += 599;
    cr_expect_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .code = "12" }, &q), E_NOT_FOUND, "the fifth");
    cr_expect_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .code = "12" }, &q), E_THROTTLED);
    fixture_close(&f);
}

Test(operation, acts_once_however_often_it_is_sent)
{
    struct fixture f;
    struct package p, again;

    fixture_open(&f);
    f.c.operation_key = "u1:0123456789abcdef";
    f.c.operation_print = "print";
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "TWICE001" }, &p), OK);
    cr_expect(!f.c.replayed);
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .guide = "TWICE001" }, &again), OK, "%s",
                 fixture_fault(&f));
    cr_expect(f.c.replayed);
    cr_expect_eq(again.id, p.id);
    f.c.operation_print = "other";
    cr_expect_eq(package_receive(&f.c, &(struct receive_in){ .guide = "TWICE002" }, &again), E_INVALID);
    fixture_close(&f);
}

Test(find, answers_to_code_guide_phone_name_and_position)
{
    struct fixture f;
    struct package p;
    struct packages out;

    fixture_open(&f);
    announce(&f, "FIND-0001");
    p = parcel_received(&f, .guide = "FIND0001");
    const char *const words[] = { p.tracking_code, "find 0001", "FIND00", "300 123 4567", "ana m", "rios", "RÍOS", "00" };
    for (size_t i = 0; i < COUNT(words); i++) {
        cr_assert_eq(package_find(&f.c, words[i], 10, &out), OK);
        cr_expect_eq(out.n, 1, "«%s» finds %zu", words[i], out.n);
    }
    cr_assert_eq(package_find(&f.c, "nadie", 10, &out), OK);
    cr_expect_eq(out.n, 0);
    fixture_close(&f);
}

Test(notification, renders_the_code_that_the_counter_will_accept)
{
    struct fixture f;
    struct package p;
    struct message m;
    static const struct stmt last_sms = STMT("t_last", "", "SELECT max(id) FROM notifications WHERE channel = 'sms'");
    static const struct stmt leaked = STMT("t_leak", "s", "SELECT count(*) FROM notifications WHERE instr(variables, $1)");

    fixture_open(&f);
    announce(&f, "TELL0001");
    p = parcel_received(&f, .guide = "TELL0001");
    cr_assert_eq(notification_render(&f.c, db_scalar(f.db, 0, &last_sms), &m), OK);
    cr_expect(strstr(m.text, package_pickup_code(&f.c, &p)) != NULL, "%s", m.text);
    cr_expect(strstr(m.text, link_address(&f.c, &p)) != NULL);
    cr_expect(strchr(m.text, '{') == NULL, "every variable is known: %s", m.text);
    cr_expect_eq(db_scalar(f.db, -1, &leaked, package_pickup_code(&f.c, &p)), 0, "the code is stored nowhere");
    fixture_close(&f);
}

Test(pickup, has_six_digits_of_all_kinds_and_another_code_with_each_version)
{
    struct fixture f;
    bool first[10] = { false };
    int kinds = 0;

    fixture_open(&f);
    for (int64_t id = 1; id <= 200; id++) {
        struct package p = { .id = id, .pickup_version = 1 };
        const char *code = package_pickup_code(&f.c, &p), *other;

        cr_assert(strlen(code) == 6 && strspn(code, "0123456789") == 6, "%s", code);
        first[code[0] - '0'] = true;
        p.pickup_version = 2;
        other = package_pickup_code(&f.c, &p);
        cr_expect_str_neq(code, other);
    }
    for (int i = 0; i < 10; i++)
        kinds += first[i];
    cr_expect_eq(kinds, 10, "every first digit comes: %d", kinds);
    fixture_close(&f);
}

/* Pairs of changes to one column of an event, the second of which puts it back. */
#define EDIT(column, value) STMT("t_edit_event", "i", "UPDATE package_events SET " column " = " value " WHERE id = $1")
static const struct stmt event_edits[] = {
    EDIT("at", "at + 1"), EDIT("at", "at - 1"), EDIT("user_id", "2"), EDIT("user_id", "1"), EDIT("actor", "'system'"),
    EDIT("actor", "'user'"), EDIT("kind", "'INVENTARIO'"), EDIT("kind", "'REUBICACION'"), EDIT("state_before", "'ANUNCIADO'"),
    EDIT("state_before", "'RECIBIDO'"), EDIT("state_after", "'ENTREGADO'"), EDIT("state_after", "'RECIBIDO'"),
    EDIT("details", "details || ' '"), EDIT("details", "rtrim(details)"), EDIT("undoes", "1"), EDIT("undoes", "NULL"),
    EDIT("hash", "zeroblob(32)"),
};
static const struct stmt event_guard = STMT("t_event_guard", "", "DROP TRIGGER package_events_fixed");

Test(chain, shows_an_edit_of_any_column_of_an_event)
{
    struct fixture f;
    struct package p;
    int64_t broken;

    fixture_open(&f);
    announce(&f, "CADENA001");
    p = parcel_received(&f, .guide = "CADENA001");
    cr_assert_eq(package_move(&f.c, &(struct move_in){ p.id, NULL }, &p), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_note(&f.c, &(struct note_in){ p.id, "Va con la de arriba" }), OK);
    cr_assert_eq(db_exec(f.db, NULL, &event_guard), OK);
    for (size_t i = 0; i < COUNT(event_edits); i++) {
        const bool whole = i % 2 == 1;

        cr_assert_eq(db_exec(f.db, NULL, &event_edits[i], p.last_event_id), OK, "%s", event_edits[i].sql);
        cr_expect_eq(package_chain_check(&f.c, p.id, &broken), whole ? OK : E_CONFLICT, "%s", event_edits[i].sql);
        cr_expect_eq(broken, whole ? 0 : p.last_event_id, "%s", event_edits[i].sql);
    }
    fixture_close(&f);
}

Test(chain, of_an_event_hangs_on_the_one_before)
{
    static const struct stmt gone = STMT("t_event_gone", "i", "DELETE FROM package_events WHERE id = $1");
    static const struct stmt first_of = STMT("t_event_first", "i", "SELECT min(id) FROM package_events WHERE package_id = $1");
    static const struct stmt keeper = STMT("t_event_keeper", "", "DROP TRIGGER package_events_kept");
    struct fixture f;
    struct package p;
    int64_t broken, first;

    fixture_open(&f);
    announce(&f, "CADENA002");
    p = parcel_received(&f, .guide = "CADENA002");
    cr_assert_eq(package_move(&f.c, &(struct move_in){ p.id, NULL }, &p), OK, "%s", fixture_fault(&f));
    first = db_scalar(f.db, 0, &first_of, p.id);
    cr_assert(first > 0 && first < p.last_event_id);
    cr_assert_eq(db_exec(f.db, NULL, &event_guard), OK);
    cr_assert_eq(db_exec(f.db, NULL, &keeper), OK);
    cr_assert_eq(db_exec(f.db, NULL, &gone, first), OK);
    cr_expect_eq(package_chain_check(&f.c, p.id, &broken), E_CONFLICT, "a missing first event shows");
    fixture_close(&f);
}
