/* Notification reminders: who is told again that a parcel waits. */
#ifndef DOMAIN_NOTIFICATION_REMINDERS_H
#define DOMAIN_NOTIFICATION_REMINDERS_H

#include "base/ctx.h"

/* Reminders of what is on the shelf for 1, 3, 7 or 25 days, to each person once a day
 * of these; *written counts messages. */
enum err notify_reminders(struct ctx *c, int *written) MUST_CHECK;
/* How many packages would be reminded of now. */
int64_t notify_reminders_due(struct ctx *c);

#endif
