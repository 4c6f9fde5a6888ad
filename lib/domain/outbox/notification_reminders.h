/* Notification reminders: customers are told again that a parcel waits for them. */
#ifndef DOMAIN_NOTIFICATION_REMINDERS_H
#define DOMAIN_NOTIFICATION_REMINDERS_H

#include "base/ctx.h"

/* Queues the reminders of a day (clock_day): of parcels that were then on the shelf for 1, 3, 7 or 25 days and
 * are still, once for each of these days; *written is the number of messages. */
enum err notify_reminders(struct ctx *c, int64_t day, int *written) MUST_CHECK;
/* *out: the number of packages whose reminder is due now. */
enum err notify_reminders_due(struct ctx *c, int64_t *out) MUST_CHECK;

#endif
