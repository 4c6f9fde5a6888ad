/* Drawers to the peso: the amount a drawer should hold is the sum of its rows, whatever was done in which
 * order; a payment after its count is refused; who may close and approve it. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/clock.h"
#include "domain/custody/undo.h"
#include "domain/ground/audit.h"
#include "domain/handover/deliver.h"
#include "domain/money/cash.h"
#include "domain/parcel/pickup.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt audited = STMT("t_cash_audited", "s", "SELECT count(*) FROM audit_log WHERE action = $1");
static const struct stmt rows_sum = STMT("t_cash_sum", "i",
    "SELECT (SELECT base FROM cash_sessions WHERE id = $1)"
    " + (SELECT coalesce(sum(amount), 0) FROM payments WHERE cash_session_id = $1 AND method = 'efectivo')"
    " + (SELECT coalesce(sum(amount), 0) FROM cash_movements WHERE cash_session_id = $1)");
static const struct stmt drawer_of_last = STMT("t_cash_last", "",
    "SELECT coalesce(cash_session_id, 0) FROM payments ORDER BY id DESC LIMIT 1");
static const struct stmt paid_rows = STMT("t_cash_rows", "i", "SELECT count(*) FROM payments WHERE package_id = $1");
static const struct stmt paid_sum = STMT("t_cash_paid", "is",
    "SELECT coalesce(sum(amount), 0) FROM payments WHERE package_id = $1 AND method = $2");
static const struct stmt late_payment = STMT("t_cash_late", "ii",
    "INSERT INTO payments (package_id, operation_id, amount, method, cash_session_id, taken_by, taken_at)"
    " VALUES ($1, 'x', 500, 'efectivo', $2, 1, 0)");
static const struct stmt reopen = STMT("t_cash_reopen", "i", "UPDATE cash_sessions SET closed_at = NULL WHERE id = $1");

static const struct stmt unreferenced = STMT("t_cash_unreferenced", "i",
    "INSERT INTO cash_movements (cash_session_id, kind, amount, reason, made_by, made_at)"
    " VALUES ($1, 'traslado', -100, 'Consignación', 1, 0)");

static int serial;

static struct package shelve(struct fixture *f)
{
    return parcel_shelved(f, .phone = "3005550101", .guides = arena_printf(f->a, "CAJA%05d", ++serial));
}

/* Hands the package over for what is due. */
static enum err take(struct fixture *f, const struct package *p, const char *method)
{
    struct delivery out;
    struct deliver_in in = { .ids = &p->id, .count = 1, .code = package_pickup_code(&f->c, p), .method = method,
                             .amount = 1500, .reference = streq(method, "efectivo") ? NULL : "M-1" };

    return deliver_packages(&f->c, &in, &out);
}

static void as(struct fixture *f, int64_t user, enum role role)
{
    f->c.user_id = user;
    f->c.role = role;
}

static struct cash_session open_with(struct fixture *f, int64_t base)
{
    struct cash_session s;

    cr_assert_eq(cash_open(&f->c, &(struct cash_open_in){ base }, &s), OK, "%s", fixture_fault(f));
    return s;
}

static enum err move(struct fixture *f, int64_t id, const char *kind, int64_t amount, struct cash_session *s)
{
    return cash_move(&f->c, &(struct cash_movement_in){ id, kind, amount, "Cambio de monedas", NULL }, s);
}

/* Counts these pesos, in the largest pieces. */
static enum err count(struct fixture *f, int64_t id, int64_t pesos, struct cash_session *s)
{
    struct cash_count_in in = { .id = id, .empty = pesos == 0 };

    for (size_t i = 0; i < DENOMINATIONS; i++) {
        in.pieces[i] = pesos / denominations[i].value;
        pesos -= in.pieces[i] * denominations[i].value;
    }
    cr_assert_eq(pesos, 0, "a sum that pieces can make");
    return cash_count(&f->c, &in, s);
}

