/* Budget: what SMS may cost in a day and in a month (settings sms.*), in pesos.  Strangers can cause some kinds of
 * message by the public form: those may spend a share of the budget only (S_SMS_PUBLIC_SHARE), so that what a
 * parcel on the shelf needs finds the rest. */
#ifndef DOMAIN_BUDGET_H
#define DOMAIN_BUDGET_H

#include "base/ctx.h"

/* Pesos spent since an instant by all SMS that were sent. */
int64_t sms_spent(struct ctx *c, int64_t since);

/* *why: the reason, in words for people, why an SMS of this event that costs so much must not go now; NULL: it may
 * go.  *again: when to try it again, if a parcel on the shelf needs it and the whole budget could pay for it; else 0.
 * After an error nothing is known of the budget. */
enum err sms_over_budget(struct ctx *c, const char *event, int64_t cost, const char **why, int64_t *again) MUST_CHECK;

#endif
