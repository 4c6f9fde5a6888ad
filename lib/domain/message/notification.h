/* Notification: a message to a person, written in the transaction of the
 * change, sent by the worker (jobs.md §4). */
#ifndef DOMAIN_NOTIFICATION_H
#define DOMAIN_NOTIFICATION_H

#include "base/ctx.h"

/* ---- about a package ---- */

/* Whom a message about a package goes to. */
struct addressee {
    int64_t package_id, customer_id;     /* customer_id 0: nobody is told */
    const char *phone, *email;           /* NULL: none */
};
/* Inside a db_write: queue the SMS and the e-mail of an event.  `occurrence` is the package
 * event's id.  delay in seconds, undo_s for counter actions; a message that still waits for the
 * same person is joined, at most ten minutes.  Enqueues the sms.send / mail.send job. */
enum err notify_addressee_tx(struct ctx *c, const char *event, const struct addressee *to, int64_t occurrence,
                             int delay) MUST_CHECK;
/* Undo: take the package out of waiting messages of that occurrence; a message
 * left without packages is cancelled. */
enum err notify_withdraw_tx(struct ctx *c, int64_t package_id, int64_t occurrence) MUST_CHECK;
/* The package belongs to somebody else: it is taken out of all messages that still wait. */
enum err notify_withdraw_all_tx(struct ctx *c, int64_t package_id) MUST_CHECK;
/* To a user: password_reset.  The link is in the job's memory only as a derived value. */
enum err notify_user_tx(struct ctx *c, const char *event, int64_t user_id, const char *email,
                        const char *variables_json, const char *dedupe) MUST_CHECK;

/* To every active ADMIN by e-mail, once for each `dedupe`.  Inside a db_write. */
enum err notify_admins_tx(struct ctx *c, const char *text, const char *dedupe) MUST_CHECK;

/* ---- any message ---- */

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