Test(cash, from_the_first_drawer_on_needs_one_that_is_open)
{
    struct fixture f;
    struct package a, b, d, e;
    struct cash_session s;

    fixture_open(&f);
    a = shelve(&f);
    b = shelve(&f);
    d = shelve(&f);
    e = shelve(&f);
    cr_expect(cash_can_take(&f.c));
    cr_assert_eq(take(&f, &a, "efectivo"), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &drawer_of_last), 0, "no drawer before there are any");
    as(&f, 2, ROLE_ADMIN);
    s = open_with(&f, 50000);
    as(&f, 1, ROLE_OPERADOR);
    cr_expect_not(cash_can_take(&f.c));
    cr_expect_eq(take(&f, &b, "efectivo"), E_CONFLICT, "somebody else's drawer is none");
    cr_expect_str_eq(f.c.fault.field, "method");
    cr_expect_eq(take(&f, &b, "nequi"), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &drawer_of_last), 0, "the others need none");
    s = open_with(&f, 0);
    cr_assert_eq(take(&f, &d, "efectivo"), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &drawer_of_last), s.id);
    cr_assert_eq(take(&f, &e, "nequi"), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &drawer_of_last), s.id, "but are listed in one that is open");
    cr_expect_eq(cash_open(&f.c, &(struct cash_open_in){ 0 }, &s), E_CONFLICT, "one a person");
    fixture_close(&f);
}

Test(cash, is_expected_to_the_peso)
{
    static const struct {
        int64_t base;
        int taken, by_phone;                 /* hand-overs of 1500 each: in cash, and not */
        int64_t in, out;
        bool undone;                         /* the last hand-over in cash */
        int64_t expected;
    } rows[] = {
        { 0, 0, 0, 0, 0, false, 0 }, { 50000, 0, 0, 0, 0, false, 50000 },
        { 50000, 1, 0, 0, 0, false, 51500 }, { 50000, 0, 3, 0, 0, false, 50000 },
        { 50000, 2, 1, 1, 0, false, 53001 }, { 50000, 2, 0, 0, 53000, false, 0 },
        { 50000, 2, 0, 20000, 70000, false, 3000 }, { 0, 1, 0, 0, 0, true, 0 },
        { 100, 3, 2, 50, 0, true, 3150 },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture f;
        struct cash_session s;
        struct cash_report all;
        struct package p = { 0 }, last;

        fixture_open(&f);
        s = open_with(&f, rows[i].base);
        for (int n = 0; n < rows[i].by_phone; n++) {
            p = shelve(&f);
            cr_assert_eq(take(&f, &p, "daviplata"), OK, "%s", fixture_fault(&f));
        }
        for (int n = 0; n < rows[i].taken; n++) {
            p = shelve(&f);
            cr_assert_eq(take(&f, &p, "efectivo"), OK, "%s", fixture_fault(&f));
        }
        if (rows[i].undone)
            cr_assert_eq(package_undo(&f.c, p.id, &last), OK, "%s", fixture_fault(&f));
        if (rows[i].in > 0)
            cr_assert_eq(move(&f, s.id, "entrada", rows[i].in, &s), OK, "%s", fixture_fault(&f));
        if (rows[i].out > 0)
            cr_assert_eq(move(&f, s.id, "salida", rows[i].out, &s), OK, "row %zu: %s", i, fixture_fault(&f));
        cr_expect_eq(s.expected, 0, "not told before the count");
        cr_assert_eq(count(&f, s.id, 1000, &s), OK, "%s", fixture_fault(&f));
        cr_expect_eq(s.expected, rows[i].expected, "row %zu: %ld", i, (long)s.expected);
        cr_expect_eq(s.difference, 1000 - rows[i].expected, "row %zu", i);
        cr_assert_eq(cash_report(&f.c, s.id, &all), OK);
        cr_expect_eq(all.session.base + all.cash + all.movements_in + all.movements_out, rows[i].expected, "row %zu", i);
        cr_expect_eq(all.other, 1500 * rows[i].by_phone);
        cr_expect_eq(all.payments.n, (size_t)(rows[i].taken + rows[i].by_phone + rows[i].undone));
        fixture_close(&f);
    }
}

