/* Users, sign-in, sessions, tokens, resets, the audit log. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/throttle.h"
#include "domain/people/session.h"
#include "domain/people/texts.h"
#include "domain/people/user_change.h"
#include "domain/people/token.h"
#include "domain/people/user.h"
#include "domain/people/user_link.h"
#include "json/json.h"
#include "tests/unit/users.h"

TestSuite(user, .timeout = 60);


static const struct stmt count_sessions = STMT("t_sessions", "", "SELECT count(*) FROM sessions");
static const struct stmt last_reset = STMT("t_reset", "",
    "SELECT coalesce(max(id), 0) FROM password_resets WHERE used_at IS NULL");
static const struct stmt inactive = STMT("t_inactive", "", "UPDATE users SET is_active = 0 WHERE username = 'ana'");
static const struct stmt active = STMT("t_active", "", "UPDATE users SET is_active = 1 WHERE username = 'ana'");
static const struct stmt edit_audit = STMT("t_edit_audit", "", "UPDATE audit_log SET action = 'x' WHERE id = 1");
/* Pairs of changes to one column of a row of the audit log, the second of which puts it back. */
#define EDIT(column, value) STMT("t_edit_" column, "", "UPDATE audit_log SET " column " = " value " WHERE id = 1")
static const struct stmt edits[] = {
    EDIT("at", "at + 1"), EDIT("at", "at - 1"), EDIT("user_id", "2"), EDIT("user_id", "1"), EDIT("object_id", "object_id + 1"),
    EDIT("object_id", "object_id - 1"), EDIT("actor", "'system'"), EDIT("actor", "'user'"), EDIT("object", "'x' || object"),
    EDIT("object", "substr(object, 2)"), EDIT("address", "'x' || address"), EDIT("address", "substr(address, 2)"),
    EDIT("request_id", "'x' || request_id"), EDIT("request_id", "substr(request_id, 2)"), EDIT("details", "details || ' '"),
    EDIT("details", "rtrim(details)"),
};
static const struct stmt erase_audit = STMT("t_erase_audit", "", "DELETE FROM audit_log WHERE id = 1");
static const struct stmt drop_keep = STMT("t_audit_keep", "", "DROP TRIGGER audit_log_kept");
static const struct stmt drop_guard = STMT("t_audit_guard", "", "DROP TRIGGER audit_log_fixed");

static void add(struct fixture *f, const char *username, const char *role)
{
    struct user_in in = { username, arena_printf(f->a, "%s@ejemplo.com", username), "Nombre Común",
                          role, GOOD, false };
    int64_t id;
    char *made;

    cr_assert_eq(user_add(&f->c, &in, &id, &made), OK, "%s", fixture_fault(f));
    cr_assert_null(made);
}

/* The context of a stranger: what a page has before anybody signed in. */
static struct ctx stranger(struct fixture *f, const char *address)
{
    return (struct ctx){ .a = f->a, .db = f->db, .conf = f->conf, .now = f->c.now,
                         .actor = ACTOR_CUSTOMER, .address = address, .user_agent = "curl",
                         .request_id = "test" };
}

/* Signs somebody in with the right password; the token of the new session. */
static char *signed_in(struct ctx *c, const char *username)
{
    char *token;

    cr_assert_eq(user_sign_in(c, username, GOOD, NULL, &token), OK);
    return token;
}

/* Adds the user ana with a role and signs her in: her context in *c, and the token of her session. */
static char *new_user(struct fixture *f, struct ctx *c, const char *role)
{
    add(f, "ana", role);
    *c = stranger(f, "10.0.0.1");
    return signed_in(c, "ana");
}

