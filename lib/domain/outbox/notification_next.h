/* Notification next: a message that certainly did not arrive is followed by one by the next channel of those that its
 * customer prefers (people/channel.h).  Never after one of which nobody knows whether it went. */
#ifndef DOMAIN_NOTIFICATION_NEXT_H
#define DOMAIN_NOTIFICATION_NEXT_H

#include "base/ctx.h"

/* Inside the db_write in which the message has failed for good, or was not sent for a reason that lies with its channel:
 * writes the message that goes in its place, at once, unless the customer is told by another one already or has no
 * other channel. */
enum err notification_next_tx(struct ctx *c, int64_t id) MUST_CHECK;
/* Whether notification_next_tx would write one; false also after an error. */
bool notification_has_next(struct ctx *c, int64_t id);

#endif
