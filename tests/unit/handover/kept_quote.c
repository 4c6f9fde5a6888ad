/* Kept quote: what a clerk is about to hand over keeps its proof for half an hour, holds no code, and knows what its
 * hand-over did. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/custody/undo.h"
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
