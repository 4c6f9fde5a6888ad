/* The second step of a sign-in: the app's codes, each taken once, recovery codes, and what an ADMIN owes. */
#include <criterion/criterion.h>

#include "base/texts.h"
#include "crypto/crypto.h"
#include "domain/ground/setting.h"
#include "domain/people/session.h"
#include "domain/people/texts.h"
#include "domain/people/token.h"
#include "domain/people/totp.h"
#include "domain/people/user.h"
#include "domain/people/user_change.h"
#include "tests/unit/users.h"

TestSuite(totp_user, .timeout = 120);


static const struct stmt stored = STMT("t_totp_stored", "s", "SELECT count(*) FROM totp WHERE secret LIKE '%' || $1 || '%'");
static const struct stmt audited = STMT("t_totp_audited", "s", "SELECT count(*) FROM audit_log WHERE action = $1");
static const struct stmt by_pin = STMT("t_totp_by_pin", "i", "UPDATE sessions SET by_pin = 1 WHERE id = $1");
static const struct stmt free_tries = STMT("t_totp_tries", "", "DELETE FROM throttles");

static const char *code_at(struct ctx *c, const char *secret, int64_t steps)
{
    char code[TOTP_CODE_SIZE];

    cr_assert(totp_code(secret, c->now / TOTP_STEP_S + steps, code));
    return arena_strdup(c->a, code);
}

/* Sets an app up: its secret, and the recovery codes. */
static const char *with_app(struct ctx *c, struct recovery_codes *codes)
{
    struct totp t;

    cr_assert_eq(totp_begin(c), OK, "%s", fault_sentence(c->a, &c->fault));
    cr_assert_eq(totp_read(c, &t), OK);
    cr_assert_eq(totp_confirm(c, code_at(c, t.secret, 0), codes), OK, "%s", fault_sentence(c->a, &c->fault));
    c->now += 60;
    return t.secret;
}

/* Takes a code in one session of c's user. */
static enum err take(struct ctx *c, const char *code)
{
    return totp_check(c, &(struct totp_try){ .user_id = c->user_id, .code = code, .session = "1" });
}

/* Signs ana in by her password: the token, of a session that may wait. */
static char *password_of_ana_at(struct ctx *c, const char *address)
{
    char *token;

    c->actor = ACTOR_CUSTOMER;
    c->address = address;
    cr_assert_eq(user_sign_in(c, "ana", GOOD, NULL, &token), OK);
    return token;
}

static char *password_of_ana(struct ctx *c)
{
    return password_of_ana_at(c, "10.0.0.1");
}

Test(totp_user, an_app_holds_once_a_code_of_it_was_typed_and_its_secret_is_sealed)
{
    struct fixture f;
    struct recovery_codes codes;
    struct totp t;
    struct ctx ana;

    fixture_open(&f);
    ana = user_made(&f, "ana", "OPERADOR");
    cr_assert_eq(totp_begin(&ana), OK);
    cr_assert_eq(totp_read(&ana, &t), OK);
    cr_expect_not(totp_is_on(&ana, ana.user_id));
    cr_expect(strstr(t.uri, t.secret) != NULL && strncmp(t.uri, "otpauth://totp/Paqueter%C3%ADa:ana?secret=", 39) == 0, "%s", t.uri);
    cr_expect_eq(db_scalar(f.db, -1, &stored, t.secret), 0);
    cr_expect_eq(totp_confirm(&ana, "000000", &codes), E_INVALID);
    cr_expect_str_eq(ana.fault.field, "code");
    cr_assert_eq(totp_confirm(&ana, code_at(&ana, t.secret, 0), &codes), OK);
    cr_expect(totp_is_on(&ana, ana.user_id));
    cr_assert_eq(totp_read(&ana, &t), OK);
    cr_expect_null(t.secret, "it is shown while it is set up, and never again");
    cr_expect_eq(t.codes_left, 10);
    cr_expect_eq(totp_begin(&ana), E_CONFLICT);
    fixture_close(&f);
}

