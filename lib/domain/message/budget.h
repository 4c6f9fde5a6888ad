/* Budget: what SMS and WhatsApp messages together may cost in a day and in a month (settings sms.*), in pesos.  Strangers can cause some kinds of
 * message by the public form or by the link of a parcel that they announced: those may spend a share of the budget
 * only (S_SMS_PUBLIC_SHARE), so that what a parcel on the shelf needs finds the rest. */
#ifndef DOMAIN_BUDGET_H
#define DOMAIN_BUDGET_H

#include "base/ctx.h"

/* Pesos spent since an instant by all SMS and WhatsApp messages that were sent; of these by WhatsApp alone. */
int64_t sms_spent(struct ctx *c, int64_t since);
int64_t whatsapp_spent(struct ctx *c, int64_t since);

/* The cost of a WhatsApp message, in pesos, by the category of its template; one without a category as of service. */
enum err whatsapp_price(struct ctx *c, const char *category, int64_t *pesos) MUST_CHECK;

/* An SMS or a WhatsApp message that asks for its part of the budget (message_budget_of): its cost in pesos. */
struct sms_price { const char *event; bool reserve; int64_t cost; };
/* *why: the reason, in words for people, why it must not go now; NULL: it may go.  *again: when to try it again, if
 * its kind waits and what it may spend in a day and in a month could pay for it; else 0.  After an error nothing is
 * known of the budget. */
enum err sms_over_budget(struct ctx *c, const struct sms_price *sms, const char **why, int64_t *again) MUST_CHECK;

#endif
