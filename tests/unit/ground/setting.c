/* Settings: each type's rule, secrets that are stored sealed, versions, and what the audit says. */
#include <stdio.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "crypto/crypto.h"
#include "domain/ground/setting.h"
#include "domain/message/account.h"
#include "domain/message/budget.h"
#include "domain/money/payment.h"
#include "domain/people/approval.h"
#include "tests/unit/fixture.h"

static const struct stmt stored = STMT("t_stored", "s", "SELECT count(*) FROM settings WHERE value LIKE '%' || $1 || '%'");
static const struct stmt audited = STMT("t_setting_audited", "s",
    "SELECT count(*) FROM audit_log WHERE action = 'setting_change' AND details LIKE '%' || $1 || '%'");

static enum err change(struct fixture *f, const char *key, const char *value)
{
    return setting_change(&f->c, NULL, 0, &(struct setting_change){ key, value }, 1);
}

Test(settings, are_checked_by_the_rule_of_their_type)
{
    static const struct { const char *key, *typed; enum err want; const char *kept; enum setting s; } rows[] = {
        { "site.name", "  Portería   Norte ", OK, "Portería Norte", S_SITE_NAME },
        { "site.name", "x", E_INVALID, "Portería Norte", S_SITE_NAME },
        { "site.phone", "601 555 0100", OK, "601 555 0100", S_SITE_PHONE },
        { "site.phone", "llame ya", E_INVALID, "601 555 0100", S_SITE_PHONE },
        { "site.phone", "", OK, "", S_SITE_PHONE },
        { "payment.card", "1", OK, "1", S_CARD }, { "payment.card", "si", E_INVALID, "1", S_CARD },
        { "rates.notice_days", "366", E_INVALID, "15", S_RATE_NOTICE },
        { "rates.notice_days", "365", OK, "365", S_RATE_NOTICE },
        { "receipt.paper", "58", OK, "58", S_RECEIPT_PAPER }, { "receipt.paper", "57", E_INVALID, "58", S_RECEIPT_PAPER },
        { "mail.from", "AVISOS@example.com", OK, "avisos@example.com", S_MAIL_FROM },
        { "mail.from", "avisos", E_INVALID, "avisos@example.com", S_MAIL_FROM },
        { "mail.host", "smtp.example.com", OK, "smtp.example.com", S_MAIL_HOST },
        { "mail.host", "smtp.example.com/x", E_INVALID, "smtp.example.com", S_MAIL_HOST },
        { "mail.host", "a@b", E_INVALID, "smtp.example.com", S_MAIL_HOST },
        { "hours.closes", "9", E_INVALID, "19", S_HOURS_CLOSES }, { "hours.opens", "19", E_INVALID, "9", S_HOURS_OPENS },
        { "hours.opens", "15", E_INVALID, "9", S_HOURS_OPENS }, { "hours.saturday", "8", E_INVALID, "15", S_HOURS_SATURDAY },
        { "hours.saturday", "0", OK, "0", S_HOURS_SATURDAY }, { "hours.opens", "15", OK, "15", S_HOURS_OPENS },
        { "no.such", "1", E_INVALID, "Portería Norte", S_SITE_NAME },
    };
    struct fixture f;

    fixture_open(&f);
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_expect_eq(change(&f, rows[i].key, rows[i].typed), rows[i].want, "%s: %s", rows[i].key, rows[i].typed);
        if (rows[i].want != OK)
            cr_expect_str_eq(f.c.fault.field, rows[i].key);
        cr_expect_str_eq(setting_text(&f.c, rows[i].s), rows[i].kept, "%s: %s", rows[i].key, rows[i].typed);
    }
    fixture_close(&f);
}

