/* Track: what each key lets the public know, and what guessing costs. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/handover/deliver.h"
#include "domain/handover/proof.h"
#include "domain/parcel/email_proof.h"
#include "domain/parcel/link.h"
#include "domain/parcel/pickup.h"
#include "domain/people/opt_out.h"
#include "domain/people/user.h"
#include "domain/people/user_link.h"
#include "domain/public/inquiry.h"
#include "domain/public/track.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt tariff = STMT("t_track_tariff", "i",
    "INSERT INTO rates (package_type, base_fee, storage_per_day, free_hours, valid_from,"
    " created_at)"
    " VALUES ('NORMAL', 9000, 5000, 1, $1, 0)");
static const struct stmt photo = STMT("t_track_photo", "isss",
    "INSERT INTO package_files (package_id, key, kind, state, created_at)"
    " VALUES ($1, $2, $3, $4, 1)");
static const struct stmt tries = STMT("t_track_tries", "",
    "SELECT coalesce(sum(count), 0) FROM throttles");

Test(track, token_tells_all_code_is_masked_guide_gives_the_state)
{
    struct fixture f;
    struct package p;
    struct track t;

    fixture_open(&f);
    parcel_announced(&f, .guides = "GUIA-0001");
    p = parcel_received(&f, .guide = "GUIA-0001");
    cr_assert_eq(db_exec(f.db, NULL, &photo, p.id, "k1", "RECEPCION", "ready"), OK);
    cr_assert_eq(db_exec(f.db, NULL, &photo, p.id, "k2", "RECEPCION", "pending"), OK);
    cr_assert_eq(db_exec(f.db, NULL, &photo, p.id, "k3", "FIRMA", "ready"), OK);

    cr_assert_eq(track_by_token(&f.c, link_token(&f.c, &p), &t), OK);
    cr_expect_str_eq(t.name, "Ana Ríos");
    cr_expect_str_eq(t.phone, "•••01");
    cr_expect_str_eq(t.pickup_code, package_pickup_code(&f.c, &p));
    cr_expect_eq(t.photos.n, 1, "a signature is no photo");
    cr_expect_eq(t.photos_pending, 1);
    cr_expect(t.has_fee);
    cr_expect_eq(t.fee.total, 1500);
    cr_expect_eq(t.fee.grows_at, FIXTURE_NOW + DAY_SECONDS + 1);

    cr_assert_eq(track_by_code(&f.c, p.tracking_code, &t), OK);
    cr_expect_str_eq(t.name, "Ana R.");
    cr_expect_null(t.pickup_code);
    cr_expect_eq(t.photos.n, 0);
    cr_expect_eq(t.fee.total, 1500);

    cr_assert_eq(track_search(&f.c, " guia 0001 ", &t), OK);
    cr_expect_eq(t.key, TRACK_GUIDE);
    cr_expect_str_eq(t.package.state, "RECIBIDO");
    cr_expect_null(t.package.public_token);
    cr_expect_null(t.package.tracking_code);
    cr_expect_null(t.name);
    cr_expect(!t.has_fee);
    cr_expect_eq(db_scalar(f.db, -1, &tries), 0, "who finds is not counted");
    fixture_close(&f);
}

Test(track, code_comes_before_a_guide_of_its_form)
{
    struct fixture f;
    struct package p;
    struct track t;

    fixture_open(&f);
    p = parcel_announced(&f, .guides = "GUIA0001");
    parcel_announced(&f, .guides = p.tracking_code);
    cr_assert_eq(track_search(&f.c, p.tracking_code, &t), OK);
    cr_expect_eq(t.key, TRACK_CODE);
    cr_expect_str_eq(t.package.guide_number, "GUIA0001");
    fixture_close(&f);
}

Test(track, before_reception_both_prices_of_the_announcement)
{
    struct fixture f;
    struct package p;
    struct track t;

    fixture_open(&f);
    p = parcel_announced(&f, .guides = "GUIA0001");
    cr_assert_eq(db_exec(f.db, NULL, &tariff, (int64_t)FIXTURE_NOW + 60), OK);
    f.c.now += 3600;
    cr_assert_eq(track_by_code(&f.c, p.tracking_code, &t), OK);
    cr_expect(!t.has_fee);
    cr_assert_eq(t.rates.n, 2);
    cr_expect_eq(t.rates.v[0].base_fee, 1500, "not the one that came later");
    cr_expect_eq(t.rates.v[1].base_fee, 2000);
    cr_assert_eq(rates_at(&f.c, f.c.now, &t.rates), OK);
    cr_expect_eq(t.rates.v[1].base_fee, 9000, "now it is the dearer one");
    cr_expect_eq(rate_after(&t.rates.v[0], 3).total, 2000 + 2 * 1000);
    cr_expect_eq(rate_after(&t.rates.v[0], 0).total, 2000);
    cr_assert_eq(rates_at(&f.c, -1, &t.rates), OK);
    cr_expect_eq(t.rates.n, 0);
    fixture_close(&f);
}

Test(track, pickup_code_shows_only_on_the_shelf)
{
    struct fixture f;
    struct package p;
    struct deliver_in in;
    struct delivery out;
    struct track t;
    const char *code;

    fixture_open(&f);
    p = parcel_announced(&f, .guides = "GUIA0001");
    cr_expect_eq(track_pickup_code(&f.c, link_token(&f.c, &p), &code), E_NOT_FOUND);
    p = parcel_received(&f, .guide = "GUIA0001");
    cr_assert_eq(track_pickup_code(&f.c, link_token(&f.c, &p), &code), OK);
    cr_expect_eq(strlen(code), 6);
    in = (struct deliver_in){ .ids = &p.id, .count = 1, .code = code, .method = "efectivo",
                              .amount = 1500 };
    cr_assert_eq(deliver_packages(&f.c, &in, &out), OK, "%s", fixture_fault(&f));
    cr_expect_eq(track_pickup_code(&f.c, link_token(&f.c, &p), &code), E_NOT_FOUND);
    cr_assert_eq(track_by_token(&f.c, link_token(&f.c, &p), &t), OK);
    cr_expect_null(t.pickup_code);
    cr_expect_eq(t.fee.total, 1500, "frozen");
    fixture_close(&f);
}

Test(track, a_wrong_code_is_told_as_such_though_the_disk_is_full)
{
    struct fixture f;
    struct track t;

    fixture_open(&f);
    f.c.address = "203.0.113.7";
    parcel_announced(&f, .guides = "GUIA0001");
    fixture_disk_full(true);
    cr_expect_eq(track_by_code(&f.c, "ZZZZZZ", &t), E_NOT_FOUND);
    cr_expect_eq(track_search(&f.c, "GUIA9999", &t), E_NOT_FOUND);
    cr_expect_eq(track_search(&f.c, "GUIA0001", &t), OK);
    fixture_disk_full(false);
    fixture_close(&f);
}

Test(track, a_secret_that_cannot_be_read_makes_no_code_wrong_and_no_page_without_one)
{
    static const struct stmt wrong = STMT("t_track_wrong", "",
        "SELECT count(*) FROM audit_log WHERE action = 'pickup_code_wrong'");
    struct fixture f;
    struct package p;
    struct track t;
    struct proof proof;
    const char *key, *token, *code;

    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "GUIA0001");
    token = link_token(&f.c, &p);
    code = package_pickup_code(&f.c, &p);
    key = arena_printf(f.a, "%s/pickup_key", f.conf->secrets_dir);
    cr_assert_eq(rename(key, arena_printf(f.a, "%s.gone", key)), 0);
    cr_expect_eq(track_by_token(&f.c, token, &t), E_INTERNAL);
    cr_expect_eq(track_pickup_code(&f.c, token, &code), E_INTERNAL);
    cr_expect_eq(proof_by_code(&f.c, "123456", &proof), E_INTERNAL);
    cr_expect_eq(deliver_packages(&f.c, &(struct deliver_in){ .ids = &p.id, .count = 1, .code = "123456",
                 .method = "efectivo", .amount = 1500 }, &(struct delivery){ 0 }), E_INTERNAL);
    cr_expect_eq(db_scalar(f.db, -1, &wrong), 0);
    cr_assert_eq(rename(arena_printf(f.a, "%s.gone", key), key), 0);
    cr_expect_eq(track_by_token(&f.c, token, &t), OK);
    fixture_close(&f);
}

struct busy { struct ctx *c; const char *link, *email, *opt_out, *reset; };

/* Statements of a write that the store wants to run again all answer that the database is busy. */
static enum err busy_tx(struct db *db, void *arg)
{
    struct busy *b = arg;
    struct package p;
    struct opt_out o;

