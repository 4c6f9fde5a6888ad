/* Delivery: what a hand-over keeps besides its payment, and how much of that payment was not reversed. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/custody/correction.h"
#include "domain/custody/history.h"
#include "domain/custody/retention.h"
#include "domain/custody/undo.h"
#include "domain/ground/setting.h"
#include "domain/handover/authorization.h"
#include "domain/handover/deliver.h"
#include "domain/handover/deliver_quote.h"
#include "domain/handover/signature.h"
#include "domain/paper/document.h"
#include "domain/parcel/link.h"
#include "domain/parcel/package_change.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

#define STROKES "M10 10L20 22.5L31 40M5 5L6 6"

static const struct stmt kept = STMT("t_kept", "", "SELECT count(*) FROM delivery_signatures");
static const struct stmt photos_left = STMT("t_photos_left", "",
    "SELECT count(*) FROM package_files WHERE kind = 'ENTREGA' AND purge_at IS NULL");
static const struct stmt deletions = STMT("t_deletions", "", "SELECT count(*) FROM jobs WHERE kind = 'file.delete'");

static struct package shelved(struct fixture *f, const char *guide)
{
    return parcel_received(f, .guide = guide, .name = "Rosa Prueba", .phone = "300 555 0001");
}

Test(delivery, has_one_signature_for_all_of_it_which_goes_with_its_undoing)
{
    struct fixture f;
    struct delivery d;
    struct packages back;
    int64_t given;
    const char *signature;
    int64_t ids[2];
    struct deliver_in in;

    fixture_open(&f);
    ids[0] = shelved(&f, "FIRMADA01").id;
    ids[1] = shelved(&f, "FIRMADA02").id;
    in = parcel_by_document(ids, 2);
    in.signature = STROKES;
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(d.signature, STROKES);
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(delivery_of(&f.c, ids[i], &d), OK);
        cr_expect_eq(d.packages.n, 2);
        cr_expect_str_eq(d.signature, STROKES);
    }
    cr_expect_eq(db_scalar(f.db, 0, &kept), 1);
    cr_assert_eq(package_undo(&f.c, ids[0], &(struct package){ 0 }), OK, "%s", fixture_fault(&f));
    cr_assert_eq(signature_of(&f.c, ids[0], &signature), OK);
    cr_expect_null(signature);
    cr_assert_eq(signature_of(&f.c, ids[1], &signature), OK);
    cr_expect_str_eq(signature, STROKES, "the other one was handed over all the same");
    cr_assert_eq(delivery_undo(&f.c, ids[1], &back, &given), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, 1, &kept), 0);
    in.signature = "";
    f.c.now++;
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    cr_assert_eq(delivery_of(&f.c, ids[0], &d), OK);
    cr_expect_null(d.signature, "nobody signed this time");
    fixture_close(&f);
}

Test(delivery, takes_no_box_unread_beside_one_that_was_read_unless_somebody_says_why)
{
    struct fixture f;
    struct delivery d;
    int64_t ids[3];
    struct deliver_in in;

    fixture_open(&f);
    ids[0] = shelved(&f, "LEIDA0001").id;
    ids[1] = shelved(&f, "LEIDA0002").id;
    ids[2] = shelved(&f, "LEIDA0003").id;
    in = parcel_by_document(ids, 3);
    in.scanned = ids + 1;
    in.scanned_count = 1;
    cr_assert_eq(deliver_packages(&f.c, &in, &d), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "unscanned_reason");
    cr_expect(strstr(fixture_fault(&f), "Sin escanear: 00, 02.") != NULL, "%s", fixture_fault(&f));
    in.unscanned_reason = "Etiqueta rota";
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(parcel_last_words(&f, ids[0]), "Entregado · sin código: Olvidó o borró el código · sin escanear: Etiqueta rota");
    cr_expect_str_eq(parcel_last_words(&f, ids[1]), "Entregado · sin código: Olvidó o borró el código");
    fixture_close(&f);
}

static void only_read(struct fixture *f, const char *value)
{
    cr_assert_eq(setting_change(&f->c, NULL, 0, &(struct setting_change){ "handover.scan_all", value }, 1), OK);
}

Test(delivery, without_a_scanner_is_made_but_where_only_what_is_read_may_go)
{
    struct fixture f;
    struct delivery d;
    int64_t ids[2];
    struct deliver_in in;

    fixture_open(&f);
    ids[0] = shelved(&f, "LEIDA0001").id;
    ids[1] = shelved(&f, "LEIDA0002").id;
    only_read(&f, "1");
    in = parcel_by_document(ids, 1);
    in.unscanned_reason = "Etiqueta rota";
    cr_assert_eq(deliver_packages(&f.c, &in, &d), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "ids");
    only_read(&f, "0");
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    only_read(&f, "1");
    in = parcel_by_document(ids + 1, 1);
    in.scanned = ids + 1;
    in.scanned_count = 1;
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

Test(delivery, goes_to_nobody_when_the_parcel_became_somebody_elses_meanwhile)
{
    struct fixture f;
    struct delivery d;
    struct package p;
    struct deliver_in in;

    fixture_open(&f);
    p = shelved(&f, "AJENA0001");
    in = parcel_by_document(&p.id, 1);
    in.customer = p.customer_id;
    cr_assert_eq(package_correct(&f.c, &(struct correct_in){ .id = p.id, .name = "Luz Dary Mora", .phone = "300 555 0002",
                 .reason = "se anotó otro celular" }, &p), OK, "%s", fixture_fault(&f));
    cr_expect_eq(deliver_packages(&f.c, &in, &d), E_CONFLICT, "who came is whose it was");
    in.customer = p.customer_id;
    cr_expect_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

Test(delivery, that_cost_nothing_is_signed_too)
{
    struct fixture f;
    struct delivery d;
    struct deliver_in in;
    int64_t id;

    fixture_open(&f);
    id = shelved(&f, "REGALADA1").id;
    in = parcel_by_document(&id, 1);
    in.amount = 0;
    in.discount = 1500;
    in.discount_reason = "Cortesía";
    in.signature = STROKES;
    f.c.role = ROLE_ADMIN;
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    cr_assert_eq(delivery_of(&f.c, id, &d), OK);
    cr_expect_str_eq(d.signature, STROKES);
    cr_expect_eq(d.paid, 0);
    fixture_close(&f);
}

Test(delivery, refuses_a_signature_that_is_no_path)
{
    struct fixture f;
    struct delivery d;
    struct deliver_in in;
    char *huge;
    int64_t id;

    fixture_open(&f);
    id = shelved(&f, "FIRMAMALA").id;
    in = parcel_by_document(&id, 1);
    huge = arena_alloc(f.a, SIGNATURE_MAX + 2);
    for (size_t i = 0; i <= SIGNATURE_MAX; i++)      /* a stroke in four bytes; the last number has one digit more */
        huge[i] = i == 0 ? 'M' : i == SIGNATURE_MAX ? '1' : "L1 1"[i % 4];
    {
        const char *const bad[] = { "M1 1\"/><script>", "<svg>", "L1 1", "M1 1Z", "m1 1", huge };

        for (size_t i = 0; i < COUNT(bad); i++) {
            in.signature = bad[i];
            cr_expect_eq(deliver_packages(&f.c, &in, &d), E_INVALID, "%.20s", bad[i]);
            cr_expect_str_eq(f.c.fault.field, "signature");
        }
    }
    huge[SIGNATURE_MAX] = '\0';
    in.signature = huge;
    cr_expect_eq(deliver_packages(&f.c, &in, &d), OK, "8000 bytes: %s", fixture_fault(&f));
    fixture_close(&f);
}

