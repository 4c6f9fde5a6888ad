/* PINs and what they approve: which digits are one, who is known by one, five tries, and that an approval is of what was
 * shown and of nothing else. */
#include <criterion/criterion.h>
#include <time.h>

#include "base/texts.h"
#include "crypto/crypto.h"
#include "domain/ground/setting.h"
#include "domain/people/approval.h"
#include "domain/people/pin.h"
#include "domain/people/session.h"
#include "domain/people/texts.h"
#include "domain/people/user_change.h"
#include "tests/unit/users.h"

TestSuite(pin, .timeout = 120);

#define PIN "805173"
#define OTHER_PIN "739415"

static const struct stmt count_pins = STMT("t_pins", "", "SELECT count(*) FROM operator_pins");
static const struct stmt pin_rows = STMT("t_pin_rows", "", "SELECT pin_hash FROM operator_pins ORDER BY user_id LIMIT 1");
static const struct stmt audited = STMT("t_audited", "ss",
    "SELECT count(*) FROM audit_log WHERE action = $1 AND details LIKE '%' || $2 || '%'");
static const struct stmt demote = STMT("t_demote", "i", "UPDATE users SET role = 'OPERADOR' WHERE id = $1");

/* Adds a user, without a PIN if `pin` is NULL, and returns the context of that person. */
static struct ctx person(struct fixture *f, const char *username, const char *role, const char *pin)
{
    struct ctx c = user_made(f, username, role);

    if (pin != NULL)
        cr_assert_eq(pin_set(&c, &(struct pin_in){ GOOD, pin, pin }), OK, "%s", fault_sentence(f->a, &c.fault));
    return c;
}

Test(pin, is_none_that_people_try_first)
{
    static const char *const obvious[] = {
        "0000", "1111", "1234", "4321", "7890", "9012", "2468", "1212", "123123", "2580", "2512", "1225", "1984", "2026",
        "251284", "840725", "25121984", "19841225", "147258", "0001", "05550001",
    }, *const good[] = { PIN, OTHER_PIN, "8461", "90417", "4471903", "738204", "93018475" };

    for (size_t i = 0; i < COUNT(obvious); i++)
        cr_expect(pin_is_obvious(obvious[i], "+573005550001"), "%s", obvious[i]);
    for (size_t i = 0; i < COUNT(good); i++)
        cr_expect_not(pin_is_obvious(good[i], "+573005550001"), "%s", good[i]);
    cr_expect_not(pin_is_obvious("8051", NULL));
}

Test(pin, is_set_by_its_owner_with_the_password_and_kept_as_a_hash)
{
    static const struct { const char *current, *pin, *again, *field; } wrong[] = {
        { GOOD, "805", "805", "pin" }, { GOOD, "805178901", "805178901", "pin" }, { GOOD, "80a1", "80a1", "pin" },
        { GOOD, "1234", "1234", "pin" }, { GOOD, PIN, "8052", "again" }, { "otra cosa larga", PIN, PIN, "current" },
    };
    struct fixture f;
    struct ctx c;
    struct rows q;

    fixture_open(&f);
    c = person(&f, "ana", "OPERADOR", NULL);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        cr_expect_eq(pin_set(&c, &(struct pin_in){ wrong[i].current, wrong[i].pin, wrong[i].again }), E_INVALID);
        cr_expect_str_eq(c.fault.field, wrong[i].field, "row %zu", i);
    }
    cr_expect_eq(pin_set_at(&c, c.user_id), 0);
    cr_assert_eq(pin_set(&c, &(struct pin_in){ GOOD, PIN, PIN }), OK);
    cr_expect_eq(pin_set_at(&c, c.user_id), f.c.now);
    cr_assert_eq(db_one(f.db, &q, &pin_rows), OK);
    cr_expect_eq(strncmp(db_text(&q, 0), "$argon2id$", 10), 0);
    cr_expect_eq(password_verify(f.conf, db_text(&q, 0), PIN), E_INVALID, "nobody's PIN is hashed alone");
    cr_assert_eq(db_end(&q), OK);
    fixture_close(&f);
}