Test(user, signs_in_by_name_or_mail_and_gets_a_session)
{
    struct fixture f;
    struct session s;
    struct ctx c, d;
    char *token, *second;

    fixture_open(&f);
    add(&f, "ana", "OPERADOR");
    c = stranger(&f, "10.0.0.1");
    cr_assert_eq(user_sign_in(&c, " ANA ", GOOD, NULL, &token), OK);
    d = stranger(&f, "10.0.0.1");
    cr_assert_eq(session_open(&d, token, &s), OK);
    cr_assert_eq(d.role, ROLE_OPERADOR);
    cr_assert_eq(d.session_id, s.id);
    cr_assert_eq(s.must_change, 1, "an administrator chose it");
    c = stranger(&f, "10.0.0.1");
    cr_assert_eq(user_sign_in(&c, "Ana@Ejemplo.com", GOOD, token, &second), OK);
    cr_assert_str_neq(token, second);
    cr_assert_eq(session_open(&d, token, &s), E_AUTH, "the old one ended");
    cr_assert_eq(session_open(&d, second, &s), OK);
    d.now += 12 * 3600 - 1;
    cr_assert_eq(session_open(&d, second, &s), OK, "not idle for long enough");
    d.now++;
    cr_assert_eq(session_open(&d, second, &s), E_AUTH, "idle");
    fixture_close(&f);
}

Test(user, session_ends_after_24_hours_however_busy)
{
    struct fixture f;
    struct session s;
    struct ctx c;
    char *token;

    fixture_open(&f);
    token = new_user(&f, &c, "OPERADOR");
    for (int hour = 0; hour < 24; hour++) {
        cr_assert_eq(session_open(&c, token, &s), OK, "hour %d", hour);
        session_touch(&c, &s);
        c.now += 3600;
    }
    cr_assert_eq(session_open(&c, token, &s), E_AUTH);
    fixture_close(&f);
}

Test(user, wrong_unknown_and_disabled_are_told_alike)
{
    static const char *const logins[] = { "ana", "nadie", "baja" };
    struct fixture f;
    char *token;

    fixture_open(&f);
    add(&f, "ana", "OPERADOR");
    add(&f, "baja", "OPERADOR");
    cr_assert_eq(user_disable(&f.c, "baja"), OK);
    for (size_t i = 0; i < COUNT(logins); i++) {
        struct ctx c = stranger(&f, arena_printf(f.a, "10.0.%zu.1", i));

        cr_assert_eq(user_sign_in(&c, logins[i], i == 2 ? GOOD : "otra", NULL, &token), E_INVALID);
        cr_assert_eq(c.fault.text, T_LOGIN_WRONG);
        cr_assert_null(c.fault.field);
    }
    fixture_close(&f);
}

Test(user, a_full_disk_is_said_a_wrong_password_is_wrong_and_who_waits_waits)
{
    struct fixture f;
    struct ctx c;
    char *token;

    fixture_open(&f);
    add(&f, "ana", "OPERADOR");
    add(&f, "eva", "OPERADOR");
    c = stranger(&f, "10.1.9.1");
    for (int i = 0; i < 5; i++)
        cr_assert_eq(user_sign_in(&c, "eva", "mala", NULL, &token), E_INVALID);
    c = stranger(&f, "10.2.9.1");
    fixture_disk_full(true);
    cr_expect_eq(user_sign_in(&c, "ana", "mala", NULL, &token), E_INVALID);
    cr_expect_eq(c.fault.text, T_LOGIN_WRONG);
    cr_expect_eq(user_sign_in(&c, "ana", GOOD, NULL, &token), E_FULL, "a session needs room");
    cr_expect_eq(c.fault.text, T_DISK_FULL);
    cr_expect_eq(user_sign_in(&c, "eva", GOOD, NULL, &token), E_THROTTLED);
    fixture_disk_full(false);
    cr_expect_eq(user_sign_in(&c, "ana", GOOD, NULL, &token), OK);
    fixture_close(&f);
}

/* After five tries each wait is twice the one before; tries from the owner's own network are counted
 * apart. */