Test(delivery, undone_takes_its_photos_back_and_no_others)
{
    struct fixture f;
    struct delivery d;
    struct packages back;
    int64_t given;
    struct photo_in photos[] = { { .path = "/tmp/none-a", .name = "a.jpg", .kind = "ENTREGA", .size = 10 },
                                 { .path = "/tmp/none-b", .name = "b.jpg", .kind = "ENTREGA", .size = 10 } };
    struct deliver_in in;
    int64_t id;

    fixture_open(&f);
    id = shelved(&f, "CONFOTOS1").id;
    cr_assert_eq(package_add_photos(&f.c, id, photos, 1), OK, "of an earlier try");
    f.c.now += 100;
    in = parcel_by_document(&id, 1);
    in.photos = photos;
    in.photo_count = 2;
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, 0, &photos_left), 3);
    f.c.now += 5;
    cr_assert_eq(delivery_undo(&f.c, id, &back, &given), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, 0, &photos_left), 1);
    cr_expect_eq(db_scalar(f.db, 0, &deletions), 2);
    fixture_close(&f);
}

static const struct stmt photos_at = STMT("t_photos_at", "i",
    "SELECT count(*) FROM package_files WHERE package_id = $1 AND purge_at IS NULL");

Test(delivery, undone_in_part_leaves_its_photos_with_what_stays_handed_over)
{
    struct fixture f;
    struct delivery d;
    struct packages back;
    int64_t ids[2], given;
    struct photo_in photo = { .path = "/tmp/none-a", .name = "a.jpg", .kind = "ENTREGA", .size = 10 };
    struct deliver_in in;

    fixture_open(&f);
    ids[0] = shelved(&f, "CONFOTOS2").id;
    ids[1] = shelved(&f, "CONFOTOS3").id;
    in = parcel_by_document(ids, 2);
    in.photos = &photo;
    in.photo_count = 1;
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_undo(&f.c, ids[0], &(struct package){ 0 }), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, 9, &photos_at, ids[0]), 0);
    cr_expect_eq(db_scalar(f.db, 9, &photos_at, ids[1]), 1);
    cr_expect_eq(db_scalar(f.db, 9, &deletions), 0);
    cr_assert_eq(delivery_undo(&f.c, ids[1], &back, &given), OK, "%s", fixture_fault(&f));
    cr_expect_eq(given, 1500, "what is still to be given back");
    cr_expect_eq(db_scalar(f.db, 9, &photos_left), 0);
    cr_expect_eq(db_scalar(f.db, 9, &deletions), 1);
    fixture_close(&f);
}