Test(pin, goes_when_its_owner_or_an_administrator_takes_it_or_sets_the_password)
{
    struct fixture f;
    struct ctx ana, jefa;
    char *made;

    fixture_open(&f);
    ana = person(&f, "ana", "OPERADOR", PIN);
    jefa = person(&f, "jefa", "ADMIN", OTHER_PIN);
    cr_expect_eq(pin_clear(&ana, jefa.user_id, GOOD), E_NOT_FOUND, "an OPERADOR takes nobody's");
    cr_expect_eq(pin_clear(&jefa, ana.user_id, NULL), OK);
    cr_expect_eq(pin_clear(&jefa, ana.user_id, NULL), E_NOT_FOUND);
    cr_expect_eq(pin_clear(&jefa, jefa.user_id, "otra cosa larga"), E_INVALID, "somebody who works there by that PIN");
    cr_expect_str_eq(jefa.fault.field, "own_password");
    cr_expect_eq(pin_clear(&jefa, jefa.user_id, GOOD), OK);
    cr_assert_eq(pin_set(&ana, &(struct pin_in){ GOOD, PIN, PIN }), OK);
    cr_assert_eq(user_set_password(&jefa, "ana", NULL, &made), OK);
    cr_expect_eq(db_scalar(f.db, 9, &count_pins), 0);
    cr_assert_eq(pin_set(&jefa, &(struct pin_in){ GOOD, OTHER_PIN, OTHER_PIN }), OK);
    cr_assert_eq(user_change_password(&jefa, GOOD, "otra frase muy larga", &made), OK, "%s", fixture_fault(&f));
    cr_expect_eq(db_scalar(f.db, 9, &count_pins), 0, "whoever knew the old password may have set it");
    fixture_close(&f);
}

Test(pin, is_compared_for_an_active_person_of_the_role_and_wrong_for_everybody_else)
{
    struct fixture f;
    struct ctx ana, jefa, bare;
    struct user u;

    fixture_open(&f);
    ana = person(&f, "ana", "OPERADOR", PIN);
    jefa = person(&f, "jefa", "ADMIN", OTHER_PIN);
    bare = person(&f, "sinpin", "ADMIN", NULL);
    const struct pin_try wrong[] = {
        { jefa.user_id, PIN, ROLE_ADMIN }, { ana.user_id, PIN, ROLE_ADMIN }, { bare.user_id, PIN, ROLE_ADMIN },
        { 9999, PIN, ROLE_OPERADOR },
    };

    for (size_t i = 0; i < COUNT(wrong); i++) {
        f.c.session_id = 100 + (int64_t)i;
        cr_expect_eq(pin_check(&f.c, &wrong[i], &u), E_INVALID, "row %zu", i);
        cr_expect_eq(f.c.fault.text, T_PIN_WRONG);
        cr_expect_str_eq(f.c.fault.field, "pin");
        cr_expect_eq(u.id, 0);
    }
    cr_expect_eq(pin_check(&f.c, &(struct pin_try){ jefa.user_id, OTHER_PIN, ROLE_ADMIN }, &u), OK);
    cr_expect_eq(u.id, jefa.user_id);
    cr_expect_eq(pin_check(&f.c, &(struct pin_try){ ana.user_id, PIN, ROLE_OPERADOR }, &u), OK);
    cr_assert_eq(user_disable(&jefa, "ana"), OK);
    cr_expect_eq(pin_check(&f.c, &(struct pin_try){ ana.user_id, PIN, ROLE_OPERADOR }, &u), E_INVALID);
    fixture_close(&f);
}

/* Seconds of this process's processor that one wrong PIN of that person takes; the least of three. */
static double work_of(struct fixture *f, int64_t user_id)
{
    double least = 1e9;
    struct user u;

    for (int i = 0; i < 3; i++) {
        clock_t before = clock();
        double took;

        cr_expect_eq(pin_check(&f->c, &(struct pin_try){ user_id, "620341", ROLE_ADMIN }, &u), E_INVALID);
        took = (double)(clock() - before) / CLOCKS_PER_SEC;
        least = took < least ? took : least;
    }
    return least;
}

Test(pin, takes_as_much_work_for_nobody_as_for_somebody)
{
    struct fixture f;
    struct ctx ana, jefa, bare;
    double work;

    fixture_open(&f);
    ana = person(&f, "ana", "OPERADOR", PIN);
    jefa = person(&f, "jefa", "ADMIN", OTHER_PIN);
    bare = person(&f, "sinpin", "ADMIN", NULL);
    f.c.session_id = 1;
    work = work_of(&f, jefa.user_id);
    const int64_t others[] = { ana.user_id, bare.user_id, 9999 };

    for (size_t i = 0; i < COUNT(others); i++) {
        double other;

        f.c.session_id = 2 + (int64_t)i;
        other = work_of(&f, others[i]);
        cr_expect(other > work / 2 && other < work * 2, "%zu: %.3f s and %.3f s", i, other, work);
    }
    fixture_close(&f);
}