Test(totp_user, once_it_holds_confirming_does_not_tell_a_right_code_from_a_wrong_one)
{
    struct fixture f;
    struct recovery_codes codes;
    const char *secret;
    struct ctx ana;

    fixture_open(&f);
    ana = user_made(&f, "ana", "OPERADOR");
    secret = with_app(&ana, &codes);
    cr_expect_eq(totp_confirm(&ana, "000000", &codes), E_CONFLICT);
    cr_expect_eq(totp_confirm(&ana, code_at(&ana, secret, 0), &codes), E_CONFLICT);
    cr_expect_eq(take(&ana, code_at(&ana, secret, 0)), OK);
    fixture_close(&f);
}

Test(totp_user, other_recovery_codes_need_a_code_and_a_session_that_did_not_begin_with_a_pin)
{
    struct fixture f;
    struct recovery_codes codes, others;
    const char *secret;
    struct session s;
    struct ctx ana, c;
    char *token, *full;

    fixture_open(&f);
    ana = user_made(&f, "ana", "OPERADOR");
    secret = with_app(&ana, &codes);
    cr_expect_eq(totp_renew(&ana, "000000", &others), E_INVALID);
    cr_expect_str_eq(ana.fault.field, "renew_code");
    cr_expect_eq(take(&ana, codes.v[1]), OK, "a wrong code leaves those before");
    cr_expect_eq(db_scalar(f.db, -1, &audited, "recovery_renew"), 0);
    c = ana;
    token = password_of_ana(&c);
    cr_assert_eq(user_sign_in_code(&c, code_at(&c, secret, 0), token, &full), OK);
    c.now += 60;
    ana.now = c.now;
    cr_assert_eq(session_open(&c, full, &s), OK);
    cr_assert_eq(db_exec(f.db, NULL, &by_pin, c.session_id), OK);
    cr_expect_eq(totp_renew(&c, code_at(&c, secret, 0), &others), E_FORBIDDEN);
    cr_expect_eq(totp_renew(&ana, code_at(&ana, secret, 0), &others), OK, "the refused one took no code");
    fixture_close(&f);
}

Test(totp_user, a_code_is_taken_once_and_none_before_it)
{
    struct fixture f;
    struct recovery_codes codes;
    const char *secret;
    struct ctx ana;

    fixture_open(&f);
    ana = user_made(&f, "ana", "OPERADOR");
    secret = with_app(&ana, &codes);
    cr_expect_eq(take(&ana, code_at(&ana, secret, 0)), OK);
    cr_expect_eq(take(&ana, code_at(&ana, secret, 0)), E_INVALID, "replayed");
    cr_expect_eq(take(&ana, code_at(&ana, secret, -1)), E_INVALID, "older than one that was taken");
    cr_expect_eq(take(&ana, code_at(&ana, secret, 2)), E_INVALID, "too far ahead");
    cr_expect_eq(take(&ana, code_at(&ana, secret, 1)), OK, "the app's clock may be ahead");
    fixture_close(&f);
}

Test(totp_user, a_recovery_code_serves_once_however_it_is_typed)
{
    struct fixture f;
    struct recovery_codes codes, others;
    struct totp t;
    struct ctx ana;
    char *small;

    fixture_open(&f);
    ana = user_made(&f, "ana", "OPERADOR");
    (void)with_app(&ana, &codes);
    cr_expect_eq(strlen(codes.v[0]), 14);
    small = arena_strdup(f.a, codes.v[0]);
    for (char *s = small; *s != '\0'; s++)
        *s = *s == '-' ? ' ' : *s >= 'A' && *s <= 'Z' ? (char)(*s + 'a' - 'A') : *s;
    cr_expect_eq(take(&ana, small), OK);
    cr_expect_eq(take(&ana, codes.v[0]), E_INVALID);
    cr_assert_eq(totp_read(&ana, &t), OK);
    cr_expect_eq(t.codes_left, 9);
    cr_assert_eq(totp_renew(&ana, codes.v[2], &others), OK);
    cr_expect_eq(take(&ana, codes.v[1]), E_INVALID, "renewed");
    cr_expect_eq(take(&ana, others.v[1]), OK);
    cr_expect_eq(db_scalar(f.db, -1, &audited, "recovery_use"), 3);
    fixture_close(&f);
}