    db_write_again(db);
    cr_expect_eq(package_by_token(b->c, b->link, &p), E_BUSY);
    cr_expect_eq(package_by_email_link(b->c, b->email, &p), E_BUSY);
    cr_expect_eq(opt_out_open(b->c, b->opt_out, &o), E_BUSY);
    cr_expect_eq(user_reset_check(b->c, b->reset), E_BUSY);
    return OK;
}

Test(track, no_link_is_a_wrong_one_because_the_database_is_busy)
{
    static const struct stmt reset = STMT("t_track_reset", "", "SELECT id FROM password_resets");
    struct fixture f;
    struct package p;
    struct busy b = { .c = &f.c };

    fixture_open(&f);
    f.c.actor = ACTOR_CUSTOMER;
    p = parcel_announced(&f, .email = "ana@example.com", .guides = "GUIA0001");
    f.c.actor = ACTOR_USER;
    b.link = link_token(&f.c, &p);
    b.email = strrchr(email_link(&f.c, &p), '/') + 1;
    b.opt_out = opt_out_token(&f.c, p.customer_id, "sms", "+573005550001");
    cr_assert_eq(user_reset_ask(&f.c, "oper"), OK);
    cr_assert_eq(user_link_address(&f.c, db_scalar(f.db, 0, &reset), &b.reset), OK);
    b.reset = strchr(b.reset, '=') + 1;
    cr_expect_eq(db_write(f.db, busy_tx, &b), E_BUSY);
    cr_expect_eq(package_by_email_link(&f.c, b.email, &p), OK);
    fixture_close(&f);
}