Test(pin, makes_its_owner_and_the_session_wait_after_five_wrong_tries)
{
    struct fixture f;
    struct ctx ana, jefa;
    struct user u;

    fixture_open(&f);
    ana = person(&f, "ana", "ADMIN", PIN);
    jefa = person(&f, "jefa", "ADMIN", OTHER_PIN);
    f.c.session_id = 1;
    for (int i = 0; i < 5; i++)
        cr_expect_eq(pin_check(&f.c, &(struct pin_try){ jefa.user_id, "620341", ROLE_ADMIN }, &u), E_INVALID, "try %d", i);
    cr_expect_eq(pin_check(&f.c, &(struct pin_try){ jefa.user_id, OTHER_PIN, ROLE_ADMIN }, &u), E_THROTTLED);
    cr_expect_str_eq(f.c.fault.field, "pin");
    cr_expect_gt(f.c.fault.retry_after, 0);
    cr_expect_eq(pin_check(&f.c, &(struct pin_try){ ana.user_id, PIN, ROLE_ADMIN }, &u), E_THROTTLED, "the session waits");
    f.c.session_id = 2;
    cr_expect_eq(pin_check(&f.c, &(struct pin_try){ jefa.user_id, OTHER_PIN, ROLE_ADMIN }, &u), E_THROTTLED, "so does the owner");
    cr_expect_eq(pin_check(&f.c, &(struct pin_try){ ana.user_id, PIN, ROLE_ADMIN }, &u), OK);
    f.c.now += 31;
    cr_expect_eq(pin_check(&f.c, &(struct pin_try){ jefa.user_id, OTHER_PIN, ROLE_ADMIN }, &u), OK, "for a while only");
    cr_expect_eq(db_scalar(f.db, 0, &audited, "pin_wrong", ""), 5);
    fixture_close(&f);
}

Test(pin, does_not_let_a_session_forget_wrong_tries_by_a_right_one)
{
    struct fixture f;
    struct ctx ana, jefa;
    struct user u;

    fixture_open(&f);
    ana = person(&f, "ana", "ADMIN", PIN);
    jefa = person(&f, "jefa", "ADMIN", OTHER_PIN);
    f.c.session_id = 1;
    for (int i = 0; i < 4; i++)
        cr_expect_eq(pin_check(&f.c, &(struct pin_try){ jefa.user_id, "620341", ROLE_ADMIN }, &u), E_INVALID);
    cr_expect_eq(pin_check(&f.c, &(struct pin_try){ ana.user_id, PIN, ROLE_ADMIN }, &u), OK);
    cr_expect_eq(pin_check(&f.c, &(struct pin_try){ jefa.user_id, "620341", ROLE_ADMIN }, &u), E_INVALID);
    cr_expect_eq(pin_check(&f.c, &(struct pin_try){ ana.user_id, PIN, ROLE_ADMIN }, &u), E_THROTTLED);
    fixture_close(&f);
}

/* Four wrong ones between every two right ones of its owner. */
Test(pin, is_guessed_at_no_more_because_its_owner_types_it)
{
    struct fixture f;
    struct ctx jefa;
    struct user u;
    struct pin_try wrong = { .pin = "620341", .least = ROLE_ADMIN }, right = { .pin = OTHER_PIN, .least = ROLE_ADMIN };

    fixture_open(&f);
    jefa = person(&f, "jefa", "ADMIN", OTHER_PIN);
    wrong.user_id = right.user_id = jefa.user_id;
    f.c.session_id = 1;
    for (int i = 0; i < 4; i++)
        cr_expect_eq(pin_check(&f.c, &wrong, &u), E_INVALID);
    f.c.session_id = 2;
    cr_expect_eq(pin_check(&f.c, &right, &u), OK);
    f.c.session_id = 3;
    cr_expect_eq(pin_check(&f.c, &wrong, &u), E_INVALID);
    cr_expect_eq(pin_check(&f.c, &wrong, &u), E_THROTTLED, "the fifth made its owner wait");
    fixture_close(&f);
}

