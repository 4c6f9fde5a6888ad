/* Message: sending of one notification, as SMS and e-mail share it. */
#ifndef JOBS_MESSAGE_H
#define JOBS_MESSAGE_H

#include "domain/message/notification.h"
#include "domain/outbox/notification_render.h"
#include "jobs/jobs.h"
#include "send/send.h"

/* Sending has two phases: `queued → sending` is committed first, and only whoever committed that calls the
 * provider (DEPART_GO).  Otherwise *o is the job's outcome.  A row found in `sending` was left by a crash,
 * and may have gone out: it is sent once more if `again`, else it becomes `unknown`. */
enum departure { DEPART_GO, DEPART_LATER, DEPART_OVER };
enum departure message_depart(struct ctx *c, const struct job *j, bool again, struct message *m,
                              struct job_outcome *o);

/* Outcome of a job after the provider was called: its effect writes the result (sent, refused or in doubt) to
 * the notification.  cost: pesos. */
struct job_outcome message_landed(struct ctx *c, const struct job *j, const struct message *m,
                                  const struct send_result *r, int64_t parts, int64_t cost);

/* mail_html.c: the same text as HTML; NULL when it cannot be made (the text goes alone). */
const char *mail_html(struct ctx *c, const struct message *m);

#endif
