/* The people who work here: invited by a link, changed and disabled by an ADMIN, of whom one always stays. */
#include <criterion/criterion.h>

#include "base/texts.h"
#include "domain/people/pin.h"
#include "domain/people/session.h"
#include "domain/people/texts.h"
#include "domain/people/token.h"
#include "domain/people/user_change.h"
#include "domain/people/user_invite.h"
#include "domain/people/user_link.h"
#include "tests/unit/users.h"

TestSuite(staff, .timeout = 120);

#define PIN "805173"

static const struct stmt letters = STMT("t_staff_letters", "s", "SELECT count(*) FROM notifications WHERE event = $1");
static const struct stmt audited = STMT("t_staff_audited", "ss",
    "SELECT count(*) FROM audit_log WHERE action = $1 AND details LIKE '%' || $2 || '%'");
static const struct stmt live_links = STMT("t_staff_links", "",
    "SELECT count(*) FROM password_resets WHERE used_at IS NULL");
static const struct stmt only_admins = STMT("t_staff_admins", "", "UPDATE users SET role = 'USUARIO' WHERE role = 'ADMIN'");

static struct ctx chief(struct fixture *f)
{
    cr_assert_eq(db_exec(f->db, NULL, &only_admins), OK);
    f->c.actor = ACTOR_SYSTEM;
    return user_made(f, "jefa", "ADMIN");
}

static struct ctx stranger(struct fixture *f)
{
    return (struct ctx){ .a = f->a, .db = f->db, .conf = f->conf, .now = f->c.now, .actor = ACTOR_CUSTOMER,
                         .address = "10.0.0.1", .user_agent = "curl", .request_id = "test" };
}

/* Invites ana, and gives the secret of her link. */
static const char *invited(struct ctx *c, const char *role, struct user_linked *x)
{
    const struct user_invite_in in = { "ana", "ana@example.com", "Ana Pérez", role, true };

    cr_assert_eq(user_invite(c, &in, x), OK, "%s", fault_sentence(c->a, &c->fault));
    cr_assert_not_null(x->link);
    return strchr(x->link, '=') + 1;
}

static bool signs_in(struct fixture *f, const char *password)
{
    struct ctx c = stranger(f);
    char *token;

    return user_sign_in(&c, "ana", password, NULL, &token) == OK;
}

Test(staff, who_is_invited_chooses_name_password_and_pin_by_a_link_that_serves_once)
{
    struct fixture f;
    struct user_linked x;
    struct user u;
    struct ctx jefa, c;
    const char *secret;

    fixture_open(&f);
    jefa = chief(&f);
    secret = invited(&jefa, "OPERADOR", &x);
    cr_expect_eq(x.user.joined_at, 0);
    cr_expect_eq(x.user.invited_until, f.c.now + 72 * 3600);
    cr_expect_not(signs_in(&f, GOOD));
    c = stranger(&f);
    cr_assert_eq(user_invited(&c, secret, &u), OK);
    cr_expect_str_eq(u.username, "ana");
    cr_assert_eq(user_join(&c, &(struct user_join_in){ secret, "Ana María Pérez", GOOD, PIN, PIN }), OK, "%s",
                 fault_sentence(f.a, &c.fault));
    cr_expect(signs_in(&f, GOOD));
    cr_assert_eq(user_by_id(&f.c, x.user.id, &u), OK);
    cr_expect_str_eq(u.full_name, "Ana María Pérez");
    cr_expect_eq(u.joined_at, f.c.now);
    cr_expect_eq(u.must_change_password, 0);
    cr_expect_eq(u.has_pin, 1);
    cr_expect_eq(user_join(&c, &(struct user_join_in){ secret, "Otra Persona", "otra frase bien larga", NULL, NULL }), E_NOT_FOUND);
    cr_expect_eq(c.fault.text, T_RESET_OVER);
    cr_expect(signs_in(&f, GOOD));
    fixture_close(&f);
}

Test(staff, an_invitation_ends_after_72_hours_and_by_a_newer_one)
{
    struct fixture f;
    struct user_linked x;
    struct user u;
    struct ctx jefa, c;
    const char *first, *second;

    fixture_open(&f);
    jefa = chief(&f);
    first = invited(&jefa, "OPERADOR", &x);
    cr_assert_eq(user_link_again(&jefa, x.user.id, true, &x), OK);
    second = strchr(x.link, '=') + 1;
    c = stranger(&f);
    cr_expect_eq(user_invited(&c, first, &u), E_NOT_FOUND);
    c.now += 72 * 3600 - 1;
    cr_expect_eq(user_invited(&c, second, &u), OK);
    cr_expect_eq(user_reset_check(&c, second), E_NOT_FOUND, "it is no link of another kind");
    c.now++;
    cr_expect_eq(user_invited(&c, second, &u), E_NOT_FOUND);
    fixture_close(&f);
}