static const struct stmt receipt_waits = STMT("t_receipt_waits", "i",
    "SELECT count(*) FROM documents WHERE kind = 'recibo' AND subject_id = $1 AND state = 'pending'");

/* A hand-over of one or two packages.  The tests make two of them by one clerk to one customer in the same
 * second. */
struct hand_over { int64_t ids[2]; size_t n; };

static void hand_over(struct fixture *f, struct hand_over *h, const char *guide, size_t n, bool given_away)
{
    struct photo_in photo = { .path = "/tmp/none-a", .name = "a.jpg", .kind = "ENTREGA", .size = 10 };
    struct delivery d;
    struct document receipt;
    struct deliver_in in;

    h->n = n;
    for (size_t i = 0; i < n; i++)
        h->ids[i] = shelved(f, arena_printf(f->a, "%s%zu", guide, i)).id;
    in = parcel_by_document(h->ids, n);
    in.photos = &photo;
    in.photo_count = 1;
    in.signature = STROKES;
    if (given_away) {
        in.discount = in.amount;
        in.amount = 0;
        in.discount_reason = "Cortesía";
    }
    f->c.role = ROLE_ADMIN;
    cr_assert_eq(deliver_packages(&f->c, &in, &d), OK, "%s", fixture_fault(f));
    cr_assert_eq(document_ask(&f->c, &(struct document_in){ "recibo", h->ids[0] }, &receipt), OK, "%s", fixture_fault(f));
}

static void hand_over_stands(struct fixture *f, const struct hand_over *h, bool given_away, const char *where)
{
    struct delivery d;

    for (size_t i = 0; i < h->n; i++) {
        cr_assert_eq(delivery_of(&f->c, h->ids[i], &d), OK, "%s", where);
        cr_expect_eq(d.packages.n, h->n, "%s: %zu parcels", where, d.packages.n);
        cr_expect_eq(d.paid, given_away ? 0 : 1500 * (int64_t)h->n, "%s", where);
        cr_expect(d.signature != NULL && streq(d.signature, STROKES), "%s", where);
    }
    cr_expect_eq(db_scalar(f->db, -1, &photos_at, h->ids[0]), 1, "%s", where);
    cr_expect_eq(db_scalar(f->db, -1, &receipt_waits, h->ids[0]), 1, "%s", where);
}

Test(delivery, of_two_in_one_second_to_one_customer_is_undone_without_the_other)
{
    for (int round = 0; round < 8; round++) {
        const bool first = round & 1, given_away = round & 2, whole = round & 4;
        const char *where = first ? "the first undone" : "the second undone";
        struct fixture f;
        struct hand_over v[2];
        const struct hand_over *undone = &v[first ? 0 : 1], *other = &v[first ? 1 : 0];
        struct packages back;
        struct package p;
        int64_t given;

        fixture_open(&f);
        hand_over(&f, &v[0], "UNSEGUNDO-A", 2, false);
        hand_over(&f, &v[1], "UNSEGUNDO-B", 1, given_away);
        hand_over_stands(&f, &v[0], false, "before");
        hand_over_stands(&f, &v[1], given_away, "before");
        if (whole) {
            cr_assert_eq(delivery_undo(&f.c, undone->ids[0], &back, &given), OK, "%s", fixture_fault(&f));
            cr_expect_eq(back.n, undone->n, "%s: %zu parcels", where, back.n);
            cr_expect_eq(given, first ? 3000 : given_away ? 0 : 1500);
        } else
            for (size_t i = 0; i < undone->n; i++)
                cr_assert_eq(package_undo(&f.c, undone->ids[i], &p), OK, "%s", fixture_fault(&f));
        for (size_t i = 0; i < undone->n; i++) {
            cr_assert_eq(package_by_id(&f.c, undone->ids[i], &p), OK);
            cr_expect_str_eq(p.state, "RECIBIDO");
            cr_expect_eq(db_scalar(f.db, -1, &photos_at, undone->ids[i]), 0, "%s: its photo goes", where);
        }
        cr_expect_eq(db_scalar(f.db, -1, &receipt_waits, undone->ids[0]), 0, "%s", where);
        hand_over_stands(&f, other, other == &v[1] && given_away, where);
        fixture_close(&f);
    }
}

