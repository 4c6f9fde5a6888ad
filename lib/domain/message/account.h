/* Account: by whom messages leave this point: the account that an administrator gave in the settings, else that of the
 * configuration, whose secrets are files. */
#ifndef DOMAIN_ACCOUNT_H
#define DOMAIN_ACCOUNT_H

#include "base/account.h"
#include "base/ctx.h"

struct sms_account sms_account(struct ctx *c);
struct mail_account mail_account(struct ctx *c);
struct whatsapp_account whatsapp_account(struct ctx *c);
/* The address that letters are from, without opening the account's secrets. */
const char *mail_sender(struct ctx *c);

/* Whether messages of that channel ("sms", "email", "whatsapp") leave this point at all: there is an SMS driver, a
 * mail server, a number and a key of WhatsApp. */
bool channel_is_on(struct ctx *c, const char *channel);

#endif