Test(totp_user, after_five_wrong_codes_the_right_one_must_wait)
{
    struct fixture f;
    struct recovery_codes codes;
    const char *secret;
    struct ctx ana;

    fixture_open(&f);
    ana = user_made(&f, "ana", "OPERADOR");
    secret = with_app(&ana, &codes);
    for (int i = 0; i < 5; i++)
        cr_expect_eq(take(&ana, "000000"), E_INVALID, "%d", i);
    cr_expect_eq(take(&ana, code_at(&ana, secret, 0)), E_THROTTLED);
    cr_expect_gt(ana.fault.retry_after, 0);
    cr_expect_str_eq(ana.fault.field, "code");
    cr_expect_eq(take(&ana, codes.v[0]), E_THROTTLED, "nor is a recovery code guessed");
    cr_expect_eq(db_scalar(f.db, -1, &audited, "totp_wrong"), 5);
    fixture_close(&f);
}

Test(totp_user, who_has_the_password_alone_guesses_five_codes_from_all_networks_and_keeps_the_owner_out_of_none_of_hers)
{
    struct fixture f;
    struct recovery_codes codes;
    const char *secret;
    struct ctx ana, c;
    char *token, *full;

    fixture_open(&f);
    ana = user_made(&f, "ana", "OPERADOR");
    secret = with_app(&ana, &codes);
    c = ana;
    token = password_of_ana_at(&c, "10.0.7.1");
    cr_assert_eq(user_sign_in_code(&c, code_at(&c, secret, 0), token, &full), OK);
    c.now += 60;
    for (int i = 0; i < 30; i++) {
        token = password_of_ana_at(&c, arena_printf(f.a, "10.1.%d.1", i));
        cr_expect_eq(user_sign_in_code(&c, i % 2 ? "000000" : "000 001", token, &full), i < 5 ? E_INVALID : E_THROTTLED, "%d", i);
    }
    token = password_of_ana_at(&c, "10.0.7.2");
    cr_assert_eq(user_sign_in_code(&c, code_at(&c, secret, 0), token, &full), OK, "from where she has signed in before");
    c.now += 1;
    token = password_of_ana_at(&c, "10.2.0.1");
    cr_assert_eq(user_sign_in_code(&c, codes.v[0], token, &full), OK, "by a recovery code from anywhere");
    token = password_of_ana_at(&c, "10.3.0.1");
    for (int i = 0; i < 5; i++)
        cr_expect_eq(user_sign_in_code(&c, "AAAA-AAAA-AAAA", token, &full), E_INVALID);
    cr_expect_eq(user_sign_in_code(&c, codes.v[1], token, &full), E_THROTTLED, "a session has five tries");
    c.now += 60;
    token = password_of_ana_at(&c, "10.2.0.2");
    for (int i = 0; i < 5; i++)
        cr_expect_eq(user_sign_in_code(&c, "000000", token, &full), E_INVALID, "%d", i);
    token = password_of_ana_at(&c, "10.0.7.3");
    cr_assert_eq(user_sign_in_code(&c, code_at(&c, secret, 0), token, &full), OK, "two known networks are apart");
    fixture_close(&f);
}

Test(totp_user, a_network_is_known_by_a_code_and_not_by_the_password_alone)
{
    struct fixture f;
    struct recovery_codes codes;
    const char *secret;
    struct ctx ana, c;
    char *token, *full;

    fixture_open(&f);
    ana = user_made(&f, "ana", "OPERADOR");
    secret = with_app(&ana, &codes);
    c = ana;
    token = password_of_ana_at(&c, "10.0.7.1");
    cr_expect_not(user_network_known(&c));
    cr_assert_eq(user_sign_in_code(&c, code_at(&c, secret, 0), token, &full), OK);
    cr_expect(user_network_known(&c));
    fixture_close(&f);
}

Test(totp_user, the_password_alone_signs_nobody_in)
{
    struct fixture f;
    struct recovery_codes codes;
    const char *secret;
    struct session s;
    struct ctx ana, c;
    char *token, *full;
    int64_t id;

    fixture_open(&f);
    ana = user_made(&f, "ana", "OPERADOR");
    secret = with_app(&ana, &codes);
    c = ana;
    token = password_of_ana(&c);
    cr_expect_eq(session_open(&c, token, &s), E_AUTH);
    cr_expect_eq(session_waiting(&c, token, &id), OK);
    cr_expect_eq(user_sign_in_code(&c, "000000", token, &full), E_INVALID);
    cr_assert_eq(user_sign_in_code(&c, code_at(&c, secret, 0), token, &full), OK);
    cr_expect_eq(session_waiting(&c, token, &id), E_AUTH, "it waits no longer");
    cr_assert_eq(session_open(&c, full, &s), OK);
    cr_expect_eq(s.user_id, ana.user_id);
    cr_expect_eq(session_waiting(&c, full, &id), E_AUTH);
    c.now += 60;
    token = password_of_ana(&c);
    c.now += 600;
    cr_expect_eq(user_sign_in_code(&c, code_at(&c, secret, 0), token, &full), E_AUTH, "it waited ten minutes");
    fixture_close(&f);
}