Test(delivery, undone_and_made_again_in_one_second_has_its_own_payments)
{
    struct fixture f;
    struct delivery d;
    struct packages back;
    int64_t id, given;
    struct deliver_in in;

    fixture_open(&f);
    id = shelved(&f, "UNSEGUNDO-C").id;
    in = parcel_by_document(&id, 1);
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
        cr_assert_eq(delivery_of(&f.c, id, &d), OK);
        cr_expect_eq(d.paid, 1500);
        cr_assert_eq(delivery_undo(&f.c, id, &back, &given), OK, "%s", fixture_fault(&f));
        cr_expect_eq(given, 1500, "not what an earlier undoing gave back: %lld", (long long)given);
    }
    fixture_close(&f);
}

Test(delivery, undone_gives_back_what_it_took_and_says_the_same_to_its_twin)
{
    struct fixture f;
    struct delivery d;
    struct packages back;
    int64_t id, given;
    struct deliver_in paid, free;

    fixture_open(&f);
    f.c.role = ROLE_ADMIN;
    id = shelved(&f, "UNSEGUNDO-D").id;
    paid = free = parcel_by_document(&id, 1);
    free.discount = free.amount;
    free.amount = 0;
    free.discount_reason = "Cortesía";
    cr_assert_eq(deliver_packages(&f.c, &paid, &d), OK, "%s", fixture_fault(&f));
    f.c.operation_key = "u1:undoing-of-the-paid-one";
    f.c.operation_print = "print";
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(delivery_undo(&f.c, id, &back, &given), OK, "%s", fixture_fault(&f));
        cr_expect_eq(given, 1500, "request %d: %lld", i, (long long)given);
    }
    f.c.operation_key = NULL;
    cr_assert_eq(deliver_packages(&f.c, &free, &d), OK, "%s", fixture_fault(&f));
    cr_assert_eq(delivery_undo(&f.c, id, &back, &given), OK, "%s", fixture_fault(&f));
    cr_expect_eq(given, 0, "nothing was paid for this one: %lld", (long long)given);
    f.c.operation_key = "u1:undoing-of-the-paid-one";
    f.c.now++;
    cr_assert_eq(delivery_undo(&f.c, id, &back, &given), OK, "%s", fixture_fault(&f));
    cr_expect_eq(given, 1500, "the answer of the first, though the package was handed over since: %lld", (long long)given);
    fixture_close(&f);
}

/* The statements of the version before hand-overs had an identity, as it runs them still while a system is
 * upgraded: the database is migrated first, and serve is told after that. */
static const struct stmt before_undo[] = {
    STMT("t_before_reverse", "ii", "INSERT INTO payments (package_id, operation_id, amount, method, reference, taken_by,"
        " taken_at, reverses, reason) SELECT package_id, operation_id, -amount, method, reference, 1, $2, id,"
        " 'deshacer entrega' FROM payments WHERE package_id = $1 AND taken_at >= $2 AND reverses IS NULL"
        " AND id NOT IN (SELECT reverses FROM payments WHERE reverses IS NOT NULL)"),
    STMT("t_before_to_received", "ii", "UPDATE packages SET state = 'RECIBIDO', delivered_at = NULL, delivered_by = NULL,"
        " total_fee = NULL, discount = 0 WHERE id = $1 AND state = 'ENTREGADO' AND delivered_at = $2"),
};
static const struct stmt before_deliver = STMT("t_before_deliver", "iii",
    "UPDATE packages SET state = 'ENTREGADO', delivered_at = $2, delivered_by = 1, total_fee = 1500, discount = $3,"
    " position_id = NULL WHERE id = $1 AND state = 'RECIBIDO'");
static const struct stmt before_pay = STMT("t_before_pay", "isi",
    "INSERT INTO payments (package_id, operation_id, amount, method, reference, taken_by, taken_at)"
    " VALUES ($1, $2, 1500, 'nequi', 'N-1', 1, $3)");
static const struct stmt named = STMT("t_named", "i",
    "SELECT count(*) FROM packages WHERE id = $1 AND operation_id IS NOT NULL");