Test(staff, what_is_wrong_when_joining_is_said_at_its_field_and_uses_nothing_up)
{
    static const struct { struct user_join_in in; const char *field; } wrong[] = {
        { { NULL, "A", GOOD, NULL, NULL }, "full_name" }, { { NULL, "Ana Pérez", "corta", NULL, NULL }, "password" },
        { { NULL, "Ana Pérez", GOOD, "1234", "1234" }, "pin" }, { { NULL, "Ana Pérez", GOOD, PIN, "805174" }, "pin_again" },
    };
    struct fixture f;
    struct user_linked x;
    struct user u;
    struct ctx jefa, c;
    const char *secret;

    fixture_open(&f);
    jefa = chief(&f);
    secret = invited(&jefa, "ADMIN", &x);
    c = stranger(&f);
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct user_join_in in = wrong[i].in;

        in.token = secret;
        cr_expect_eq(user_join(&c, &in), E_INVALID, "row %zu", i);
        cr_expect_str_eq(c.fault.field, wrong[i].field, "row %zu", i);
    }
    cr_expect_eq(user_join(&c, &(struct user_join_in){ secret, "Ana Pérez", GOOD, "8051", "8051" }), E_INVALID, "an ADMIN's has six");
    cr_expect_eq(user_invited(&c, secret, &u), OK);
    fixture_close(&f);
}

Test(staff, an_invitation_goes_by_mail_and_to_nobody_twice)
{
    struct fixture f;
    struct user_linked x;
    struct ctx jefa;
    const struct user_invite_in in = { " Ana ", " ANA@example.com ", "Ana Pérez", "OPERADOR", false };

    fixture_open(&f);
    f.conf->mail_url = "smtp://localhost";
    jefa = chief(&f);
    cr_assert_eq(user_invite(&jefa, &in, &x), OK, "%s", fault_sentence(f.a, &jefa.fault));
    cr_expect_null(x.link);
    cr_expect_str_eq(x.user.username, "ana");
    cr_expect_eq(db_scalar(f.db, -1, &letters, "user_invited"), 1);
    cr_expect_eq(db_scalar(f.db, -1, &audited, "user_invite", "\"role\":\"OPERADOR\""), 1);
    cr_expect_eq(user_invite(&jefa, &in, &x), E_CONFLICT);
    cr_expect_str_eq(jefa.fault.field, "username");
    cr_expect_eq(user_invite(&jefa, &(struct user_invite_in){ "otra", "ana@example.com", "Otra", "OPERADOR", false }, &x), E_CONFLICT);
    cr_expect_str_eq(jefa.fault.field, "email");
    cr_expect_eq(db_scalar(f.db, -1, &letters, "user_invited"), 1);
    fixture_close(&f);
}

Test(staff, who_is_only_invited_has_no_password_to_forget)
{
    struct fixture f;
    struct user_linked x;
    struct user u;
    struct ctx jefa, c;
    const char *secret;

    fixture_open(&f);
    jefa = chief(&f);
    secret = invited(&jefa, "OPERADOR", &x);
    c = stranger(&f);
    cr_assert_eq(user_reset_ask(&c, "ana"), OK);
    cr_expect_eq(db_scalar(f.db, -1, &letters, "password_reset"), 0);
    cr_expect_eq(user_invited(&c, secret, &u), OK, "a stranger ends no invitation");
    fixture_close(&f);
}

Test(staff, a_wrong_invitation_names_its_fields)
{
    struct fixture f;
    struct user_linked x;
    struct ctx jefa;

    fixture_open(&f);
    jefa = chief(&f);
    cr_expect_eq(user_invite(&jefa, &(struct user_invite_in){ "a b", "nada", "", "JEFE", true }, &x), E_INVALID);
    cr_expect_eq(jefa.fault.text, T_USERNAME_BAD);
    cr_expect_str_eq(jefa.fault.next->field, "email");
    cr_expect_str_eq(jefa.fault.next->next->field, "full_name");
    cr_expect_str_eq(jefa.fault.next->next->next->field, "role");
    fixture_close(&f);
}