/* Acts in a random order must leave the sum as it should be. */
Test(cash, expected_is_the_sum_of_the_rows)
{
    struct fixture f;
    struct cash_session s;
    struct package p = { 0 }, undone;

    fixture_open(&f);
    srand(7);
    for (int round = 0; round < 6; round++) {
        s = open_with(&f, rand() % 100000);
        for (int step = 0; step < 40; step++) {
            enum err e = OK;

            switch (rand() % 5) {
            case 0:
                e = move(&f, s.id, "entrada", 1 + rand() % 30000, &s);
                break;
            case 1:
                e = move(&f, s.id, "salida", 1 + rand() % 60000, &s);
                break;
            case 2:
                e = p.id != 0 ? package_undo(&f.c, p.id, &undone) : OK;
                break;
            default:
                p = shelve(&f);
                e = take(&f, &p, rand() % 3 ? "efectivo" : "bre_b");
            }
            cr_assert(e == OK || e == E_INVALID || e == E_CONFLICT, "%s", fixture_fault(&f));
            cr_assert_geq(db_scalar(f.db, -1, &rows_sum, s.id), 0, "never less than nothing");
        }
        p.id = 0;
        cr_assert_eq(count(&f, s.id, 50 * (rand() % 2000), &s), OK, "%s", fixture_fault(&f));
        cr_assert_eq(s.expected, db_scalar(f.db, -1, &rows_sum, s.id));
        cr_assert_eq(s.difference, s.counted - s.expected);
        cr_assert_eq(cash_close(&f.c, &(struct cash_close_in){ s.id, "Prueba" }, &s), OK, "%s", fixture_fault(&f));
    }
    fixture_close(&f);
}