Test(user, failures_slow_down_but_never_lock_the_owner_out)
{
    struct fixture f;
    struct ctx c, owner;
    char *token;

    fixture_open(&f);
    add(&f, "ana", "OPERADOR");
    owner = stranger(&f, "192.168.7.9");
    signed_in(&owner, "ana");
    for (int i = 0; i < 5; i++) {
        c = stranger(&f, arena_printf(f.a, "10.1.%d.1", i));
        cr_assert_eq(user_sign_in(&c, "ana", "mala", NULL, &token), E_INVALID);
    }
    c = stranger(&f, "10.1.9.1");
    cr_assert_eq(user_sign_in(&c, "ana", GOOD, NULL, &token), E_THROTTLED, "from anywhere");
    cr_assert_eq(c.fault.retry_after, 30);
    c.now += 30;
    cr_assert_eq(user_sign_in(&c, "ana", "mala", NULL, &token), E_INVALID);
    cr_assert_eq(user_sign_in(&c, "ana", GOOD, NULL, &token), E_THROTTLED);
    cr_assert_eq(c.fault.retry_after, 60, "doubled");
    owner = stranger(&f, "192.168.7.10");
    cr_assert_eq(user_sign_in(&owner, "ana", GOOD, NULL, &token), OK, "a known network");
    c.now += 3601 + 900;
    cr_assert_eq(user_sign_in(&c, "ana", GOOD, NULL, &token), OK, "an hour later");
    fixture_close(&f);
}

Test(user, own_password_changes_only_with_the_current_one)
{
    struct fixture f;
    struct session s;
    struct ctx c;
    char *token, *other, *fresh;

    fixture_open(&f);
    add(&f, "ana", "OPERADOR");
    c = stranger(&f, "10.0.0.1");
    other = signed_in(&c, "ana");
    token = signed_in(&c, "ana");
    cr_assert_eq(session_open(&c, token, &s), OK);
    cr_assert_eq(user_change_password(&c, "mala", "otra frase distinta", &fresh), E_INVALID);
    cr_assert_str_eq(c.fault.field, "current");
    cr_assert_eq(user_change_password(&c, GOOD, "corta", &fresh), E_INVALID);
    cr_assert_eq(user_change_password(&c, GOOD, GOOD, &fresh), E_INVALID);
    cr_assert_eq(c.fault.text, T_PASSWORD_SAME);
    cr_assert_eq(user_change_password(&c, GOOD, "otra frase distinta", &fresh), OK);
    cr_assert_eq(session_open(&c, token, &s), E_AUTH);
    cr_assert_eq(session_open(&c, other, &s), E_AUTH);
    cr_assert_eq(session_open(&c, fresh, &s), OK);
    cr_assert_eq(s.must_change, 0);
    fixture_close(&f);
}

Test(user, disabling_ends_sessions_and_the_last_admin_stays)
{
    struct fixture f;
    struct session s;
    struct ctx c;
    char *token;

    fixture_open(&f);
    token = new_user(&f, &c, "ADMIN");
    cr_assert_eq(db_exec(f.db, NULL, &inactive), OK);
    cr_assert_eq(session_open(&c, token, &s), E_AUTH, "whatever became of the session's row");
    cr_assert_eq(db_exec(f.db, NULL, &active), OK);
    cr_assert_eq(session_open(&c, token, &s), OK);
    cr_assert_eq(user_disable(&f.c, "ana"), OK);
    cr_assert_eq(session_open(&c, token, &s), E_AUTH);
    cr_assert_eq(db_scalar(f.db, 9, &count_sessions), 0);
    cr_assert_eq(user_disable(&f.c, "jefe"), E_CONFLICT);
    cr_assert_eq(f.c.fault.text, T_LAST_ADMIN);
    cr_assert_eq(user_disable(&f.c, "nadie"), E_NOT_FOUND);
    fixture_close(&f);
}

static const struct { struct user_in in; const char *field; } refused[] = {
    { { "An", "a@x.co", "Ana Ruiz", "ADMIN", NULL, false }, "username" },
    { { "ana maria", "a@x.co", "Ana Ruiz", "ADMIN", NULL, false }, "username" },
    { { "ana", "no", "Ana Ruiz", "ADMIN", NULL, false }, "email" },
    { { "ana", "a@x.co", "A", "ADMIN", NULL, false }, "full_name" },
    { { "ana", "a@x.co", "Ana Ruiz", "JEFE", NULL, false }, "role" },
    { { "ana", "a@x.co", "Ana Ruiz", "ADMIN", "corta", false }, "password" },
};