Test(pin, is_worth_nothing_after_twenty_wrong_ones_in_a_day_until_its_owner_sets_another)
{
    struct fixture f;
    struct ctx jefa;
    struct user u;
    struct pin_try right = { .pin = OTHER_PIN, .least = ROLE_ADMIN };

    fixture_open(&f);
    jefa = person(&f, "jefa", "ADMIN", OTHER_PIN);
    right.user_id = jefa.user_id;
    for (int i = 0; i < 20; i++) {
        f.c.session_id = 10 + i;
        cr_expect_eq(pin_check(&f.c, &(struct pin_try){ jefa.user_id, "620341", ROLE_ADMIN }, &u), E_INVALID, "try %d", i);
        f.c.now += 1000;
    }
    f.c.now += 2 * 3600;
    cr_expect_eq(pin_check(&f.c, &right, &u), E_THROTTLED, "nor the right one");
    cr_expect_eq(f.c.fault.text, T_PIN_DAY);
    cr_expect_str_eq(f.c.fault.field, "pin");
    cr_expect_gt(f.c.fault.retry_after, 0);
    jefa.now = f.c.now;
    cr_assert_eq(pin_set(&jefa, &(struct pin_in){ GOOD, "904173", "904173" }), OK, "%s", fault_sentence(f.a, &jefa.fault));
    right.pin = "904173";
    cr_expect_eq(pin_check(&f.c, &right, &u), OK);
    fixture_close(&f);
}

Test(pin, of_an_administrator_has_six_digits_also_where_it_was_set_before_that_was_asked)
{
    static const struct stmt promote = STMT("t_promote", "i", "UPDATE users SET role = 'ADMIN' WHERE id = $1");
    struct fixture f;
    struct ctx ana, jefa;
    struct user u;

    fixture_open(&f);
    jefa = person(&f, "jefa", "ADMIN", NULL);
    cr_expect_eq(pin_set(&jefa, &(struct pin_in){ GOOD, "80517", "80517" }), E_INVALID);
    cr_expect_eq(jefa.fault.text, T_PIN_DIGITS_ADMIN);
    ana = person(&f, "ana", "OPERADOR", "8051");
    cr_expect_eq(pin_check(&f.c, &(struct pin_try){ ana.user_id, "8051", ROLE_OPERADOR }, &u), OK);
    cr_assert_eq(db_exec(f.db, NULL, &promote, ana.user_id), OK);
    cr_expect_eq(pin_check(&f.c, &(struct pin_try){ ana.user_id, "8051", ROLE_ADMIN }, &u), E_INVALID);
    cr_expect_eq(f.c.fault.text, T_PIN_SHORT);
    fixture_close(&f);
}

Test(pin, begins_a_session_of_the_counter_in_the_place_of_the_one_before)
{
    struct fixture f;
    struct ctx ana, jefa, c;
    struct session before, after;
    char *old, *token;

    fixture_open(&f);
    ana = person(&f, "ana", "OPERADOR", PIN);
    jefa = person(&f, "jefa", "ADMIN", OTHER_PIN);
    c = f.c;
    cr_assert_eq(user_sign_in(&c, "ana", GOOD, NULL, &old), OK);
    cr_assert_eq(session_open(&c, old, &before), OK);
    c.now += 3600;
    cr_expect_eq(pin_switch(&c, &(struct pin_try){ jefa.user_id, PIN, ROLE_OPERADOR }, old, &token), E_INVALID);
    cr_assert_eq(session_open(&c, old, &before), OK, "a wrong PIN changes nothing");
    cr_assert_eq(pin_switch(&c, &(struct pin_try){ jefa.user_id, OTHER_PIN, ROLE_OPERADOR }, old, &token), OK);
    cr_expect_str_neq(token, old);
    cr_assert_eq(session_open(&c, token, &after), OK);
    cr_expect_eq(c.user_id, jefa.user_id);
    cr_expect_eq(c.role, ROLE_OPERADOR, "by a PIN nobody administers");
    cr_expect_eq(after.expires_at, before.expires_at, "no longer than the one before");
    cr_expect_str_neq(after.csrf, before.csrf);
    cr_expect_eq(session_open(&c, old, &before), E_AUTH);
    cr_expect_eq(pin_switch(&ana, &(struct pin_try){ jefa.user_id, OTHER_PIN, ROLE_OPERADOR }, old, &token), E_AUTH,
                 "of a session that has ended");
    fixture_close(&f);
}

/* ---- approvals ---- */

#define DISCOUNT(amount, reason) (struct approval_need){ APPROVE_DISCOUNT, amount, reason }
#define OFF DISCOUNT(500, "Cliente frecuente")
#define ASKED(need, words) (&(struct approval_asked){ .v = { need }, .n = 1, .about = words })