Test(cash, that_was_counted_takes_and_gives_nothing_more)
{
    struct fixture f;
    struct cash_session s;
    struct package p, q, undone;

    fixture_open(&f);
    p = shelve(&f);
    q = shelve(&f);
    s = open_with(&f, 20000);
    cr_assert_eq(take(&f, &p, "efectivo"), OK, "%s", fixture_fault(&f));
    cr_assert_eq(count(&f, s.id, 21500, &s), OK);
    cr_expect_str_eq(s.state, "CONTADA");
    cr_expect_eq(take(&f, &q, "efectivo"), E_CONFLICT);
    cr_expect(strstr(fixture_fault(&f), "ya se contó") != NULL);
    cr_expect_eq(package_undo(&f.c, p.id, &undone), E_CONFLICT, "its figures stand");
    cr_expect_eq(move(&f, s.id, "entrada", 100, &s), E_CONFLICT);
    cr_expect_neq(db_exec(f.db, NULL, &late_payment, q.id, s.id), OK, "nor by any other way");
    cr_assert_eq(cash_close(&f.c, &(struct cash_close_in){ s.id, NULL }, &s), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(s.state, "CERRADA");
    cr_expect_eq(take(&f, &q, "efectivo"), E_CONFLICT);
    cr_expect(strstr(fixture_fault(&f), "Ábrala") != NULL);
    cr_expect_eq(cash_close(&f.c, &(struct cash_close_in){ s.id, NULL }, &s), E_CONFLICT, "twice");
    cr_expect_eq(count(&f, s.id, 0, &s), E_CONFLICT);
    cr_expect_neq(db_exec(f.db, NULL, &reopen, s.id), OK);
    s = open_with(&f, 21500);
    cr_expect_eq(take(&f, &q, "efectivo"), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

Test(cash, closes_with_what_differs_explained)
{
    static const struct { int64_t counted; const char *explanation; enum err err; const char *says; } rows[] = {
        { 20000, NULL, OK, NULL }, { 20000, "Todo bien", OK, NULL },
        { 19950, NULL, E_INVALID, "Faltan $50." }, { 19950, "", E_INVALID, "Faltan $50." },
        { 20100, NULL, E_INVALID, "Sobran $100." }, { 20100, "Alguien no quiso el cambio", OK, NULL },
        { 0, NULL, E_INVALID, "Faltan $20.000." }, { 0, "Robo; denuncia 123", OK, NULL },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture f;
        struct cash_session s;

        fixture_open(&f);
        s = open_with(&f, 20000);
        cr_expect_eq(cash_close(&f.c, &(struct cash_close_in){ s.id, "x" }, &s), E_CONFLICT, "not counted");
        cr_assert_eq(count(&f, s.id, rows[i].counted, &s), OK, "%s", fixture_fault(&f));
        cr_expect_eq(cash_close(&f.c, &(struct cash_close_in){ s.id, rows[i].explanation }, &s), rows[i].err,
                     "row %zu: %s", i, fixture_fault(&f));
        if (rows[i].says != NULL)
            cr_expect(strstr(fixture_fault(&f), rows[i].says) != NULL, "row %zu: %s", i, fixture_fault(&f));
        fixture_close(&f);
    }
}

Test(cash, keeps_every_count)
{
    struct fixture f;
    struct cash_session s;
    struct cash_report all;

    fixture_open(&f);
    s = open_with(&f, 20000);
    cr_assert_eq(count(&f, s.id, 15000, &s), OK);
    cr_expect_eq(s.difference, -5000);
    cr_assert_eq(count(&f, s.id, 20000, &s), OK);
    cr_expect_eq(s.difference, 0);
    cr_assert_eq(cash_report(&f.c, s.id, &all), OK);
    cr_assert_eq(all.tallies.n, 2);
    cr_expect_eq(all.tallies.v[0].counted, 15000);
    cr_expect_eq(all.pieces.n, 1);
    cr_expect_eq(all.pieces.v[0].value, 20000);
    cr_expect_eq(db_scalar(f.db, -1, &audited, "cash_count"), 2);
    fixture_close(&f);
}

Test(cash, counts_that_cannot_be_are_named)
{
    static const struct { size_t which; int64_t pieces; } rows[] = {
        { D_note_50000, -1 }, { D_coin_50, -9999 }, { D_note_100000, 10000 }, { D_coin_1000, INT64_MAX },
    };
    struct fixture f;
    struct cash_session s;

    fixture_open(&f);
    s = open_with(&f, 20000);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cash_count_in in = { .id = s.id };

        in.pieces[rows[i].which] = rows[i].pieces;
        cr_expect_eq(cash_count(&f.c, &in, &s), E_INVALID, "row %zu", i);
        cr_expect_str_eq(f.c.fault.field, denominations[rows[i].which].name);
    }
    cr_expect_eq(cash_count(&f.c, &(struct cash_count_in){ .id = s.id }, &s), E_INVALID, "an empty form is no count");
    cr_expect_str_eq(f.c.fault.field, "empty");
    cr_assert_eq(cash_own(&f.c, &s), OK);
    cr_expect_str_eq(s.state, "ABIERTA");
    fixture_close(&f);
}

Test(cash, movements_that_cannot_be_are_named)
{
    static const struct { const char *kind; int64_t amount; const char *reason, *field; } rows[] = {
        { NULL, 100, "Cambio", "kind" }, { "salida", 0, "Cambio", "amount" }, { "salida", -5, "Cambio", "amount" },
        { "entrada", 100000001, "Cambio", "amount" }, { "entrada", 100, NULL, "reason" },
        { "entrada", 100, "x", "reason" }, { "traslado", 100, "Consignación", "reference" },
        { "salida", 20001, "Repuestos", "amount" },
    };
    struct fixture f;
    struct cash_session s;

    fixture_open(&f);
    s = open_with(&f, 20000);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cash_movement_in in = { s.id, rows[i].kind, rows[i].amount, rows[i].reason, NULL };

        cr_expect_eq(cash_move(&f.c, &in, &s), E_INVALID, "row %zu", i);
        cr_expect_str_eq(f.c.fault.field, rows[i].field, "row %zu", i);
    }
    cr_expect(strstr(fixture_fault(&f), "$") == NULL, "how much there is stays unsaid");
    cr_expect_eq(move(&f, s.id, "salida", 20000, &s), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &rows_sum, s.id), 0);
    cr_expect_eq(cash_open(&f.c, &(struct cash_open_in){ -1 }, &s), E_INVALID);
    fixture_close(&f);
}

