/* Notification log: the messages that were written, what became of each, and what staff do with them. */
#ifndef DOMAIN_NOTIFICATION_LOG_H
#define DOMAIN_NOTIFICATION_LOG_H

#include "domain/message/notification_row.h"

/* Sends a message again: a new row that names the old one.  A pickup code in it is a new code.
 * E_CONFLICT while the old one still waits or is on its way. */
enum err notification_resend(struct ctx *c, int64_t id, int64_t *fresh) MUST_CHECK;
/* A message is `unknown` and somebody has asked the person: it arrived (sent), or it did not.
 * E_CONFLICT unless it is `unknown`. */
enum err notification_settle(struct ctx *c, int64_t id, bool sent) MUST_CHECK;
/* The provider tells whether the message with its id `provider_id` was delivered. */
enum err notification_receipt(struct ctx *c, const char *provider_id, bool delivered) MUST_CHECK;

/* notification_receipt through the address that only the provider knows (secret sms_hook_key);
 * E_NOT_FOUND, like any unknown address, when the secret is wrong. */
enum err notification_hook(struct ctx *c, const char *secret, const char *provider_id,
                           bool delivered) MUST_CHECK;

/* Pesos spent on SMS and WhatsApp together, and on WhatsApp alone, today and this month, with their budgets.  credit: what the provider has left,
 * −1: not known. */
struct sms_budget { int64_t day, day_budget, month, month_budget, price, credit, whatsapp_day, whatsapp_month; };
enum err notification_budget(struct ctx *c, struct sms_budget *out) MUST_CHECK;

/* The text of the message as it left, or as it stands now while it waits; codes and the secret parts of links are
 * hidden.  *text is NULL when it is not known. */
enum err notification_said(struct ctx *c, const struct notification *n, const char **text) MUST_CHECK;

/* Staff write to a customer, about a package (or 0), by one channel; at most 612 characters.
 * E_INVALID when the customer has no number or address for that channel. */
struct custom_in { int64_t customer_id, package_id; const char *channel, *text; };
/* Adds a fault at "text" for one that no message of staff may have. */
void notify_text_faults(struct ctx *c, const char *text);
enum err notify_custom(struct ctx *c, const struct custom_in *in, int64_t *id) MUST_CHECK;
/* Sends a test message to any number or address; its row shows what became of it.  E_INVALID names the
 * channel when no message of it leaves this point. */
enum err notify_test(struct ctx *c, const char *channel, const char *recipient, int64_t *id) MUST_CHECK;

#endif