Test(track, wrong_keys_look_alike_and_guessing_is_stopped)
{
    static const char *const wrong[] = { "", "x", "ZZZZZZ", "zzzzz2", "9999999999", "ñandú", "%" };
    struct fixture f;
    struct package p;
    struct track t;
    const char *first = NULL;
    int misses = 0;

    fixture_open(&f);
    f.conf->lookup_per_minute = 16;
    f.c.address = "203.0.113.7";
    p = parcel_announced(&f, .guides = "GUIA0001");
    for (size_t i = 0; i < COUNT(wrong); i++) {
        cr_expect_eq(track_search(&f.c, wrong[i], &t), E_NOT_FOUND, "%s", wrong[i]);
        if (first == NULL)
            first = fixture_fault(&f);
        cr_expect_str_eq(fixture_fault(&f), first);
        cr_expect_eq(track_by_code(&f.c, wrong[i], &t), E_NOT_FOUND);
        cr_expect_str_eq(fixture_fault(&f), first);
    }
    cr_expect_eq(track_by_token(&f.c, "nope", &t), E_NOT_FOUND);
    cr_expect_str_eq(fixture_fault(&f), first);
    while (misses < 10 && track_by_code(&f.c, "ZZZZZZ", &t) == E_NOT_FOUND)
        misses++;
    cr_expect_eq(misses, 16 - 15, "all keys are counted together");
    cr_expect_eq(track_by_code(&f.c, p.tracking_code, &t), E_THROTTLED, "a hit would tell");
    cr_expect_gt(f.c.fault.retry_after, 0);
    cr_expect_eq(track_search(&f.c, "GUIA0001", &t), E_THROTTLED);
    cr_expect_eq(track_by_token(&f.c, link_token(&f.c, &p), &t), OK, "links are not guessed");
    f.c.address = "203.0.113.200";
    cr_expect_eq(track_by_code(&f.c, p.tracking_code, &t), E_THROTTLED, "the same network");
    f.c.address = "198.51.100.7";
    cr_expect_eq(track_by_code(&f.c, p.tracking_code, &t), OK, "others are not hurt");
    f.c.address = "203.0.113.7";
    f.c.now += 60;
    cr_expect_eq(track_by_code(&f.c, p.tracking_code, &t), OK, "a minute later");
    fixture_close(&f);
}