Test(cash, that_goes_to_the_bank_is_told_apart_and_has_its_reference)
{
    struct fixture f;
    struct cash_session s;
    struct cash_report all;

    fixture_open(&f);
    s = open_with(&f, 20000);
    cr_assert_eq(move(&f, s.id, "salida", 3000, &s), OK, "%s", fixture_fault(&f));
    cr_assert_eq(cash_move(&f.c, &(struct cash_movement_in){ s.id, "traslado", 12000, "Consignación", "C-7" }, &s), OK,
                 "%s", fixture_fault(&f));
    cr_assert_eq(cash_report(&f.c, s.id, &all), OK);
    cr_expect_eq(all.movements_out, -3000);
    cr_expect_eq(all.transfers, -12000);
    cr_expect_str_eq(all.movements.v[1].kind, "traslado");
    cr_expect_eq(db_scalar(f.db, -1, &rows_sum, s.id), 5000);
    cr_expect_neq(db_exec(f.db, NULL, &unreferenced, s.id), OK, "whatever writes");
    fixture_close(&f);
}

/* Four payments: one before the first drawer, one in a drawer, two in none. */
Test(payments, in_no_drawer_are_listed_by_day_for_an_administrator)
{
    struct fixture f;
    struct cash_outside all;
    struct cash_session s;
    struct package p;

    fixture_open(&f);
    p = shelve(&f);
    cr_assert_eq(take(&f, &p, "nequi"), OK, "%s", fixture_fault(&f));
    f.c.now += 60;
    s = open_with(&f, 0);
    p = shelve(&f);
    cr_assert_eq(take(&f, &p, "nequi"), OK, "%s", fixture_fault(&f));
    cr_assert_eq(count(&f, s.id, 0, &s), OK);
    f.c.now += 60;
    for (int i = 0; i < 2; i++) {
        p = shelve(&f);
        cr_assert_eq(take(&f, &p, "daviplata"), OK, "%s", fixture_fault(&f));
        f.c.now += DAY_SECONDS;
    }
    cr_expect_eq(cash_outside(&f.c, &(struct cash_outside_in){ 0 }, &all), E_FORBIDDEN);
    as(&f, 2, ROLE_ADMIN);
    cr_assert_eq(cash_outside(&f.c, &(struct cash_outside_in){ 0 }, &all), OK);
    cr_assert_eq(all.days.n, 2);
    cr_expect_eq(all.days.v[0].day, clock_day(f.c.now) - 1, "the latest first");
    cr_expect_eq(all.days.v[1].amount, 1500, "and neither what came before drawers nor what is in one");
    cr_expect_eq(all.chosen.day, all.days.v[0].day);
    cr_assert_eq(cash_outside(&f.c, &(struct cash_outside_in){ .day = all.days.v[1].day, .before = all.days.v[0].day }, &all), OK);
    cr_assert_eq(all.days.n, 1);
    cr_assert_eq(all.payments.n, 1);
    cr_expect_str_eq(all.payments.v[0].method, "daviplata");
    cr_expect_eq(all.chosen.amount, 1500);
    fixture_close(&f);
}