Test(pin, approves_what_was_shown_and_nothing_else)
{
    struct fixture f;
    struct ctx jefa;
    struct approval a = { 0 };

    fixture_open(&f);
    jefa = person(&f, "jefa", "ADMIN", OTHER_PIN);
    cr_expect_eq(approval_check(&f.c, NULL, ASKED(OFF, "guía A1")), E_FORBIDDEN, "nobody can type a PIN");
    cr_expect_eq(approval_check(&f.c, &a, ASKED(OFF, "guía A1")), E_FORBIDDEN);
    cr_expect_str_eq(f.c.fault.field, "pin");
    cr_expect_str_eq(fixture_fault(&f),
                     "Lo aprueba un administrador, con su PIN: descuento de $500 (Cliente frecuente): guía A1.");
    a.by = jefa.user_id;
    a.pin = OTHER_PIN;
    const struct approval shown = a;

    for (int i = 0; i < 3; i++) {
        a = shown;
        cr_expect_eq(approval_check(&f.c, &a, i == 0 ? ASKED(DISCOUNT(600, "Cliente frecuente"), "guía A1") : i == 1 ? ASKED(DISCOUNT(500, "Por nada"), "guía A1")
                                    : ASKED(OFF, "guía A2")), E_FORBIDDEN, "change %d", i);
        cr_expect_eq(f.c.fault.text, T_APPROVAL_CHANGED);
        cr_expect_null(a.by_name);
    }
    a = shown;
    cr_assert_eq(approval_check(&f.c, &a, ASKED(OFF, "guía A1")), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(a.by_name, "Nombre Común");
    cr_assert_eq(approval_check(&jefa, NULL, &(struct approval_asked){ 0 }), OK);
    fixture_close(&f);
}

struct approving { struct ctx *c; const struct approval *a; };

static enum err approve_tx(struct db *db UNUSED, void *arg)
{
    const struct approving *x = arg;

    return approval_tx(x->c, x->a, ASKED(OFF, "guía A1"), true, 7);
}

Test(pin, writes_down_who_stood_at_the_counter_and_who_approved)
{
    struct fixture f;
    struct ctx jefa;
    struct approval a = { 0 };
    struct approving x = { &f.c, &a };

    fixture_open(&f);
    jefa = person(&f, "jefa", "ADMIN", OTHER_PIN);
    cr_expect_eq(db_write(f.db, approve_tx, &x), E_FORBIDDEN, "nothing was approved");
    cr_expect_eq(approval_check(&f.c, &a, ASKED(OFF, "guía A1")), E_FORBIDDEN);
    a.by = jefa.user_id;
    a.pin = OTHER_PIN;
    cr_assert_eq(approval_check(&f.c, &a, ASKED(OFF, "guía A1")), OK);
    cr_assert_eq(db_write(f.db, approve_tx, &x), OK);
    cr_expect_eq(db_scalar(f.db, 0, &audited, "approve", arena_printf(f.a, "\"approved_by\":%lld,\"amount\":500",
                                                                      (long long)jefa.user_id)), 1);
    cr_assert_eq(db_exec(f.db, NULL, &demote, jefa.user_id), OK);
    cr_expect_eq(db_write(f.db, approve_tx, &x), E_FORBIDDEN, "who is an ADMIN no more approves nothing");
    fixture_close(&f);
}

Test(pin, is_asked_for_by_the_settings_of_the_point)
{
    struct fixture f;
    const struct setting_change set[] = { { "handover.discount_alone", "500" }, { "cancel.approval", "1" },
                                          { "handover.override_approval", "1" } };

    fixture_open(&f);
    cr_expect(approval_needed(&f.c, APPROVE_DISCOUNT, 1));
    cr_expect_not(approval_needed(&f.c, APPROVE_OVERRIDE, 0));
    cr_expect_not(approval_needed(&f.c, APPROVE_CANCEL, 0));
    cr_expect(approval_needed(&f.c, APPROVE_REVERSAL, 100));
    cr_expect(approval_needed(&f.c, APPROVE_CLOSING, 0));
    cr_assert_eq(setting_change(&f.c, NULL, 0, set, COUNT(set)), OK);
    cr_expect_not(approval_needed(&f.c, APPROVE_DISCOUNT, 500));
    cr_expect(approval_needed(&f.c, APPROVE_DISCOUNT, 501));
    cr_expect(approval_needed(&f.c, APPROVE_OVERRIDE, 0));
    cr_expect(approval_needed(&f.c, APPROVE_CANCEL, 0));
    f.c.role = ROLE_ADMIN;
    for (enum approval_kind k = 0; k < APPROVALS; k++)
        cr_expect_not(approval_needed(&f.c, k, 1000000), "an ADMIN needs none");
    fixture_close(&f);
}