Test(user, adding_names_the_wrong_field)
{
    struct fixture f;
    int64_t id;
    char *made;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(refused); i++) {
        cr_expect_eq(user_add(&f.c, &refused[i].in, &id, &made), E_INVALID, "row %zu", i);
        cr_expect_str_eq(f.c.fault.field, refused[i].field);
    }
    cr_assert_eq(user_add(&f.c, &(struct user_in){ "ana", "a@x.co", "Ana Ruiz", "USUARIO", NULL, false },
                          &id, &made), OK);
    cr_assert_eq(strlen(made), 16, "made once, shown once");
    cr_assert_eq(user_add(&f.c, &(struct user_in){ "ana", "b@x.co", "Ana Ruiz", "USUARIO", NULL, false },
                          &id, &made), E_CONFLICT);
    fixture_close(&f);
}

Test(user, reset_by_mail_is_single_use_and_stored_nowhere)
{
    struct fixture f;
    struct session s;
    struct ctx c;
    char *token;
    const char *letter, *link, *old_link;
    int64_t first;

    fixture_open(&f);
    token = new_user(&f, &c, "OPERADOR");
    cr_assert_eq(user_reset_ask(&c, "nadie"), OK, "told alike");
    cr_assert_eq(db_scalar(f.db, 9, &last_reset), 0);
    cr_assert_eq(user_reset_ask(&c, "ANA@ejemplo.com"), OK);
    first = db_scalar(f.db, 0, &last_reset);
    cr_assert_eq(user_link_address(&c, first, &old_link), OK);
    cr_assert(has_prefix(old_link, "http://127.0.0.1:8080/auth/reset-password?token="));
    cr_assert_eq(user_reset_ask(&c, "ana"), OK);
    cr_assert_eq(user_link_address(&c, first, &link), E_NOT_FOUND, "a new one kills the old");
    cr_assert_eq(user_link_address(&c, db_scalar(f.db, 0, &last_reset), &link), OK);
    letter = strchr(link, '=') + 1;
    cr_assert_eq(user_reset_check(&c, strchr(old_link, '=') + 1), E_NOT_FOUND);
    cr_assert_eq(user_reset_check(&c, letter), OK);
    cr_assert_eq(user_reset(&c, letter, "corta"), E_INVALID);
    cr_assert_eq(user_reset(&c, letter, "otra frase distinta"), OK);
    cr_assert_eq(user_reset(&c, letter, "otra frase distinta"), E_NOT_FOUND, "single use");
    cr_assert_eq(session_open(&c, token, &s), E_AUTH, "sessions ended");
    cr_assert_eq(user_sign_in(&c, "ana", "otra frase distinta", NULL, &token), OK);
    cr_assert_eq(user_reset_ask(&c, "ana"), OK);
    cr_assert_eq(user_link_address(&c, db_scalar(f.db, 0, &last_reset), &link), OK);
    letter = strchr(link, '=') + 1;
    c.now += 3599;
    cr_assert_eq(user_reset_check(&c, letter), OK);
    c.now++;
    cr_assert_eq(user_reset_check(&c, letter), E_NOT_FOUND, "an hour");
    fixture_close(&f);
}

Test(user, gets_at_most_three_letters_an_hour_and_a_disabled_one_none)
{
    static const struct stmt letters = STMT("t_letters", "", "SELECT count(*) FROM notifications WHERE event = 'password_reset'");
    struct fixture f;
    struct session s;
    struct ctx c;
    char *token;

    fixture_open(&f);
    token = new_user(&f, &c, "OPERADOR");
    for (int i = 0; i < 4; i++) {
        c = stranger(&f, arena_printf(f.a, "10.0.%d.1", i));
        cr_assert_eq(user_reset_ask(&c, "ana"), OK);
    }
    cr_expect_eq(db_scalar(f.db, 0, &letters), 3);
    cr_assert_eq(user_disable(&f.c, "ana"), OK);
    cr_expect_eq(session_open(&c, token, &s), E_AUTH, "nor is she signed in any longer");
    c.now += 3601;
    cr_assert_eq(user_reset_ask(&c, "ana"), OK);
    cr_expect_eq(db_scalar(f.db, 0, &letters), 3);
    fixture_close(&f);
}