Test(cash, is_closed_by_its_person_or_an_administrator_and_approved_by_somebody_else)
{
    struct fixture f;
    struct cash_session s, mine;
    int64_t broken;

    fixture_open(&f);
    s = open_with(&f, 20000);
    as(&f, 2, ROLE_OPERADOR);
    cr_expect_eq(count(&f, s.id, 20000, &mine), E_NOT_FOUND, "as one that is not there");
    cr_expect_eq(cash_session_by_id(&f.c, s.id, &mine), E_NOT_FOUND);
    as(&f, 1, ROLE_OPERADOR);
    cr_assert_eq(count(&f, s.id, 20000, &s), OK);
    as(&f, 2, ROLE_ADMIN);
    cr_expect_eq(cash_approve(&f.c, &(struct cash_approve_in){ .id = s.id, .note = NULL }, &s), E_CONFLICT, "not closed");
    as(&f, 1, ROLE_OPERADOR);
    cr_assert_eq(cash_close(&f.c, &(struct cash_close_in){ s.id, NULL }, &s), OK);
    cr_expect_eq(cash_approve(&f.c, &(struct cash_approve_in){ .id = s.id, .note = NULL }, &s), E_FORBIDDEN, "no ADMIN");
    as(&f, 2, ROLE_OPERADOR);
    cr_expect_eq(cash_approve(&f.c, &(struct cash_approve_in){ .id = s.id, .note = NULL }, &s), E_FORBIDDEN, "nor another operator");
    as(&f, 1, ROLE_ADMIN);
    cr_expect_eq(cash_approve(&f.c, &(struct cash_approve_in){ .id = s.id, .note = NULL }, &s), E_FORBIDDEN, "the same person");
    as(&f, 2, ROLE_ADMIN);
    cr_assert_eq(cash_approve(&f.c, &(struct cash_approve_in){ .id = s.id, .note = "Visto" }, &s), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(s.state, "APROBADA");
    cr_expect_str_eq(s.approved_by_name, "Jairo Ruiz");
    cr_expect_eq(cash_approve(&f.c, &(struct cash_approve_in){ .id = s.id, .note = NULL }, &s), E_CONFLICT, "twice");

    mine = open_with(&f, 0);     /* even an ADMIN who counted another's drawer cannot approve it */
    as(&f, 1, ROLE_ADMIN);
    cr_assert_eq(count(&f, mine.id, 0, &mine), OK, "%s", fixture_fault(&f));
    as(&f, 2, ROLE_ADMIN);
    cr_assert_eq(cash_close(&f.c, &(struct cash_close_in){ mine.id, NULL }, &mine), OK);
    as(&f, 1, ROLE_ADMIN);
    cr_expect_eq(cash_approve(&f.c, &(struct cash_approve_in){ .id = mine.id, .note = NULL }, &mine), E_FORBIDDEN);
    cr_expect_eq(audit_check(&f.c, &broken), OK);
    fixture_close(&f);
}

Test(cash, lists_are_of_ones_own_but_for_an_administrator)
{
    struct fixture f;
    struct cash_session s;
    struct cash_sessions all;
    int64_t next;

    fixture_open(&f);
    for (int i = 0; i < 3; i++) {
        as(&f, 1 + i % 2, ROLE_OPERADOR);
        s = open_with(&f, 0);
        cr_assert_eq(count(&f, s.id, 0, &s), OK);
        cr_assert_eq(cash_close(&f.c, &(struct cash_close_in){ s.id, NULL }, &s), OK);
    }
    as(&f, 1, ROLE_OPERADOR);
    cr_assert_eq(cash_list(&f.c, &(struct cash_filter){ 0, 0 }, &all, &next), OK);
    cr_expect_eq(all.n, 2);
    cr_expect_eq(next, 0);
    as(&f, 2, ROLE_ADMIN);
    cr_assert_eq(cash_list(&f.c, &(struct cash_filter){ 0, 2 }, &all, &next), OK);
    cr_assert_eq(all.n, 2);
    cr_expect_eq(next, all.v[1].id);
    cr_assert_eq(cash_list(&f.c, &(struct cash_filter){ next, 2 }, &all, &next), OK);
    cr_expect_eq(all.n, 1);
    cr_expect_eq(next, 0);
    fixture_close(&f);
}

Test(payments, are_split_over_methods_and_packages)
{
    const struct payment_in others[] = { { "nequi", 700, "N-1" }, { "bre_b", 300, "B-1" } };
    struct fixture f;
    struct package a, b;
    struct delivery out;
    struct cash_session s;
    int64_t ids[2];
    struct deliver_in in = { .ids = ids, .count = 2, .method = "efectivo", .amount = 2000, .others = others,
                             .others_count = 2 };

    fixture_open(&f);
    s = open_with(&f, 0);
    a = shelve(&f);
    b = shelve(&f);
    ids[0] = a.id;
    ids[1] = b.id;
    in.code = package_pickup_code(&f.c, &a);
    cr_assert_eq(deliver_packages(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_expect_eq(out.paid, 3000);
    cr_expect_eq(db_scalar(f.db, -1, &paid_rows, a.id), 1);
    cr_expect_eq(db_scalar(f.db, -1, &paid_sum, a.id, "efectivo"), 1500);
    cr_expect_eq(db_scalar(f.db, -1, &paid_rows, b.id), 3);
    cr_expect_eq(db_scalar(f.db, -1, &paid_sum, b.id, "efectivo"), 500);
    cr_expect_eq(db_scalar(f.db, -1, &paid_sum, b.id, "nequi"), 700);
    cr_expect_eq(db_scalar(f.db, -1, &paid_sum, b.id, "bre_b"), 300);
    cr_assert_eq(count(&f, s.id, 2000, &s), OK);
    cr_expect_eq(s.difference, 0);
    fixture_close(&f);
}

Test(payments, that_are_split_name_what_is_wrong)
{
    static const struct { int64_t amount; struct payment_in other; const char *field; } rows[] = {
        { 1000, { "nequi", 499, "N-1" }, "amount" }, { 1000, { "nequi", 501, "N-1" }, "amount" },
        { 1499, { NULL, 0, NULL }, "amount_2" }, { 1000, { "nequi", 500, NULL }, "reference_2" },
        { 1000, { NULL, 500, "N-1" }, "method_2" }, { 1000, { "tarjeta", 500, "T-1" }, "method_2" },
        { 1501, { "nequi", -1, "N-1" }, "amount_2" }, { 0, { "nequi", 1500, "N-1" }, "amount" },
    };
    struct fixture f;
    struct package p;

    fixture_open(&f);
    p = shelve(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct deliver_in in = { .ids = &p.id, .count = 1, .code = package_pickup_code(&f.c, &p),
            .method = "efectivo", .amount = rows[i].amount, .others = &rows[i].other, .others_count = 1 };
        struct delivery out;

        cr_expect_eq(deliver_packages(&f.c, &in, &out), E_INVALID, "row %zu", i);
        cr_assert_not_null(f.c.fault.field, "row %zu: %s", i, fixture_fault(&f));
        cr_expect_str_eq(f.c.fault.field, rows[i].field, "row %zu: %s", i, fixture_fault(&f));
    }
    fixture_close(&f);
}

Test(payments, are_reversed_by_an_administrator_once)
{
    struct fixture f;
    struct package p, q;
    struct cash_session s, admins;
    struct payments all;
    struct payment r;
    struct payment_reverse_in in = { .reason = "Cobro equivocado" };

    fixture_open(&f);
    p = shelve(&f);
    q = shelve(&f);
    s = open_with(&f, 10000);
    cr_assert_eq(take(&f, &p, "efectivo"), OK, "%s", fixture_fault(&f));
    cr_assert_eq(take(&f, &q, "efectivo"), OK, "%s", fixture_fault(&f));
    cr_assert_eq(payments_of(&f.c, p.id, &all), OK);
    in.id = all.v[0].id;
    cr_expect_eq(payment_reverse(&f.c, &in, &r), E_FORBIDDEN);
    as(&f, 2, ROLE_ADMIN);
    cr_expect_eq(payment_reverse(&f.c, &(struct payment_reverse_in){ .id = in.id, .reason = NULL }, &r), E_INVALID);
    cr_expect_eq(payment_reverse(&f.c, &(struct payment_reverse_in){ .id = 999, .reason = "x" }, &r), E_NOT_FOUND);
    cr_assert_eq(payment_reverse(&f.c, &in, &r), OK, "%s", fixture_fault(&f));
    cr_expect_eq(r.amount, -1500);
    cr_expect_eq(r.cash_session_id, s.id, "out of the drawer that it is in");
    cr_expect_eq(payment_reverse(&f.c, &in, &r), E_CONFLICT, "twice");
    cr_assert_eq(payments_of(&f.c, p.id, &all), OK);
    cr_expect_eq(payment_reverse(&f.c, &(struct payment_reverse_in){ .id = all.v[1].id, .reason = "x" }, &r), E_CONFLICT, "a reversal");
    cr_expect_not(payment_stands(&all, &all.v[0]));
    cr_expect_eq(db_scalar(f.db, -1, &audited, "payment_reverse"), 1);

    /* The other payment is reversed after its drawer was closed: the money leaves another drawer. */
    as(&f, 1, ROLE_OPERADOR);
    cr_assert_eq(count(&f, s.id, 11500, &s), OK);
    cr_expect_eq(s.difference, 0);
    cr_assert_eq(cash_close(&f.c, &(struct cash_close_in){ s.id, NULL }, &s), OK);
    as(&f, 2, ROLE_ADMIN);
    cr_assert_eq(payments_of(&f.c, q.id, &all), OK);
    in.id = all.v[0].id;
    cr_expect_eq(payment_reverse(&f.c, &in, &r), E_CONFLICT, "no drawer to pay it from");
    admins = open_with(&f, 1000);
    cr_expect_eq(payment_reverse(&f.c, &in, &r), E_CONFLICT, "not enough in it");
    cr_assert_eq(move(&f, admins.id, "entrada", 500, &admins), OK);
    cr_assert_eq(payment_reverse(&f.c, &in, &r), OK, "%s", fixture_fault(&f));
    cr_expect_eq(r.cash_session_id, admins.id);
    cr_assert_eq(cash_session_by_id(&f.c, s.id, &s), OK);
    cr_expect_eq(db_scalar(f.db, -1, &rows_sum, s.id), s.expected, "the closed one stays as it was");
    fixture_close(&f);
}

Test(cash, is_not_undone_out_of_a_drawer_that_has_it_no_more)
{
    struct fixture f;
    struct package p, undone;
    struct cash_session s;

    fixture_open(&f);
    p = shelve(&f);
    s = open_with(&f, 0);
    cr_assert_eq(take(&f, &p, "efectivo"), OK, "%s", fixture_fault(&f));
    cr_assert_eq(move(&f, s.id, "salida", 1500, &s), OK, "%s", fixture_fault(&f));
    cr_expect_eq(package_undo(&f.c, p.id, &undone), E_CONFLICT);
    cr_assert_eq(move(&f, s.id, "entrada", 1500, &s), OK, "%s", fixture_fault(&f));
    cr_expect_eq(package_undo(&f.c, p.id, &undone), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &rows_sum, s.id), 0);
    fixture_close(&f);
}

Test(cash, sent_twice_is_done_once)
{
    struct fixture f;
    struct cash_session s, again;
    struct cash_close_in in;

    fixture_open(&f);
    f.c.operation_key = "0123456789abcdef";
    f.c.operation_print = "open";
    s = open_with(&f, 500);
    f.c.replayed = false;
    again = open_with(&f, 500);
    cr_expect(f.c.replayed);
    cr_expect_eq(again.id, s.id);
    f.c.operation_key = NULL;
    cr_assert_eq(count(&f, s.id, 500, &s), OK);
    in = (struct cash_close_in){ s.id, NULL };
    f.c.operation_key = "0123456789abcdeg";
    f.c.operation_print = "close";
    cr_assert_eq(cash_close(&f.c, &in, &s), OK);
    cr_expect_eq(cash_close(&f.c, &in, &again), OK, "%s", fixture_fault(&f));
    cr_expect_eq(again.closed_at, s.closed_at);
    cr_expect_eq(db_scalar(f.db, -1, &audited, "cash_close"), 1);
    fixture_close(&f);
}

/* ---- plans ---- */

static bool plan_is_ours(const struct stmt *s, const char *file UNUSED)
{
    return strncmp(s->name, "cash_", 5) == 0 && strncmp(s->sql, "INSERT", 6) != 0;
}

/* Scanning is fine for cash_any only, which asks whether there is any drawer: the first row will do. */
static bool plan_is_fine(const char *name, const char *step)
{
    return strncmp(step, "SCAN ", 5) != 0 || streq(name, "cash_any");
}

Test(plans, no_drawer_reads_the_payments_of_the_others)
{
    struct fixture f;

    fixture_open(&f);
    cr_expect_gt(fixture_plans(&f, plan_is_ours, plan_is_fine), 10);
    fixture_close(&f);
}
