/* Payments that belong to no hand-over: what is charged for a cancelled package, and what is missing of
 * one that was handed over; who may take them, in which drawer, and where they show. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/custody/history.h"
#include "domain/custody/undo.h"
#include "domain/handover/deliver.h"
#include "domain/money/cash.h"
#include "domain/money/texts.h"
#include "domain/parcel/package_announce.h"
#include "domain/parcel/package_change.h"
#include "domain/parcel/package_receive.h"
#include "domain/parcel/pickup.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt audited = STMT("t_payment_audited", "",
    "SELECT count(*) FROM audit_log WHERE action = 'payment_record'");
static const struct stmt rows_of = STMT("t_payment_rows", "i", "SELECT count(*) FROM payments WHERE package_id = $1");

static struct package shelve(struct fixture *f, const char *guide)
{
    return parcel_received(f, .guide = guide, .name = "Ana Ríos", .phone = "3005550101");
}

static struct package cancelled(struct fixture *f, const char *guide)
{
    struct package p = shelve(f, guide);

    cr_assert_eq(package_cancel(&f->c, &(struct cancel_in){ p.id, "devuelto_transportadora", NULL, NULL }, &p), OK);
    f->c.now += 60;
    return p;
}

static struct package handed_over(struct fixture *f, const char *guide, struct payments *paid)
{
    struct package p = shelve(f, guide);
    struct delivery out;
    struct deliver_in in = { .ids = &p.id, .count = 1, .code = package_pickup_code(&f->c, &p), .method = "efectivo",
                             .amount = 1500 };

    cr_assert_eq(deliver_packages(&f->c, &in, &out), OK, "%s", fixture_fault(f));
    cr_assert_eq(payments_of(&f->c, p.id, paid), OK);
    f->c.now += 60;
    return out.packages.v[0];
}

static enum err record(struct fixture *f, int64_t id, const char *method, int64_t amount, struct payment *out)
{
    return payment_record(&f->c, &(struct payment_record_in){ id, method, amount,
        streq(method, "efectivo") ? NULL : "N-1", "Bodegaje acordado" }, out);
}

static void as(struct fixture *f, int64_t user, enum role role)
{
    f->c.user_id = user;
    f->c.role = role;
}

Test(payment, of_a_cancelled_package_is_recorded_with_its_reason)
{
    struct fixture f;
    struct package p;
    struct payment one;
    struct payments all;
    struct package_events events;

    fixture_open(&f);
    p = cancelled(&f, "CANCEL01");
    cr_assert_eq(record(&f, p.id, "nequi", 12000, &one), OK, "%s", fixture_fault(&f));
    cr_expect_eq(one.amount, 12000);
    cr_expect_str_eq(one.reference, "N-1");
    cr_expect_str_eq(one.reason, "Bodegaje acordado");
    cr_expect(payment_by_hand(&one));
    cr_expect_eq(db_scalar(f.db, -1, &audited), 1);
    cr_assert_eq(package_events(&f.c, p.id, &events), OK);
    cr_expect_str_eq(events.v[events.n - 1].text, "Pago de $12.000 anotado · Bodegaje acordado");
    cr_assert_eq(record(&f, p.id, "efectivo", 1000000, &one), OK, "and another one");
    cr_assert_eq(payments_of(&f.c, p.id, &all), OK);
    cr_expect_eq(payments_sum(&all), 12000 + 1000000);
    cr_expect_eq(package_undo(&f.c, p.id, &p), E_CONFLICT, "something has built on the cancellation");
    fixture_close(&f);
}

Test(payment, that_cannot_be_is_named_at_its_field)
{
    static const struct { struct payment_record_in in; const char *field; } rows[] = {
        { { 0, NULL, 1500, NULL, "Bodegaje" }, "method" }, { { 0, "trueque", 1500, NULL, "Bodegaje" }, "method" },
        { { 0, "tarjeta", 1500, "T-1", "Bodegaje" }, "method" }, { { 0, "nequi", 1500, "", "Bodegaje" }, "reference" },
        { { 0, "efectivo", 0, NULL, "Bodegaje" }, "amount" }, { { 0, "efectivo", -5, NULL, "Bodegaje" }, "amount" },
        { { 0, "efectivo", 1000000 + 1, NULL, "Bodegaje" }, "amount" },
        { { 0, "efectivo", 1500, NULL, NULL }, "reason" },
    };
    struct fixture f;
    struct package p;
    struct payment one;

    fixture_open(&f);
    p = cancelled(&f, "CANCEL02");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct payment_record_in in = rows[i].in;

        in.id = p.id;
        cr_expect_eq(payment_record(&f.c, &in, &one), E_INVALID, "row %zu", i);
        cr_expect_str_eq(f.c.fault.field, rows[i].field, "row %zu", i);
    }
    cr_expect_eq(record(&f, 9999, "efectivo", 1500, &one), E_NOT_FOUND);
    p = shelve(&f, "ESPERA01");
    cr_expect_eq(record(&f, p.id, "efectivo", 1500, &one), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_PAYMENT_AT_HANDOVER);
    cr_expect_eq(db_scalar(f.db, -1, &rows_of, p.id), 0);
    fixture_close(&f);
}

Test(payment, of_a_package_that_was_handed_over_is_at_most_what_is_missing_and_is_part_of_its_receipt)
{
    struct fixture f;
    struct package p;
    struct payment one;
    struct payments all, theirs;
    struct delivery d;

    fixture_open(&f);
    p = handed_over(&f, "ENTREGA1", &all);
    cr_expect_eq(record(&f, p.id, "efectivo", 100, &one), E_CONFLICT);
    cr_expect_eq(f.c.fault.text, T_PAYMENT_ALL_PAID);
    as(&f, 2, ROLE_ADMIN);
    cr_assert_eq(payment_reverse(&f.c, &(struct payment_reverse_in){ .id = all.v[0].id, .reason = "Fue por Nequi" }, &one), OK);
    as(&f, 1, ROLE_OPERADOR);
    cr_assert_eq(payments_of(&f.c, p.id, &all), OK);
    cr_expect_eq(payments_missing(&f.c, &all, &p), 1500);
    cr_expect_eq(record(&f, p.id, "nequi", 1501, &one), E_INVALID);
    cr_expect_eq(f.c.fault.text, T_PAYMENT_MOST);
    cr_expect_str_eq(f.c.fault.field, "amount");
    cr_assert_eq(record(&f, p.id, "nequi", 1000, &one), OK, "%s", fixture_fault(&f));
    cr_assert_eq(record(&f, p.id, "nequi", 500, &one), OK, "%s", fixture_fault(&f));
    cr_expect_eq(record(&f, p.id, "nequi", 1, &one), E_CONFLICT);
    cr_assert_eq(payments_of(&f.c, p.id, &all), OK);
    cr_expect_eq(payments_missing(&f.c, &all, &p), 0);
    theirs = payments_of_handover(&f.c, &all, &p);
    cr_expect_eq(theirs.n, 4, "what was paid, given back, and paid again");
    cr_assert_eq(delivery_of(&f.c, p.id, &d), OK);
    cr_expect_eq(d.paid, 1500);
    cr_expect_str_eq(d.operation_id, all.v[0].operation_id);
    as(&f, 2, ROLE_ADMIN);
    cr_assert_eq(payment_reverse(&f.c, &(struct payment_reverse_in){ .id = one.id, .reason = "No llegó" }, &one), OK);
    cr_assert_eq(payments_of(&f.c, p.id, &all), OK);
    cr_expect_eq(payments_missing(&f.c, &all, &p), 500, "and may be reversed as any other");
    fixture_close(&f);
}

Test(payment, recorded_while_a_package_was_cancelled_pays_nothing_of_a_later_hand_over)
{
    static const struct stmt expire = STMT("t_payment_expire", "i",
        "UPDATE packages SET announced_at = announced_at - 40 * 86400 WHERE id = $1");
    struct announce_in in = { .name = "Ana Ríos", .phone = "3005550101", .guides = "TARDE001", .consent = true };
    struct fixture f;
    struct packages made;
    struct package p;
    struct payment one;
    struct payments all, theirs;
    int n;

    fixture_open(&f);
    cr_assert_eq(package_announce(&f.c, &in, &made), OK);
    cr_assert_eq(db_exec(f.db, NULL, &expire, made.v[0].id), OK);
    cr_assert_eq(package_expire(&f.c, 10, &n), OK);
    cr_assert_eq(n, 1);
    cr_assert_eq(record(&f, made.v[0].id, "nequi", 5000, &one), OK, "%s", fixture_fault(&f));
    f.c.now += 60;
    cr_assert_eq(package_receive(&f.c, &(struct receive_in){ .id = made.v[0].id, .late_reason = "Llegó tarde" }, &p), OK,
                 "%s", fixture_fault(&f));
    cr_assert_eq(deliver_packages(&f.c, &(struct deliver_in){ .ids = &p.id, .count = 1, .method = "efectivo", .amount = 1500,
        .code = package_pickup_code(&f.c, &p) }, &(struct delivery){ 0 }), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_by_id(&f.c, p.id, &p), OK);
    cr_assert_eq(payments_of(&f.c, p.id, &all), OK);
    cr_expect_eq(payments_sum(&all), 6500);
    theirs = payments_of_handover(&f.c, &all, &p);
    cr_expect_eq(payments_sum(&theirs), 1500);
    cr_expect_eq(payments_missing(&f.c, &all, &p), 0);
    fixture_close(&f);
}

Test(payment, in_cash_needs_an_open_drawer_and_is_in_its_closing)
{
    struct fixture f;
    struct package p;
    struct payment one;
    struct cash_session s;
    struct cash_report all;

    fixture_open(&f);
    p = cancelled(&f, "CANCEL03");
    as(&f, 2, ROLE_ADMIN);
    cr_assert_eq(cash_open(&f.c, &(struct cash_open_in){ 0 }, &s), OK);
    as(&f, 1, ROLE_OPERADOR);
    cr_expect_eq(record(&f, p.id, "efectivo", 4000, &one), E_CONFLICT);
    cr_expect_str_eq(f.c.fault.field, "method");
    cr_assert_eq(cash_open(&f.c, &(struct cash_open_in){ 1000 }, &s), OK);
    cr_assert_eq(record(&f, p.id, "efectivo", 4000, &one), OK, "%s", fixture_fault(&f));
    cr_expect_eq(one.cash_session_id, s.id);
    cr_assert_eq(record(&f, p.id, "nequi", 700, &one), OK, "%s", fixture_fault(&f));
    cr_assert_eq(cash_count(&f.c, &(struct cash_count_in){ .id = s.id, .pieces[D_coin_1000] = 5 }, &s), OK);
    cr_assert_eq(cash_report(&f.c, s.id, &all), OK);
    cr_expect_eq(all.cash, 4000);
    cr_expect_eq(all.other, 700);
    cr_expect_str_eq(all.payments.v[0].reason, "Bodegaje acordado");
    fixture_close(&f);
}

Test(payment, sent_twice_is_recorded_once)
{
    struct fixture f;
    struct package p;
    struct payment one, again;

    fixture_open(&f);
    p = cancelled(&f, "CANCEL04");
    f.c.operation_key = "prueba-pago-a-mano";
    f.c.operation_print = "igual";
    cr_assert_eq(record(&f, p.id, "nequi", 700, &one), OK, "%s", fixture_fault(&f));
    cr_assert_eq(record(&f, p.id, "nequi", 700, &again), OK);
    cr_expect(f.c.replayed);
    cr_expect_eq(again.id, one.id);
    cr_expect_eq(db_scalar(f.db, -1, &rows_of, p.id), 1);
    fixture_close(&f);
}