Test(user, sees_and_ends_only_own_sessions)
{
    struct fixture f;
    struct sessions list;
    struct session s;
    struct ctx ana, eva;
    char *first, *second, *hers;

    fixture_open(&f);
    add(&f, "ana", "OPERADOR");
    add(&f, "eva", "OPERADOR");
    ana = stranger(&f, "10.0.0.1");
    eva = stranger(&f, "10.0.5.1");
    first = signed_in(&ana, "ana");
    second = signed_in(&ana, "ana");
    hers = signed_in(&eva, "eva");
    cr_assert_eq(session_open(&ana, second, &s), OK);
    cr_assert_eq(session_open(&eva, hers, &s), OK);
    cr_assert_eq(session_list(&ana, &list), OK);
    cr_assert_eq(list.n, 2);
    cr_assert_eq(list.v[0].is_current + list.v[1].is_current, 1);
    cr_assert_eq(session_end_own(&ana, eva.session_id), E_NOT_FOUND);
    cr_assert_eq(session_end_others(&ana), OK);
    cr_assert_eq(session_open(&ana, first, &s), E_AUTH);
    cr_assert_eq(session_open(&ana, second, &s), OK);
    cr_assert_eq(session_end(&ana), OK);
    cr_assert_eq(session_open(&ana, second, &s), E_AUTH);
    cr_assert_eq(session_open(&eva, hers, &s), OK);
    fixture_close(&f);
}

Test(user, token_acts_for_its_user_with_the_lesser_role)
{
    struct fixture f;
    struct api_token t;
    struct ctx c;
    char *admin, *reader;
    int64_t id, other;

    fixture_open(&f);
    add(&f, "ana", "OPERADOR");
    cr_assert_eq(token_add(&f.c, &(struct token_in){ "Caja uno", "ana", "ADMIN", "*", NULL, 0 }, &id,
                           &admin), OK, "%s", fixture_fault(&f));
    cr_assert_eq(token_add(&f.c, &(struct token_in){ "Tablero", "ana", "USUARIO",
                           "packages:read jobs", NULL, 1 }, &other, &reader), OK);
    cr_assert(has_prefix(admin, "paq_"));
    c = stranger(&f, "10.0.0.1");
    cr_assert_eq(token_open(&c, admin, &t), OK);
    cr_assert_eq(c.role, ROLE_OPERADOR, "the user's role bounds it");
    cr_assert(token_has_scope(&t, "anything"));
    cr_assert_eq(token_open(&c, reader, &t), OK);
    cr_assert_eq(c.role, ROLE_USUARIO);
    cr_assert(token_has_scope(&t, "jobs"));
    cr_assert_not(token_has_scope(&t, "packages"));
    cr_assert_eq(token_open(&c, "paq_x", &t), E_AUTH);
    c.now += DAY_SECONDS;
    cr_assert_eq(token_open(&c, reader, &t), E_AUTH, "over");
    cr_assert_eq(token_revoke(&f.c, id), OK);
    cr_assert_eq(token_revoke(&f.c, id), E_NOT_FOUND);
    cr_assert_eq(token_open(&c, admin, &t), E_AUTH, "revoked");
    fixture_close(&f);
}

Test(user, audit_chain_shows_an_edited_row)
{
    struct fixture f;
    int64_t broken;

    fixture_open(&f);
    add(&f, "ana", "OPERADOR");
    add(&f, "eva", "OPERADOR");
    cr_assert_eq(audit_check(&f.c, &broken), OK);
    cr_assert_eq(db_exec(f.db, NULL, &edit_audit), E_CONFLICT, "append-only");
    cr_assert_eq(db_exec(f.db, NULL, &drop_guard), OK);
    for (size_t i = 0; i < COUNT(edits); i++) {
        cr_assert_eq(db_exec(f.db, NULL, &edits[i]), OK, "%s", edits[i].sql);
        cr_expect_eq(audit_check(&f.c, &broken), i % 2 == 0 ? E_CONFLICT : OK, "%s", edits[i].sql);
    }
    cr_assert_eq(db_exec(f.db, NULL, &edit_audit), OK);
    cr_assert_eq(audit_check(&f.c, &broken), E_CONFLICT);
    cr_assert_eq(broken, 1);
    cr_assert_eq(db_exec(f.db, NULL, &drop_keep), OK);
    cr_assert_eq(db_exec(f.db, NULL, &erase_audit), OK);
    cr_assert_eq(audit_check(&f.c, &broken), E_CONFLICT, "a missing row shows too");
    fixture_close(&f);
}