Test(settings, on_which_money_depends_are_no_defaults_when_they_cannot_be_read)
{
    static const struct stmt gone = STMT("t_settings_gone", "", "ALTER TABLE settings RENAME TO settings_gone");
    struct fixture f;
    const char *why;
    int64_t n;

    fixture_open(&f);
    cr_assert_eq(setting_read(&f.c, S_CARD, &n), OK);
    cr_expect_eq(n, 0, "none is set");
    cr_assert_eq(change(&f, "payment.card", "1"), OK);
    cr_assert_eq(setting_read(&f.c, S_CARD, &n), OK);
    cr_expect_eq(n, 1);
    cr_expect(payment_method_taken(&f.c, "tarjeta"));
    cr_assert_eq(db_exec(f.db, NULL, &gone), OK);
    cr_expect_eq(setting_read(&f.c, S_CARD, &n), E_BUSY);
    cr_expect_not(payment_method_taken(&f.c, "tarjeta"));
    cr_expect(payment_method_taken(&f.c, "efectivo"));
    cr_expect_eq(sms_over_budget(&f.c, &(struct sms_price){ "package_received", false, 25 }, &why, NULL), E_BUSY);
    f.c.role = ROLE_OPERADOR;
    cr_expect(approval_needed(&f.c, APPROVE_OVERRIDE, 0), "nobody goes without approval meanwhile");
    fixture_close(&f);
}