Test(staff, disabling_ends_all_that_acts_for_somebody_and_enabling_brings_none_of_it_back)
{
    struct fixture f;
    struct user_linked x;
    struct session s;
    struct api_token t;
    struct user u;
    struct ctx jefa, ana, c;
    char *token, *bearer;
    const char *secret;
    int64_t id;

    fixture_open(&f);
    jefa = chief(&f);
    ana = user_made(&f, "ana", "OPERADOR");
    cr_assert_eq(pin_set(&ana, &(struct pin_in){ GOOD, PIN, PIN }), OK);
    cr_assert_eq(token_add(&f.c, &(struct token_in){ "Su programa", "ana", "OPERADOR", "*", NULL, 0 }, &id, &bearer), OK);
    cr_assert_eq(user_link_again(&jefa, ana.user_id, true, &x), OK);
    secret = strchr(x.link, '=') + 1;
    c = stranger(&f);
    cr_assert_eq(user_sign_in(&c, "ana", GOOD, NULL, &token), OK);
    for (int again = 0; again < 2; again++) {
        cr_assert_eq(user_set_active(&jefa, ana.user_id, again == 1), OK);
        c = stranger(&f);
        cr_expect_eq(session_open(&c, token, &s), E_AUTH);
        cr_expect_eq(token_open(&c, bearer, &t), E_AUTH);
        cr_expect_eq(user_reset_check(&c, secret), E_NOT_FOUND);
        cr_expect_eq(pin_set_at(&c, ana.user_id), 0);
        cr_expect_eq(signs_in(&f, GOOD), again == 1);
    }
    cr_assert_eq(user_by_id(&c, ana.user_id, &u), OK);
    cr_expect_eq(u.version, 3);
    fixture_close(&f);
}

Test(staff, the_last_administrator_who_can_sign_in_is_neither_disabled_nor_demoted)
{
    struct fixture f;
    struct user_linked x;
    struct ctx jefa, system;

    fixture_open(&f);
    jefa = chief(&f);
    system = f.c;
    (void)invited(&jefa, "ADMIN", &x);
    cr_expect_eq(user_set_active(&system, jefa.user_id, false), E_CONFLICT, "who is invited is not here yet");
    cr_expect_eq(system.fault.text, T_LAST_ADMIN);
    cr_expect_eq(user_edit(&system, &(struct user_edit){ .id = jefa.user_id, .role = "OPERADOR" }), E_CONFLICT);
    cr_expect_str_eq(system.fault.field, "role");
    cr_expect_eq(user_set_active(&jefa, x.user.id, false), OK, "the one who was invited may go");
    fixture_close(&f);
}

Test(staff, of_two_administrators_who_disable_each_other_at_once_one_is_refused)
{
    struct fixture f;
    struct ctx jefa, socia, third;

    fixture_open(&f);
    jefa = chief(&f);
    socia = user_made(&f, "socia", "ADMIN");
    third = user_made(&f, "tercera", "ADMIN");
    cr_expect_eq(user_set_active(&jefa, jefa.user_id, false), E_CONFLICT, "nobody disables themselves");
    cr_expect_eq(jefa.fault.text, T_USER_SELF);
    cr_expect_eq(user_edit(&jefa, &(struct user_edit){ .id = jefa.user_id, .role = "USUARIO" }), E_CONFLICT);
    cr_expect_eq(user_set_active(&jefa, socia.user_id, false), OK);
    cr_expect_eq(user_set_active(&socia, jefa.user_id, false), E_FORBIDDEN, "who acts was an administrator when the request came");
    cr_expect_eq(user_edit(&third, &(struct user_edit){ .id = jefa.user_id, .role = "OPERADOR" }), OK);
    cr_expect_eq(user_edit(&jefa, &(struct user_edit){ .id = third.user_id, .role = "OPERADOR" }), E_FORBIDDEN);
    fixture_close(&f);
}

Test(staff, a_change_is_audited_with_before_and_after_and_another_role_ends_the_sessions)
{
    struct fixture f;
    struct session s;
    struct ctx jefa, ana, c;
    char *token;

    fixture_open(&f);
    jefa = chief(&f);
    ana = user_made(&f, "ana", "OPERADOR");
    c = stranger(&f);
    cr_assert_eq(user_sign_in(&c, "ana", GOOD, NULL, &token), OK);
    cr_assert_eq(user_edit(&jefa, &(struct user_edit){ .id = ana.user_id, .full_name = "Ana de Ruiz" }), OK);
    cr_expect_eq(session_open(&c, token, &s), OK, "another name ends nothing");
    cr_assert_eq(user_edit(&jefa, &(struct user_edit){ .id = ana.user_id, .version = 2, .role = "ADMIN" }), OK);
    cr_expect_eq(session_open(&c, token, &s), E_AUTH);
    cr_expect_eq(db_scalar(f.db, -1, &audited, "user_change", "\"before\":\"OPERADOR\",\"after\":\"ADMIN\""), 1);
    cr_expect_eq(db_scalar(f.db, -1, &audited, "user_change", "Ana de Ruiz"), 1);
    cr_expect_eq(user_edit(&jefa, &(struct user_edit){ .id = ana.user_id, .version = 2, .role = "USUARIO" }), E_PRECONDITION);
    cr_expect_eq(user_edit(&jefa, &(struct user_edit){ .id = ana.user_id, .email = "jefa@example.com" }), E_CONFLICT);
    cr_expect_str_eq(jefa.fault.field, "email");
    fixture_close(&f);
}