static void before_hand_over(struct fixture *f, const int64_t *ids, size_t n, size_t given_away, const char *operation)
{
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(db_exec(f->db, NULL, &before_deliver, ids[i], f->c.now, i == given_away ? (int64_t)1500 : 0), OK);
        cr_assert(i == given_away || db_exec(f->db, NULL, &before_pay, ids[i], operation, f->c.now) == OK);
    }
}

Test(delivery, of_the_version_before_has_its_identity_while_that_one_still_runs)
{
    for (size_t given_away = 0; given_away < 3; given_away++) {
        struct fixture f;
        struct delivery d;
        struct packages back;
        struct package p;
        struct payments all;
        int64_t ids[3], other, given;
        struct deliver_in in;

        fixture_open(&f);
        for (size_t i = 0; i < 3; i++)
            ids[i] = shelved(&f, arena_printf(f.a, "DEANTES%zu0", i)).id;
        other = shelved(&f, "DEANTESB0").id;
        in = parcel_by_document(ids, 3);
        cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
        in = parcel_by_document(&other, 1);
        cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
        for (size_t i = 0; i < 4; i++)
            for (size_t k = 0; k < COUNT(before_undo); k++)
                cr_assert_eq(db_exec(f.db, NULL, &before_undo[k], i < 3 ? ids[i] : other, f.c.now), OK);
        for (size_t i = 0; i < 3; i++)
            cr_expect_eq(db_scalar(f.db, -1, &named, ids[i]), 0, "what lies on the shelf is of no hand-over");

        f.c.now++;
        before_hand_over(&f, ids, 3, given_away, "de-antes-uno");
        before_hand_over(&f, &other, 1, 1, "de-antes-dos");
        for (size_t i = 0; i < 3; i++) {
            cr_assert_eq(delivery_of(&f.c, ids[i], &d), OK);
            cr_expect_eq(d.packages.n, 3, "%zu: %zu parcels", given_away, d.packages.n);
            cr_expect_eq(d.paid, 3000, "%zu: %lld", given_away, (long long)d.paid);
            cr_assert_eq(package_by_id(&f.c, ids[i], &p), OK);
            cr_assert_eq(payments_of(&f.c, ids[i], &all), OK);
            cr_expect_eq(payments_missing(&f.c, &all, &p), 0, "nothing is asked for again");
        }
        cr_assert_eq(delivery_of(&f.c, other, &d), OK);
        cr_expect_eq(d.packages.n, 1);
        cr_assert_eq(delivery_undo(&f.c, ids[0], &back, &given), OK, "%s", fixture_fault(&f));
        cr_expect_eq(back.n, 3);
        cr_expect_eq(given, 3000, "%zu: %lld", given_away, (long long)given);
        cr_assert_eq(delivery_of(&f.c, other, &d), OK);
        cr_expect_eq(d.paid, 1500);
        fixture_close(&f);
    }
}

static const struct stmt authorized_open = STMT("t_authorized_open", "",
    "SELECT count(*) FROM pickup_authorizations WHERE used_at IS NULL");

Test(delivery, uses_an_authorization_up_until_all_of_it_is_undone)
{
    struct fixture f;
    struct authorization z;
    struct delivery d;
    struct package p;
    struct deliver_in in;
    int64_t ids[2];

    fixture_open(&f);
    p = shelved(&f, "MANDADO01");
    ids[0] = p.id;
    ids[1] = shelved(&f, "MANDADO02").id;
    cr_assert_eq(authorization_create(&f.c, &(struct authorize_in){ link_token(&f.c, &p), "Pedro Ruiz", "CC", "1020304", NULL },
                                      &z), OK, "%s", fixture_fault(&f));
    in = (struct deliver_in){ .ids = ids, .count = 2, .code = z.code, .authorized = z.id, .method = "nequi", .reference = "N-1", .amount = 3000 };
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_undo(&f.c, ids[0], &p), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &authorized_open), 0, "the other one is handed over with it all the same");
    cr_assert_eq(package_undo(&f.c, ids[1], &p), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &authorized_open), 1);
    fixture_close(&f);
}