Test(settings, that_are_secret_are_sealed_and_in_no_list_and_no_audit)
{
    struct fixture f;
    struct setting_rows all;

    fixture_open(&f);
    cr_expect_null(setting_secret(&f.c, S_SMS_PASSWORD));
    cr_assert_eq(change(&f, "sms.password", " clave-que-nadie-ve "), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(setting_secret(&f.c, S_SMS_PASSWORD), " clave-que-nadie-ve ");
    cr_expect_eq(db_scalar(f.db, -1, &stored, "clave-que"), 0);
    cr_expect_eq(db_scalar(f.db, -1, &audited, "clave-que"), 0);
    cr_expect_eq(db_scalar(f.db, -1, &audited, "v1:"), 0);
    cr_expect_eq(db_scalar(f.db, -1, &audited, "\"is_set\":true"), 1);
    cr_assert_eq(setting_list(&f.c, "sms", &all), OK);
    for (size_t i = 0; i < all.n; i++)
        if (all.v[i].secret) {
            cr_expect_null(all.v[i].value);
            cr_expect_eq(all.v[i].set, streq(all.v[i].key, "sms.password"), "%s", all.v[i].key);
        }
    cr_assert_eq(change(&f, "sms.password", ""), OK);
    cr_expect_null(setting_secret(&f.c, S_SMS_PASSWORD));
    cr_expect_eq(db_scalar(f.db, -1, &audited, "\"is_set\":false"), 1);
    fixture_close(&f);
}

/* An administrator who may write a secret and not read it could read it at a server of their own. */
Test(settings, that_say_where_a_secret_is_sent_ask_for_it_again)
{
    struct fixture f;
    const struct setting_change both[] = { { "mail.port", "2525" }, { "mail.password", "otra-clave" } };

    fixture_open(&f);
    cr_assert_eq(change(&f, "mail.host", "smtp.example.com"), OK, "%s", fixture_fault(&f));
    cr_assert_eq(change(&f, "mail.password", "clave-que-nadie-ve"), OK);
    cr_expect_eq(change(&f, "mail.host", "ladron.example.com"), E_INVALID);
    cr_expect_eq(change(&f, "mail.port", "2525"), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "mail.password");
    cr_expect_eq(change(&f, "mail.user", "otro"), E_INVALID);
    cr_expect_eq(change(&f, "mail.host", "smtp.example.com"), OK, "the same as before");
    cr_expect_eq(change(&f, "mail.from", "avisos@example.com"), OK, "it is not sent there");
    cr_expect_str_eq(setting_text(&f.c, S_MAIL_HOST), "smtp.example.com");
    cr_expect_eq(setting_change(&f.c, NULL, 0, both, COUNT(both)), OK, "%s", fixture_fault(&f));
    cr_expect_str_eq(setting_secret(&f.c, S_MAIL_PASSWORD), "otra-clave");
    cr_expect_eq(change(&f, "mail.password", ""), OK);
    cr_expect_eq(change(&f, "mail.host", "otro.example.com"), OK, "there is none");
    fixture_close(&f);
}

Test(settings, sealed_for_one_name_do_not_open_for_another)
{
    struct fixture f;
    char *sealed;

    fixture_open(&f);
    sealed = seal_text(f.a, f.conf, "sms.password", "una");
    cr_assert_not_null(sealed);
    cr_expect_str_eq(seal_open(f.a, f.conf, "sms.password", sealed), "una");
    cr_expect_null(seal_open(f.a, f.conf, "mail.password", sealed));
    cr_expect_str_neq(seal_text(f.a, f.conf, "sms.password", "una"), sealed, "each is sealed anew");
    sealed[strlen(sealed) - 1] = sealed[strlen(sealed) - 1] == '0' ? '1' : '0';
    cr_expect_null(seal_open(f.a, f.conf, "sms.password", sealed));
    cr_expect_null(seal_open(f.a, f.conf, "sms.password", "v1:"));
    cr_expect_null(seal_open(f.a, f.conf, "sms.password", "una"));
    fixture_close(&f);
}

Test(settings, that_are_secret_are_not_kept_where_nothing_can_seal_them)
{
    struct fixture f;
    char path[200];

    fixture_open(&f);
    cr_assert_eq(change(&f, "mail.password", "una"), OK);
    snprintf(path, sizeof path, "%s/secrets/settings_key", f.dir);
    cr_assert_eq(unlink(path), 0);
    cr_expect_eq(change(&f, "sms.password", "otra"), E_INVALID);
    cr_expect_str_eq(f.c.fault.field, "sms.password");
    cr_expect_null(setting_secret(&f.c, S_MAIL_PASSWORD), "nor is one opened");
    cr_expect_eq(db_scalar(f.db, -1, &stored, "otra"), 0);
    cr_assert_eq(change(&f, "site.name", "Portería"), OK, "what is no secret is no matter");
    fixture_close(&f);
}

Test(settings, seen_before_somebody_else_changed_them_are_not_overwritten)
{
    const struct setting_change ours[] = { { "site.name", "La nuestra" }, { "site.hours", "Todo el día" } };
    struct fixture f;
    struct setting_rows before, other;

    fixture_open(&f);
    cr_assert_eq(setting_list(&f.c, "site", &before), OK);
    cr_assert_eq(setting_list(&f.c, "counter", &other), OK);
    cr_assert_eq(change(&f, "payment.card", "1"), OK);
    cr_expect_eq(setting_change(&f.c, "counter", other.version, &(struct setting_change){ "payment.card", "0" }, 1),
                 E_PRECONDITION);
    cr_expect_eq(setting_change(&f.c, "site", before.version, ours, COUNT(ours)), OK, "another group is no matter");
    cr_expect_eq(setting_change(&f.c, "site", before.version, ours, COUNT(ours)), E_PRECONDITION);
    cr_expect_str_eq(setting_text(&f.c, S_SITE_NAME), "La nuestra");
    cr_expect_eq(db_scalar(f.db, -1, &audited, "\"before\":\"Paquetería\",\"after\":\"La nuestra\""), 1);
    fixture_close(&f);
}

Test(settings, of_an_account_stand_above_the_configuration)
{
    const struct setting_change list[] = { { "sms.provider", "liwa" }, { "sms.account", "punto" },
        { "sms.password", "p" }, { "sms.api_key", "k" }, { "mail.host", "smtp.example.com" }, { "mail.port", "465" },
        { "mail.user", "avisos@example.com" }, { "mail.password", "m" } };
    struct fixture f;
    struct sms_account sms;
    struct mail_account mail;

    fixture_open(&f);
    cr_expect_not(channel_is_on(&f.c, "sms"));
    cr_expect_not(channel_is_on(&f.c, "email"));
    cr_assert_eq(setting_change(&f.c, NULL, 0, list, COUNT(list)), OK, "%s", fixture_fault(&f));
    cr_expect(channel_is_on(&f.c, "sms"));
    cr_expect(channel_is_on(&f.c, "email"));
    sms = sms_account(&f.c);
    cr_expect_str_eq(sms.driver, "liwa");
    cr_expect_str_eq(sms.account, "punto");
    cr_expect_str_eq(sms.password, "p");
    cr_expect_str_eq(sms.api_key, "k");
    cr_expect_eq(sms.changed_at, f.c.now);
    mail = mail_account(&f.c);
    cr_expect_str_eq(mail.url, "smtps://smtp.example.com:465");
    cr_expect_str_eq(mail.from, "avisos@example.com", "the user's name is an address");
    cr_expect_str_eq(mail.password, "m");
    cr_assert_eq(change(&f, "sms.provider", "ninguno"), OK);
    cr_expect_not(channel_is_on(&f.c, "sms"));
    fixture_close(&f);
}