Test(staff, another_email_ends_the_links_that_went_to_the_one_before)
{
    struct fixture f;
    struct user_linked x;
    struct ctx jefa;

    fixture_open(&f);
    jefa = chief(&f);
    (void)invited(&jefa, "OPERADOR", &x);
    cr_assert_eq(user_edit(&jefa, &(struct user_edit){ .id = x.user.id, .full_name = "Ana Ruiz" }), OK);
    cr_expect_eq(db_scalar(f.db, -1, &live_links), 1);
    cr_assert_eq(user_edit(&jefa, &(struct user_edit){ .id = x.user.id, .email = "ana.ruiz@example.com" }), OK);
    cr_expect_eq(db_scalar(f.db, -1, &live_links), 0);
    fixture_close(&f);
}

/* The context of an ADMIN's program, which has a token and no password. */
static struct ctx program_of(const struct ctx *c)
{
    struct ctx out = *c;

    out.channel = "api";
    return out;
}

Test(staff, a_token_of_the_api_shows_no_link_and_makes_no_administrator)
{
    struct fixture f;
    struct user_linked x;
    struct ctx jefa, program, ana;

    fixture_open(&f);
    jefa = chief(&f);
    program = program_of(&jefa);
    ana = user_made(&f, "ana", "OPERADOR");
    cr_expect_eq(user_invite(&program, &(struct user_invite_in){ "otra", "otra@example.com", "Otra Más", "USUARIO", false }, &x),
                 E_CONFLICT, "no mail leaves, and the link would be shown");
    cr_expect_eq(user_link_again(&program, ana.user_id, false, &x), E_CONFLICT);
    f.conf->mail_url = "smtp://localhost";
    cr_expect_eq(user_link_again(&program, ana.user_id, true, &x), E_CONFLICT);
    cr_expect_eq(db_scalar(f.db, -1, &live_links), 0);
    cr_expect_eq(user_invite(&program, &(struct user_invite_in){ "otra", "otra@example.com", "Otra Más", "ADMIN", false }, &x),
                 E_FORBIDDEN);
    cr_expect_eq(user_edit(&program, &(struct user_edit){ .id = ana.user_id, .role = "ADMIN" }), E_FORBIDDEN);
    cr_expect_str_eq(program.fault.field, "role");
    cr_expect_eq(user_edit(&program, &(struct user_edit){ .id = ana.user_id, .email = "otra@example.com" }), E_FORBIDDEN);
    cr_expect_eq(user_edit(&program, &(struct user_edit){ .id = ana.user_id, .full_name = "Ana Ruiz" }), OK);
    cr_assert_eq(user_link_again(&program, ana.user_id, false, &x), OK, "%s", fault_sentence(f.a, &program.fault));
    cr_expect_null(x.link);
    fixture_close(&f);
}

Test(staff, a_token_of_the_api_does_nothing_to_an_administrator_its_owner_neither)
{
    struct fixture f;
    struct user_linked x;
    struct ctx jefa, program, socia;

    fixture_open(&f);
    f.conf->mail_url = "smtp://localhost";
    jefa = chief(&f);
    program = program_of(&jefa);
    socia = user_made(&f, "socia", "ADMIN");
    for (int own = 0; own < 2; own++) {
        const int64_t id = own ? jefa.user_id : socia.user_id;

        cr_expect_eq(user_edit(&program, &(struct user_edit){ .id = id, .full_name = "Otro Nombre" }), E_FORBIDDEN);
        cr_expect_eq(program.fault.text, T_USER_BY_PAGE);
        cr_expect_eq(user_link_again(&program, id, false, &x), E_FORBIDDEN);
        cr_expect_eq(user_set_active(&program, id, false), E_FORBIDDEN);
        cr_expect_eq(user_set_active(&program, id, true), E_FORBIDDEN);
        cr_expect_eq(user_end_sessions(&program, id), E_FORBIDDEN);
    }
    cr_expect_eq(user_set_active(&jefa, socia.user_id, false), OK, "in a page, with a password");
    fixture_close(&f);
}
