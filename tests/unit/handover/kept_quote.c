/* Kept quote: what a clerk is about to hand over keeps its proof for half an hour, holds no code, and knows what its
 * hand-over did. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/custody/undo.h"
#include "domain/ground/operation.h"
#include "domain/handover/authorization.h"
#include "domain/handover/kept_quote.h"
#include "domain/parcel/link.h"
#include "domain/parcel/pickup.h"
#include "tests/unit/fixture.h"
#include "tests/unit/parcels.h"

static const struct stmt rows = STMT("t_quotes", "", "SELECT count(*) FROM kept_quotes");
static const struct stmt holding = STMT("t_quotes_holding", "s",
    "SELECT count(*) FROM kept_quotes WHERE instr(concat_ws(' ', code_of, code_version, typed, faults, operation_key), $1) > 0");

static struct fixture f;
static struct package p;
static const char *code, *id;
static struct kept_quote kept;

static void code_kept(void)
{
    fixture_open(&f);
    p = parcel_shelved(&f, .guides = "GUARDADA1");
    code = package_pickup_code(&f.c, &p);
    cr_assert_eq(quote_keep(&f.c, &(struct quote_keep_in){ .code = code }, &id), OK, "%s", fixture_fault(&f));
}

static void code_forgotten(void)
{
    fixture_close(&f);
}

TestSuite(kept_quote, .init = code_kept, .fini = code_forgotten);

Test(kept_quote, is_the_proof_again_for_half_an_hour_without_holding_a_code)
{
    cr_assert_eq(kept_quote_by_id(&f.c, id, &kept), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(kept.by.code, code);
    cr_expect_not(kept.expired);
    cr_expect_eq(kept.delivered, 0);
    cr_expect_eq(db_scalar(f.db, -1, &holding, code), 0);
    f.c.now += 1799;
    cr_assert_eq(kept_quote_by_id(&f.c, id, &kept), OK);
    cr_expect_str_eq(kept.by.code, code);
    f.c.now++;
    cr_assert_eq(kept_quote_by_id(&f.c, id, &kept), OK);
    cr_expect_null(kept.by.code);
    cr_expect(kept.expired);
    cr_expect_eq(kept.by.customer_id, p.customer_id, "the person's list stays");
}

static const struct stmt renew = STMT("t_quote_renew", "i",
    "UPDATE packages SET pickup_version = pickup_version + 1 WHERE id = $1 RETURNING pickup_version");

Test(kept_quote, is_no_proof_with_a_code_that_another_has_replaced)
{
    cr_assert_eq(db_scalar(f.db, 0, &renew, p.id), p.pickup_version + 1);
    cr_assert_eq(kept_quote_by_id(&f.c, id, &kept), OK);
    cr_expect_null(kept.by.code);
    cr_expect_not(kept.expired);
    cr_expect_eq(kept.by.customer_id, p.customer_id);
}

Test(kept_quote, of_an_authorised_persons_code_is_theirs_until_it_is_revoked)
{
    const struct authorize_in in = { link_token(&f.c, &p), "Pedro Ruiz", "CC", "1020304", NULL };
    struct authorization z;

    cr_assert_eq(authorization_create(&f.c, &in, &z), OK, "%s", fixture_fault(&f));
    cr_assert_eq(quote_keep(&f.c, &(struct quote_keep_in){ .code = z.code }, &id), OK, "%s", fixture_fault(&f));
    cr_assert_eq(kept_quote_by_id(&f.c, id, &kept), OK);
    cr_expect_str_eq(kept.by.code, z.code);
    cr_assert_eq(authorization_revoke(&f.c, in.token, z.id), OK, "%s", fixture_fault(&f));
    cr_assert_eq(kept_quote_by_id(&f.c, id, &kept), OK);
    cr_expect_null(kept.by.code);
}

static enum err sweep_tx(struct db *db UNUSED, void *arg UNUSED)
{
    return kept_quotes_sweep_tx(&f.c);
}

Test(kept_quote, is_its_clerks_alone_and_is_swept_after_their_day)
{
    f.c.user_id = 2;
    cr_expect_eq(kept_quote_by_id(&f.c, id, &kept), E_NOT_FOUND);
    f.c.user_id = 1;
    f.c.now += 12 * 3600 - 1;
    cr_expect_eq(kept_quote_by_id(&f.c, id, &kept), OK);
    cr_assert_eq(db_write(f.db, sweep_tx, NULL), OK);
    cr_expect_eq(db_scalar(f.db, 0, &rows), 1);
    f.c.now++;
    cr_expect_eq(kept_quote_by_id(&f.c, id, &kept), E_NOT_FOUND);
    cr_assert_eq(db_write(f.db, sweep_tx, NULL), OK);
    cr_expect_eq(db_scalar(f.db, 1, &rows), 0);
}

Test(kept_quote, keeps_the_form_that_failed_and_a_wrong_code_is_in_it_alone)
{
    const struct quote_keep_in failed = { .id = id, .code = code, .customer_id = p.customer_id, .typed = "?amount=mil",
                                          .faults = "?amount=No", .operation_key = "0123456789abcdef" };
    const char *again;

    cr_assert_eq(quote_keep(&f.c, &failed, &again), OK);
    cr_expect_str_eq(again, id, "the same address");
    cr_assert_eq(kept_quote_by_id(&f.c, id, &kept), OK);
    cr_expect_str_eq(kept.typed, "?amount=mil");
    cr_expect_str_eq(kept.faults, "?amount=No");
    cr_expect_str_eq(kept.operation_key, "0123456789abcdef");
    cr_expect_str_eq(kept.by.code, code);
    cr_expect_eq(db_scalar(f.db, 0, &rows), 1);
    cr_expect(pickup_code_known(&f.c, code));
    cr_expect_not(pickup_code_known(&f.c, "000000") && pickup_code_known(&f.c, "000001"));
    f.c.user_id = 2;
    cr_assert_eq(quote_keep(&f.c, &failed, &again), OK);
    cr_expect_str_neq(again, id, "nobody writes into another's");
}

Test(kept_quote, knows_what_its_hand_over_delivered_until_that_is_undone)
{
    struct deliver_in in = parcel_by_document(&p.id, 1);
    struct packages back;
    struct delivery d;
    int64_t given;

    cr_assert_eq(kept_quote_by_id(&f.c, id, &kept), OK);
    f.c.operation_key = arena_printf(f.a, "u1:%s", kept.operation_key);
    f.c.operation_print = "hand-over";
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    f.c.operation_key = NULL;
    cr_assert_eq(kept_quote_by_id(&f.c, id, &kept), OK);
    cr_expect_eq(kept.delivered, p.id);
    cr_assert_eq(delivery_undo(&f.c, p.id, &back, &given), OK, "%s", fixture_fault(&f));
    cr_assert_eq(kept_quote_by_id(&f.c, id, &kept), OK);
    cr_expect_eq(kept.delivered, 0);
    cr_expect_null(kept.operation_key, "the next hand-over needs a key of its own");
}

/* ---- a key that was used already ---- */

