/* Message: what the two channels share: one notification on its way out. */
#ifndef JOBS_MESSAGE_H
#define JOBS_MESSAGE_H

#include "domain/message/notification.h"
#include "domain/outbox/notification_render.h"
#include "jobs/jobs.h"
#include "send/send.h"

/* The two-phase send: `queued → sending` is committed before the call, and only
 * that may send.  again: a row found in `sending` (a crash came between) may go
 * out once more; otherwise it becomes `unknown`. */
enum departure { DEPART_GO, DEPART_LATER, DEPART_OVER };
enum departure message_depart(struct ctx *c, const struct job *j, bool again, struct message *m,
                              struct job_outcome *o);

/* What a sent, refused or doubtful message leaves behind. */
struct job_outcome message_landed(struct ctx *c, const struct job *j, const struct message *m,
                                  const struct send_result *r, int64_t parts, int64_t cost);

/* mail_html.c: the same text as HTML; NULL when it cannot be made (the text goes alone). */
const char *mail_html(struct ctx *c, const struct message *m);

#endif