Test(totp_user, an_administrator_owes_it_where_the_setting_says_so_from_the_next_sign_in)
{
    struct fixture f;
    struct recovery_codes codes;
    struct session s;
    struct api_token t;
    struct ctx ana, c;
    char *before, *after, *bearer;
    int64_t id;

    fixture_open(&f);
    ana = user_made(&f, "ana", "ADMIN");
    c = ana;
    before = password_of_ana(&c);
    cr_assert_eq(token_add(&f.c, &(struct token_in){ "Su programa", "ana", "ADMIN", "*", NULL, 0 }, &id, &bearer), OK);
    cr_expect_not(totp_is_owed(&ana, ana.user_id));
    cr_assert_eq(setting_change(&ana, NULL, 0, &(struct setting_change){ "access.totp_admin", "1" }, 1), OK);
    cr_expect(totp_is_owed(&ana, ana.user_id));
    cr_assert_eq(session_open(&c, before, &s), OK);
    cr_expect_null(s.lacks, "who is in goes on");
    cr_assert_eq(token_open(&c, bearer, &t), OK);
    cr_expect_eq(c.role, ROLE_OPERADOR, "a token is no way round it");
    after = password_of_ana(&c);
    cr_assert_eq(session_open(&c, after, &s), OK);
    cr_expect_str_eq(s.lacks, "alta");
    cr_assert_eq(user_change_password(&c, GOOD, "otra frase bien larga", &after), OK);
    cr_assert_eq(session_open(&c, after, &s), OK);
    cr_expect_str_eq(s.lacks, "alta", "nor is another password");
    (void)with_app(&c, &codes);
    cr_assert_eq(session_open(&c, after, &s), OK);
    cr_expect_null(s.lacks);
    cr_assert_eq(token_open(&c, bearer, &t), OK);
    cr_expect_eq(c.role, ROLE_ADMIN);
    fixture_close(&f);
}

Test(totp_user, who_owes_it_cannot_end_it_and_somebody_else_can_take_it_from_who_lost_the_phone)
{
    struct fixture f;
    struct recovery_codes codes;
    const char *secret;
    struct ctx ana, jefa, oper;

    fixture_open(&f);
    ana = user_made(&f, "ana", "ADMIN");
    jefa = user_made(&f, "jefa", "ADMIN");
    oper = user_made(&f, "operario", "OPERADOR");
    secret = with_app(&ana, &codes);
    cr_assert_eq(setting_change(&jefa, NULL, 0, &(struct setting_change){ "access.totp_admin", "1" }, 1), OK);
    cr_expect_eq(totp_end(&ana, code_at(&ana, secret, 0)), E_CONFLICT);
    cr_expect(totp_is_on(&ana, ana.user_id));
    cr_expect_eq(user_clear_totp(&oper, ana.user_id), E_FORBIDDEN);
    cr_expect_eq(user_clear_totp(&ana, ana.user_id), E_CONFLICT, "the own one needs a code");
    cr_assert_eq(user_clear_totp(&jefa, ana.user_id), OK);
    cr_expect_not(totp_is_on(&ana, ana.user_id));
    cr_expect_eq(take(&ana, codes.v[0]), E_INVALID);
    cr_expect_eq(user_clear_totp(&jefa, ana.user_id), E_NOT_FOUND);
    cr_assert_eq(setting_change(&jefa, NULL, 0, &(struct setting_change){ "access.totp_admin", "0" }, 1), OK);
    cr_assert_eq(db_exec(f.db, NULL, &free_tries), OK);
    secret = with_app(&ana, &codes);
    cr_expect_eq(totp_end(&ana, code_at(&ana, secret, 0)), OK);
    cr_expect_not(totp_is_on(&ana, ana.user_id));
    fixture_close(&f);
}