Test(delivery, is_authorized_for_what_is_in_the_same_name_and_nothing_of_who_has_the_same_phone)
{
    struct fixture f;
    struct package ruiz, gomez;
    struct authorization z;
    struct authorizations all;
    struct deliver_quote q;

    fixture_open(&f);
    ruiz = parcel_shelved(&f, .name = "María Ruiz", .phone = "300 555 0101", .guides = "RUIZ0001");
    gomez = parcel_shelved(&f, .name = "María Gómez", .phone = "300 555 0101", .guides = "GOMEZ0001");
    cr_assert_eq(gomez.customer_id, ruiz.customer_id);
    cr_assert_eq(authorization_create(&f.c, &(struct authorize_in){ .token = link_token(&f.c, &ruiz), .name = "Luz Mar",
                                      .document_type = "CC", .document_number = "1020304" }, &z), OK, "%s", fixture_fault(&f));
    cr_assert_eq(deliver_quote(&f.c, &(struct deliver_quote_in){ .code = z.code }, &q), OK, "%s", fixture_fault(&f));
    cr_assert_eq(q.n, 1);
    cr_expect_eq(q.v[0].package.id, ruiz.id);
    cr_assert_eq(authorizations_of(&f.c, &gomez, &all), OK);
    cr_expect_eq(all.n, 0, "the code of another's parcel");
    cr_expect_eq(authorization_revoke(&f.c, link_token(&f.c, &gomez), z.id), E_NOT_FOUND);
    cr_assert_eq(authorizations_of(&f.c, &ruiz, &all), OK);
    cr_expect_eq(all.n, 1);
    cr_expect_eq(authorization_revoke(&f.c, link_token(&f.c, &ruiz), z.id), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

Test(delivery, may_be_authorized_to_somebody_with_the_same_phone)
{
    struct fixture f;
    struct authorization z;
    struct package p;

    fixture_open(&f);
    p = shelved(&f, "MANDADO03");
    cr_expect_eq(authorization_create(&f.c, &(struct authorize_in){ link_token(&f.c, &p), "Pedro Ruiz", "CC", "1020304",
                                                                    p.customer_phone }, &z), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

static const struct stmt authorized_told = STMT("t_authorized_told", "",
    "SELECT count(*) FROM notifications WHERE event = 'authorization_created' AND channel = 'sms'");

Test(delivery, is_authorized_to_six_people_a_day_whether_they_are_revoked_or_not)
{
    struct fixture f;
    struct authorization z;
    struct package p;
    struct authorize_in in = { NULL, "Pedro Ruiz", "CC", "1020304", NULL };

    fixture_open(&f);
    f.c.actor = ACTOR_CUSTOMER;
    p = shelved(&f, "MANDADO04");
    in.token = link_token(&f.c, &p);
    for (int i = 0; i < 6; i++) {
        cr_assert_eq(authorization_create(&f.c, &in, &z), OK, "%d: %s", i, fixture_fault(&f));
        cr_assert_eq(authorization_revoke(&f.c, in.token, z.id), OK, "%s", fixture_fault(&f));
    }
    cr_expect_eq(authorization_create(&f.c, &in, &z), E_CONFLICT);
    p = shelved(&f, "MANDADO05");
    in.token = link_token(&f.c, &p);
    cr_expect_eq(authorization_create(&f.c, &in, &z), E_CONFLICT, "by another link of the same person");
    cr_expect_eq(db_scalar(f.db, -1, &authorized_told), 6);
    f.c.now += 24 * 3600;
    cr_expect_eq(authorization_create(&f.c, &in, &z), OK, "%s", fixture_fault(&f));
    fixture_close(&f);
}

static const struct stmt told_person = STMT("t_told_person", "is",
    "SELECT count(*) FROM notification_packages np JOIN notifications n ON n.id = np.notification_id"
    " WHERE np.package_id = $1 AND np.event = 'authorization_created' AND n.recipient = $2");

Test(delivery, shows_at_the_package_what_its_customer_and_who_is_authorised_were_told)
{
    struct fixture f;
    struct authorization z;
    struct package p;

    fixture_open(&f);
    p = shelved(&f, "MANDADO06");
    cr_assert_eq(authorization_create(&f.c, &(struct authorize_in){ link_token(&f.c, &p), "Pedro Ruiz", "CC", "1020304",
                                                                    "300 555 0102" }, &z), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, -1, &told_person, p.id, p.customer_phone), 1);
    cr_expect_eq(db_scalar(f.db, -1, &told_person, p.id, "+573005550102"), 1);
    fixture_close(&f);
}

static const struct stmt power_cut = STMT("t_power_cut", "",
    "CREATE TRIGGER power_cut BEFORE INSERT ON package_events WHEN NEW.kind = 'ENTREGA'"
    " AND (SELECT count(*) FROM payments WHERE package_id = NEW.package_id) > 0"
    " AND (SELECT count(*) FROM payments) = 2 BEGIN SELECT RAISE(ABORT, 'the lights went out'); END");
static const struct stmt payments_all = STMT("t_payments_all", "", "SELECT count(*) FROM payments");
static const struct stmt handed_over = STMT("t_handed_over", "",
    "SELECT count(*) FROM package_events WHERE kind = 'ENTREGA'");
static const struct stmt messages_of = STMT("t_delivered_messages", "",
    "SELECT count(*) FROM notifications WHERE event = 'package_delivered'");
static const struct stmt places_used = STMT("t_places_used", "", "SELECT sum(used) FROM positions");

Test(delivery, that_ends_after_its_payment_leaves_nothing_of_it)
{
    struct fixture f;
    struct delivery d;
    struct package p;
    struct deliver_in in;
    int64_t ids[2];

    fixture_open(&f);
    ids[0] = shelved(&f, "APAGON001").id;
    ids[1] = shelved(&f, "APAGON002").id;
    in = parcel_by_document(ids, 2);
    cr_assert_eq(db_exec(f.db, NULL, &power_cut), OK);
    cr_assert_neq(deliver_packages(&f.c, &in, &d), OK, "both were paid, the second event was not written");
    cr_expect_eq(db_scalar(f.db, -1, &payments_all), 0);
    cr_expect_eq(db_scalar(f.db, -1, &handed_over), 0);
    cr_expect_eq(db_scalar(f.db, -1, &messages_of), 0);
    cr_expect_eq(db_scalar(f.db, -1, &places_used), 2);
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(package_by_id(&f.c, ids[i], &p), OK);
        cr_expect_str_eq(p.state, "RECIBIDO");
        cr_expect_str_eq(p.position_code, i == 0 ? "00" : "01");
    }
    fixture_close(&f);
}

/* How many photos and signatures retention would remove now. */
static int64_t due_now(struct fixture *f)
{
    int64_t n = -1;

    cr_assert_eq(retention_due(&f->c, &n), OK);
    return n;
}

Test(delivery, forgets_its_signature_after_thirty_days)
{
    struct fixture f;
    struct delivery d;
    struct deliver_in in;
    int64_t id;
    int gone;

    fixture_open(&f);
    id = shelved(&f, "VIEJA0001").id;
    in = parcel_by_document(&id, 1);
    in.signature = STROKES;
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    f.c.now += 30 * 86400;
    cr_expect_eq(due_now(&f), 0);
    f.c.now++;
    cr_expect_eq(due_now(&f), 1);
    cr_assert_eq(retention_signatures(&f.c, 50, &gone), OK);
    cr_expect_eq(gone, 1);
    cr_assert_eq(retention_signatures(&f.c, 50, &gone), OK);
    cr_expect_eq(gone, 0);
    cr_assert_eq(delivery_of(&f.c, id, &d), OK);
    cr_expect_null(d.signature);
    fixture_close(&f);
}

Test(delivery, was_paid_with_what_stands_of_its_own_payments)
{
    struct fixture f;
    struct delivery d;
    struct packages back;
    int64_t given;
    struct payments all, theirs;
    struct payment reversal;
    struct package p;
    struct deliver_in in;
    int64_t id;

    fixture_open(&f);
    id = shelved(&f, "DEVUELTA1").id;
    in = parcel_by_document(&id, 1);
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    cr_assert_eq(delivery_undo(&f.c, id, &back, &given), OK, "%s", fixture_fault(&f));
    f.c.now++;
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    cr_assert_eq(package_by_id(&f.c, id, &p), OK);
    cr_assert_eq(payments_of(&f.c, id, &all), OK);
    theirs = payments_of_handover(&f.c, &all, &p);
    cr_assert_eq(theirs.n, 1, "neither the undone payment nor its reversal");
    cr_expect_eq(payments_sum(&theirs), 1500);

    f.c.role = ROLE_ADMIN;
    cr_assert_eq(payment_reverse(&f.c, &(struct payment_reverse_in){ .id = theirs.v[0].id, .reason = "cobro doble" }, &reversal), OK,
                 "%s", fixture_fault(&f));
    cr_assert_eq(payments_of(&f.c, id, &all), OK);
    theirs = payments_of_handover(&f.c, &all, &p);
    cr_expect_eq(theirs.n, 2, "the reversal shows");
    cr_expect_eq(payments_sum(&theirs), 0);
    cr_assert_eq(delivery_of(&f.c, id, &d), OK);
    cr_expect_eq(d.paid, 0);
    cr_expect_eq(d.total, 1500);
    fixture_close(&f);
}

Test(delivery, is_paid_however_often_it_was_undone_before)
{
    struct fixture f;
    struct delivery d;
    struct packages back;
    int64_t given;
    struct deliver_in in;
    int64_t id;

    fixture_open(&f);
    id = shelved(&f, "DEVUELTA9").id;
    in = parcel_by_document(&id, 1);
    for (int i = 0; i < 17; i++) {
        cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
        cr_assert_eq(delivery_undo(&f.c, id, &back, &given), OK, "%s", fixture_fault(&f));
        f.c.now++;
    }
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    cr_assert_eq(delivery_of(&f.c, id, &d), OK);
    cr_expect_eq(d.paid, 1500);
    fixture_close(&f);
}

Test(signature, takes_strokes_and_nothing_that_only_looks_like_them)
{
    static const char *const good[] = { "M10 10", "M10 10L12 14M0 160L400.25 0", "M10 20L99999 99999" };
    static const char *const bad[] = { "M", "M10", "M10 ", "ML", "M10 10L", "M. .", "M1 2 3", "L1 2", "M1  2", "M1 2 L3 4",
        "M123456 1", "M1.2345 1", "M1. 1", "M10 10\"/><script>", "M1e9 1", "M-1 1" };
    struct ctx c = { .a = arena_new() };

    for (size_t i = 0; i < COUNT(good); i++)
        cr_expect(text_is(signature_check(&c, good[i]), good[i]), "%s", good[i]);
    for (size_t i = 0; i < COUNT(bad); i++) {
        c.fault = (struct fault){ 0 };
        cr_expect(signature_check(&c, bad[i]) == NULL, "%s", bad[i]);
        cr_expect(text_is(c.fault.field, "signature"), "%s", bad[i]);
    }
    arena_free(c.a);
}

Test(delivery, names_the_field_of_what_is_missing)
{
    struct fixture f;
    struct delivery d;
    struct deliver_in in;
    int64_t id, many[101];

    fixture_open(&f);
    f.c.role = ROLE_ADMIN;
    id = shelved(&f, "FALTA0001").id;
    in = parcel_by_document(&id, 1);
    in.override_reason = "otro";
    cr_expect_eq(deliver_packages(&f.c, &in, &d), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "override_text", "another reason is said in words");
    in = parcel_by_document(&id, 1);
    in.identity_checked = false;
    cr_expect_eq(deliver_packages(&f.c, &in, &d), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "identity_checked");
    in = parcel_by_document(&id, 1);
    in.discount = 500;
    cr_expect_eq(deliver_packages(&f.c, &in, &d), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "discount_reason");
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = id;
    in = parcel_by_document(many, COUNT(many));
    cr_expect_eq(deliver_packages(&f.c, &in, &d), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "ids", "a hundred at most");
    fixture_close(&f);
}

static enum err discounted(struct fixture *f, const char *guide, int64_t off)
{
    struct package p;
    struct deliver_in in;
    struct delivery out;

    cr_assert_eq(package_by_guide(&f->c, guide, &p), OK);
    in = parcel_by_document(&p.id, 1);
    in.discount = off;
    in.discount_reason = "Cliente frecuente";
    in.amount = 1500 - off;
    return deliver_packages(&f->c, &in, &out);
}

Test(delivery, discounts_in_pieces_need_the_approval_of_their_sum)
{
    const struct setting_change set[] = { { "handover.discount_alone", "1500" } };
    struct fixture f;
    struct package p;

    fixture_open(&f);
    cr_assert_eq(setting_change(&f.c, NULL, 0, set, COUNT(set)), OK, "%s", fixture_fault(&f));
    (void)parcel_shelved(&f, .guides = "GUIA0001");
    f.c.now += 47 * 3600;
    for (int i = 2; i <= 6; i++)
        (void)parcel_shelved(&f, .guides = arena_printf(f.a, "GUIA000%d", i), .phone = i == 5 ? "300 555 0005" : NULL);
    cr_expect_eq(discounted(&f, "GUIA0002", 700), OK, "%s", fixture_fault(&f));
    cr_expect_eq(discounted(&f, "GUIA0003", 801), E_FORBIDDEN, "700 and 801 of one person");
    cr_expect_str_eq(f.c.fault.field, "discount");
    cr_expect_eq(discounted(&f, "GUIA0005", 801), OK, "another person's: %s", fixture_fault(&f));
    f.c.fault = (struct fault){ 0 };
    cr_assert_eq(package_by_guide(&f.c, "GUIA0001", &p), OK);
    cr_expect_eq(package_cancel(&f.c, &(struct cancel_in){ p.id, "devuelto_transportadora", NULL, NULL }, &p), E_FORBIDDEN,
                 "700 and a day of storage");
    f.c.now += DAY_SECONDS;
    f.c.fault = (struct fault){ 0 };
    cr_expect_eq(discounted(&f, "GUIA0003", 801), OK, "the next day: %s", fixture_fault(&f));
    cr_expect_eq(discounted(&f, "GUIA0004", 700), E_FORBIDDEN);
    fixture_close(&f);
}
