#include "base/conf.h"
#include "crypto/crypto.h"
#include "domain/ground/setting.h"
#include "domain/message/account.h"

#define SMTPS_PORT 465

static const char *or_blank(const char *s)
{
    return s != NULL ? s : "";
}

/* The driver that the settings name; NULL: that of the configuration. */
static const char *driver_chosen(struct ctx *c)
{
    const char *provider = setting_text(c, S_SMS_PROVIDER);

    return streq(provider, "servidor") ? NULL : streq(provider, "ninguno") ? "none" : provider;
}

struct sms_account sms_account(struct ctx *c)
{
    const char *chosen = driver_chosen(c);

    if (chosen == NULL)
        return (struct sms_account){ .driver = c->conf->sms_driver, .account = c->conf->liwa_account,
            .password = or_blank(secret_read(c->a, c->conf, "liwa_password")),
            .api_key = or_blank(secret_read(c->a, c->conf, "liwa_api_key")),
            .changed_at = setting_changed_at(c, "sms") };
    return (struct sms_account){ .driver = chosen, .account = setting_text(c, S_SMS_ACCOUNT),
        .password = or_blank(setting_secret(c, S_SMS_PASSWORD)), .api_key = or_blank(setting_secret(c, S_SMS_KEY)),
        .changed_at = setting_changed_at(c, "sms") };
}

/* The sender's address: as it was set, else the user's name if that is an address. */
static const char *sender_of(struct ctx *c, const char *user)
{
    const char *from = setting_text(c, S_MAIL_FROM);

    return !is_blank(from) ? from : strchr(user, '@') != NULL ? user : c->conf->mail_from;
}

const char *mail_sender(struct ctx *c)
{
    return sender_of(c, is_blank(setting_text(c, S_MAIL_HOST)) ? c->conf->mail_from : setting_text(c, S_MAIL_USER));
}

struct mail_account mail_account(struct ctx *c)
{
    const char *host = setting_text(c, S_MAIL_HOST), *user = setting_text(c, S_MAIL_USER);
    const int64_t port = setting_int(c, S_MAIL_PORT);

    if (is_blank(host))
        return (struct mail_account){ .url = c->conf->mail_url, .user = c->conf->mail_user,
            .password = or_blank(secret_read(c->a, c->conf, "smtp_password")),
            .from = sender_of(c, c->conf->mail_from) };
    return (struct mail_account){ .user = user, .password = or_blank(setting_secret(c, S_MAIL_PASSWORD)),
        .from = sender_of(c, user),
        .url = arena_printf(c->a, "%s://%s:%lld", port == SMTPS_PORT ? "smtps" : "smtp", host, (long long)port) };
}

struct whatsapp_account whatsapp_account(struct ctx *c)
{
    return (struct whatsapp_account){ setting_text(c, S_WHATSAPP_NUMBER), or_blank(setting_secret(c, S_WHATSAPP_TOKEN)) };
}

bool channel_is_on(struct ctx *c, const char *channel)
{
    const char *chosen;

    if (streq(channel, "whatsapp"))
        return !is_blank(setting_text(c, S_WHATSAPP_NUMBER)) && !is_blank(setting_text(c, S_WHATSAPP_TOKEN));
    if (!streq(channel, "sms"))
        return !is_blank(setting_text(c, S_MAIL_HOST)) || !is_blank(c->conf->mail_url);
    chosen = driver_chosen(c);
    return !streq(chosen != NULL ? chosen : c->conf->sms_driver, "none");
}
