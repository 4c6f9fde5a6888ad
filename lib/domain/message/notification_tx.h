/* Notification tx: how a message is written down; only the notification files of
 * domain/ include it. */
#ifndef DOMAIN_NOTIFICATION_TX_H
#define DOMAIN_NOTIFICATION_TX_H

#include "domain/message/notification.h"
#include "domain/ground/tx.h"

struct outgoing {
    const char *event, *channel, *recipient;
    const char *variables;       /* JSON */
    const char *dedupe;
    int64_t customer_id, user_id, not_before, resend_of;
    const char *withheld;        /* why it is not to be sent: written as suppressed, without a job */
};

/* The row and its job, not before the hours of the law; *id stays 0 when no template of
 * that event is active. */
enum err outgoing_tx(struct ctx *c, const struct outgoing *o, int64_t *id) MUST_CHECK;
/* Why nothing more goes to this number now although it is written down: the public asked for too
 * many an hour; NULL when it may. */
const char *outgoing_withheld(struct ctx *c, const char *event, const char *channel, const char *recipient);
/* That message speaks of this package; once for each occurrence. */
enum err outgoing_link_tx(struct ctx *c, int64_t id, int64_t package_id, const char *event,
                          const char *channel, int64_t occurrence) MUST_CHECK;

#endif
