/* Notification: a message to a person, written in the transaction of the
 * change, sent by the worker (jobs.md §4). */
#ifndef DOMAIN_NOTIFICATION_H
#define DOMAIN_NOTIFICATION_H

#include "base/ctx.h"
#include "base/field.h"
#include "store/db.h"

struct package;

/* Inside a db_write: queue the SMS and e-mail of an event about a package, to
 * its customer.  `occurrence` is the package event's id.  delay 30 s for
 * counter actions; one that still waits for the same person is joined, at most
 * ten minutes.  Enqueues the sms.send / mail.send job. */
enum err notify_package_tx(struct ctx *c, const char *event, const struct package *p,
                           int64_t occurrence, int delay) MUST_CHECK;
/* Undo: take the package out of waiting messages of that occurrence; a message
 * left without packages is cancelled. */
enum err notify_withdraw_tx(struct ctx *c, int64_t package_id, int64_t occurrence) MUST_CHECK;
/* To a user: password_reset.  The link is in the job's memory only as a derived value. */
enum err notify_user_tx(struct ctx *c, const char *event, int64_t user_id, const char *email,
                        const char *variables_json, const char *dedupe) MUST_CHECK;

struct message {
    int64_t id;
    const char *event, *channel, *recipient, *class, *state;
    const char *subject, *text, *html, *message_id;
    int64_t not_before;
};
/* Render a row as it goes out now: codes are derived here and stored nowhere.
 * E_NOT_FOUND when there is no such row. */
enum err notification_render(struct ctx *c, int64_t id, struct message *out) MUST_CHECK;

struct notification {
    int64_t id;
    const char *event, *channel, *recipient, *state, *error;
    int64_t created_at, not_before, sent_at;
};
extern const struct fields notification_fields;
struct notifications { struct notification *v; size_t n; };
enum err notifications_of_package(struct ctx *c, int64_t package_id, struct notifications *out) MUST_CHECK;

#endif