Test(track, codes_of_one_announcement_are_all_or_none)
{
    struct fixture f;
    struct package a, b;
    struct packages out;
    const char *both;

    fixture_open(&f);
    a = parcel_announced(&f, .guides = "GUIA0001\nGUIA0002");
    b = parcel_announced(&f, .guides = "GUIA0003");
    both = arena_printf(f.a, "%s.%s", a.tracking_code, b.tracking_code);
    cr_assert_eq(track_codes(&f.c, both, &out), OK);
    cr_expect_eq(out.n, 2);
    cr_expect_str_eq(out.v[1].guide_number, "GUIA0003");
    cr_expect_eq(track_codes(&f.c, arena_printf(f.a, "%s.", a.tracking_code), &out), E_NOT_FOUND);
    cr_expect_eq(track_codes(&f.c, arena_printf(f.a, "%s.x", a.tracking_code), &out), E_NOT_FOUND);
    fixture_close(&f);
}

Test(inquiry, of_characters_that_nobody_sees_is_none)
{
    struct fixture f;
    struct package p;
    struct inquiry out;
    char blank[3 * 30 + 1] = "", hidden[200];

    fixture_open(&f);
    p = parcel_announced(&f, .guides = "GUIA-0001");
    for (int i = 0; i < 30; i++)
        strcat(blank, "\u200b");
    cr_expect_eq(inquiry_ask(&f.c, &(struct inquiry_in){ link_token(&f.c, &p), blank }, &out), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "content");
    snprintf(hidden, sizeof hidden, "Hola%s", blank);
    cr_expect_eq(inquiry_ask(&f.c, &(struct inquiry_in){ link_token(&f.c, &p), hidden }, &out), E_INVALID, "four are seen");
    cr_assert_eq(inquiry_ask(&f.c, &(struct inquiry_in){ link_token(&f.c, &p), "¿Ya llegó\u200b mi caja?" }, &out), OK);
    cr_expect_str_eq(out.content, "¿Ya llegó mi caja?");
    fixture_close(&f);
}

/* A stranger who has many networks, and links of many parcels. */
Test(inquiry, of_all_networks_together_are_sixty_an_hour)
{
    struct fixture f;
    struct inquiry out;
    enum err e = OK;
    int asked = 0;

    fixture_open(&f);
    for (int i = 0; i < 14 && e == OK; i++) {
        struct package p = parcel_announced(&f, .guides = arena_printf(f.a, "GUIA-00%02d", i));

        f.c.address = arena_printf(f.a, "198.51.%d.1", i);
        for (int j = 0; j < INQUIRIES_A_DAY && e == OK; j++, asked += e == OK)
            e = inquiry_ask(&f.c, &(struct inquiry_in){ link_token(&f.c, &p), "¿Ya llegó mi caja?" }, &out);
    }
    cr_expect_eq(e, E_THROTTLED);
    cr_expect_eq(asked, 60);
    cr_expect_gt(f.c.fault.retry_after, 0);
    fixture_close(&f);
}
