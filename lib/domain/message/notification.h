/* Notification: a message to a person, written in the transaction of the change that it tells of, and
 * sent by the worker (jobs.md §4). */
#ifndef DOMAIN_NOTIFICATION_H
#define DOMAIN_NOTIFICATION_H

#include "base/ctx.h"

/* ---- about a package ---- */

/* The subject of a message: a package, and the id of its event (for a reminder, the day).  reader_id 0: it goes to
 * the package's customer; else to whom that claim or that authorisation names, by the event. */
struct message_about { int64_t package_id, occurrence, reader_id; };
/* The person to whom a message about packages goes. */
struct addressee {
    int64_t customer_id;                 /* 0: nobody is told */
    const char *phone, *email;           /* NULL: none */
    bool reserve;                        /* the packages have been on the shelf (message_budget_of) */
    bool stranger;                       /* a stranger chose whom it tells, whoever acts now; it counts as theirs */
    const char *order;                   /* the channels by which they want to be told, with blanks between: the first one
                                          * that can is taken; NULL: by SMS and e-mail at once */
    bool email_last;                     /* the e-mail may not have the code: of the order it is tried last */
};
/* The first channel of to->order after the channel `after` (NULL: of all) by which a message of that event can go, and in
 * *recipient where; NULL: there is none. */
const char *channel_next(struct ctx *c, const char *event, const struct addressee *to, const char *after,
                         const char **recipient);
/* Inside a db_write: queues one SMS and one e-mail about n packages, at least one, or one message by the first channel
 * of to->order, and the jobs that send them.  `delay` is in seconds, conf.undo_s for acts at the counter; a message that still waits for
 * the same person is joined, for at most ten minutes. */
enum err notify_addressee_tx(struct ctx *c, const char *event, const struct addressee *to,
                             const struct message_about *about, size_t n, int delay) MUST_CHECK;
/* Takes the package out of messages that wait: of those about one occurrence, which is undone, or (0) of
 * all, since the package belongs to somebody else now.  A message left without packages is cancelled. */
enum err notify_withdraw_tx(struct ctx *c, int64_t package_id, int64_t occurrence) MUST_CHECK;
/* Cancels the messages about the package that wait and are not true of a package in `state`, which it has
 * now (message_kind.h); a message that is true of another of its packages stays, and speaks of that one. */
enum err notify_withdraw_untrue_tx(struct ctx *c, int64_t package_id, const char *state) MUST_CHECK;
/* Inside a db_write, after an undo that put the package in `state` again: messages that notify_withdraw_untrue_tx
 * cancelled wait once more, for `delay` seconds. */
enum err notify_restore_tx(struct ctx *c, int64_t package_id, const char *state, int delay) MUST_CHECK;
/* The channels by which a message of that event about the package has gone or is to go. */
struct message_told { bool phone, email; };      /* phone: by SMS or WhatsApp */
enum err notify_told(struct ctx *c, int64_t package_id, const char *event, struct message_told *out) MUST_CHECK;
/* A message to a user by e-mail, as password_reset.  A secret link in it is derived when it is
 * rendered, and stored nowhere.  `dedupe`: the same text is queued once. */
enum err notify_user_tx(struct ctx *c, const char *event, int64_t user_id, const char *email,
                        const char *variables_json, const char *dedupe) MUST_CHECK;

/* Inside a db_write: a text to every active ADMIN by e-mail, once for each `dedupe`. */
enum err notify_admins_tx(struct ctx *c, const char *text, const char *dedupe) MUST_CHECK;
/* Tells them what only they can mend before WhatsApp messages go out, once a day for each `why`. */
enum err notify_to_mend_tx(struct ctx *c, const char *why) MUST_CHECK;
/* Tells the administrators why SMS do not go out (sms_over_budget), once a day for each `why`. */
enum err notify_over_budget_tx(struct ctx *c, const char *why) MUST_CHECK;

/* ---- any message ---- */

/* Beginning of the dedupe of a trial, a message that somebody sent to see whether messages leave.  A trial that did not
 * leave is told on the page where they wait for it: nobody missed news, and nothing is left to be done. */
#define MESSAGE_TRIAL "test:"

struct outgoing {
    const char *event, *channel, *recipient;
    const char *variables;       /* JSON */
    const char *dedupe;
    int64_t customer_id, user_id, not_before, resend_of;
    int64_t instead_of;          /* the message that came to nothing, in whose place this one goes; or 0 */
    const char *withheld;        /* NULL, or why it is not sent: the row is `suppressed` and has no job */
    bool reserve;                /* the parcel that it is about has been on the shelf (message_budget_of) */
    bool stranger;               /* somebody without an account caused it long ago, whoever acts now: it is counted */
};

/* Writes the row of a message and its job, which runs within the hours of the law; *id stays 0 when no
 * template of that event is active, or Meta has approved none. */
enum err outgoing_tx(struct ctx *c, const struct outgoing *o, int64_t *id) MUST_CHECK;
/* Inside a db_write: sets o->withheld to the reason to withhold a message that somebody without an account caused;
 * NULL: it may go.  There is one when that recipient has had enough of them within an hour, and for kinds that
 * strangers can cause also when all of them together have, or have spent their share of the budget, which the
 * administrators are told.  A kind that waits (BUDGET_SHARE_WAITS) is not withheld for what all of them did, but goes
 * later: o->not_before.  Where somebody else acts, only a message with o->stranger is counted, for its recipient. */
enum err outgoing_withheld_tx(struct ctx *c, struct outgoing *o) MUST_CHECK;
/* Notes that message `id` speaks of this package, once for each occurrence and reader. */
enum err outgoing_link_tx(struct ctx *c, int64_t id, const char *event, const char *channel,
                          struct message_about about) MUST_CHECK;

#endif