static void key_given(const char *key)
{
    f.c.operation_key = key == NULL ? NULL : operation_own_key(&f.c, key);
    f.c.operation_print = key;
}

static void delivered_with_key(int64_t package, const char *key)
{
    struct deliver_in in = parcel_by_document(&package, 1);
    struct delivery d;

    key_given(key);
    cr_assert_eq(deliver_packages(&f.c, &in, &d), OK, "%s", fixture_fault(&f));
    key_given(NULL);
}

static enum err number_tx(struct db *db UNUSED, void *arg)
{
    *(int64_t *)arg = p.id;      /* of another thing, which has the number that a package has too */
    return OK;
}

Test(kept_quote, by_a_used_key_shows_the_hand_over_of_that_clerk_to_that_person_and_of_no_other)
{
    enum { HERS, ANOTHERS, OTHER_KIND, KEYS };
    static const char *const keys[KEYS] = { "0123456789abcdef-1", "0123456789abcdef-2", "0123456789abcdef-3" };
    const struct package other = parcel_shelved(&f, .name = "Pedro Gil", .phone = "300 555 0402", .guides = "AJENA0001"),
                         second = parcel_shelved(&f, .guides = "GUARDADA2");
    const struct { const char *what; int key; int64_t user; struct handover_of of; int64_t shows; } rows_of[] = {
        { "her list", HERS, 1, { p.customer_id, 0 }, p.id }, { "her parcel", HERS, 1, { 0, p.id }, p.id },
        { "another parcel of hers", HERS, 1, { 0, second.id }, p.id }, { "his list", HERS, 1, { other.customer_id, 0 }, 0 },
        { "his parcel", HERS, 1, { 0, other.id }, 0 }, { "nobody's", HERS, 1, { 0, 0 }, 0 },
        { "another clerk's", HERS, 2, { p.customer_id, 0 }, 0 }, { "his key, her list", ANOTHERS, 1, { p.customer_id, p.id }, 0 },
        { "his key, his list", ANOTHERS, 1, { other.customer_id, 0 }, other.id },
        { "another kind of form", OTHER_KIND, 1, { p.customer_id, p.id }, 0 },
    };
    int64_t id_of, shows;

    delivered_with_key(p.id, keys[HERS]);
    delivered_with_key(other.id, keys[ANOTHERS]);
    key_given(keys[OTHER_KIND]);
    cr_assert_eq(operation_once(&f.c, "label", number_tx, &id_of, &id_of), OK);
    key_given(NULL);
    for (size_t i = 0; i < COUNT(rows_of); i++) {
        const char *key = keys[rows_of[i].key];

        f.c.user_id = rows_of[i].user;
        cr_assert_eq(handover_by_key(&f.c, rows_of[i].of, &key, &shows), OK, "%s", rows_of[i].what);
        cr_expect_eq(shows, rows_of[i].shows, "%s", rows_of[i].what);
        cr_expect_eq(key == NULL, rows_of[i].user == 1, "%s: whoever used it needs a new one", rows_of[i].what);
    }
    f.c.user_id = 1;
}

Test(kept_quote, that_was_kept_with_the_key_of_anothers_hand_over_is_still_to_be_handed_over)
{
    const struct package other = parcel_shelved(&f, .name = "Pedro Gil", .phone = "300 555 0402", .guides = "AJENA0001");
    struct quote_keep_in failed = { .id = id, .code = code, .customer_id = p.customer_id, .operation_key = "0123456789abcdef" };

    delivered_with_key(other.id, failed.operation_key);
    cr_assert_eq(quote_keep(&f.c, &failed, &id), OK);
    cr_assert_eq(kept_quote_by_id(&f.c, id, &kept), OK);
    cr_expect_eq(kept.delivered, 0);
    cr_expect_null(kept.operation_key);
}
