/* Archive: where photos end up with `storage = s3`: signed by storage, sent by send. */
#ifndef JOBS_ARCHIVE_H
#define JOBS_ARCHIVE_H

#include "base/buf.h"
#include "base/ctx.h"
#include "queue/job.h"
#include "send/send.h"

struct send_result archive_put(struct ctx *c, const char *key, const char *path);
struct send_result archive_get(struct ctx *c, const char *key, struct buf *out);     /* free it */
struct send_result archive_drop(struct ctx *c, const char *key);
struct job_outcome archive_later(struct send_result r);      /* of a job that got NO */

#endif