Test(user, throttle_window_counts_by_network)
{
    struct fixture f;
    struct ctx c;

    fixture_open(&f);
    c = stranger(&f, "10.9.8.7");
    for (int i = 0; i < 3; i++)
        cr_assert_eq(throttle_window(&c, "lookup:net", 3, 60), OK);
    c.address = "10.9.8.200";
    cr_expect_eq(c.counted.most, 3);
    cr_expect_eq(c.counted.left, 0);
    cr_assert_eq(throttle_window(&c, "lookup:net", 3, 60), E_THROTTLED, "the same /24");
    cr_expect_eq(c.counted.left, 0);
    cr_expect_eq(c.counted.reset_s, c.fault.retry_after, "what is left is told until the same instant");
    cr_assert_eq(c.fault.retry_after, 60);
    c.address = "10.9.9.1";
    cr_assert_eq(throttle_window(&c, "lookup:net", 3, 60), OK);
    c.address = "10.9.8.7";
    c.now += 60;
    cr_assert_eq(throttle_window(&c, "lookup:net", 3, 60), OK, "a new window");
    c.address = "2001:db8:1:2ff::9";
    cr_assert_str_eq(throttle_network(&c), "2001:db8:1:200::", "/56");
    fixture_close(&f);
}

struct taking { struct ctx *c; const char *key; };

static enum err take_tx(struct db *db UNUSED, void *arg)
{
    struct taking *x = arg;

    return throttle_take_tx(x->c, x->key, 5);
}

/* A try; what it is refused for is seconds to wait, 0: it was taken. */
static int take(struct ctx *c)
{
    struct taking x = { c, "t:key" };

    c->fault = (struct fault){ 0 };
    return db_write(c->db, take_tx, &x) == OK ? 0 : c->fault.retry_after;
}

Test(throttle, gives_five_tries_then_doubles_from_half_a_minute_to_a_quarter_of_an_hour)
{
    static const int waits[] = { 30, 60, 120, 240, 480, 900, 900 };
    struct fixture f;
    struct ctx c;

    fixture_open(&f);
    c = stranger(&f, "10.0.0.1");
    for (int i = 0; i < 5; i++)
        cr_expect_eq(take(&c), 0, "try %d", i);
    for (size_t i = 0; i < COUNT(waits); i++) {
        cr_expect_eq(take(&c), waits[i], "%zu: %d", i, c.fault.retry_after);
        c.now += waits[i] - 1;
        cr_expect_eq(take(&c), 1);
        c.now++;
        cr_expect_eq(take(&c), 0);
    }
    c.now += 3600;
    cr_expect_eq(take(&c), 0);
    cr_expect_eq(take(&c), 900, "an hour to the second is not long enough to be forgotten");
    c.now += 3601;
    for (int i = 0; i < 5; i++)
        cr_expect_eq(take(&c), 0, "forgotten, try %d", i);
    cr_expect_eq(take(&c), 30);
    fixture_close(&f);
}

Test(throttle, a_window_that_is_full_is_seen_before_it_is_counted)
{
    struct fixture f;
    struct ctx c;

    fixture_open(&f);
    c = stranger(&f, "10.9.8.7");
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(throttle_window_check(&c, "lookup:net", 3, 60), OK, "%d", i);
        cr_expect_eq(throttle_window(&c, "lookup:net", 3, 60), OK, "%d", i);
    }
    cr_expect_eq(throttle_window_check(&c, "lookup:net", 3, 60), E_THROTTLED);
    c.now += 59;
    cr_expect_eq(throttle_window_check(&c, "lookup:net", 3, 60), E_THROTTLED);
    c.now++;
    cr_expect_eq(throttle_window_check(&c, "lookup:net", 3, 60), OK);
    fixture_close(&f);
}
