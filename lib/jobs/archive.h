/* Archive: stores photos in an S3 bucket when the configuration says `storage = s3`.  Requests are signed by
 * lib/storage and sent by lib/send. */
#ifndef JOBS_ARCHIVE_H
#define JOBS_ARCHIVE_H

#include "base/buf.h"
#include "base/ctx.h"
#include "queue/job.h"
#include "send/send.h"

struct send_result archive_put(struct ctx *c, const char *key, const char *path);
struct send_result archive_get(struct ctx *c, const char *key, struct buf *out);     /* the caller frees out */
struct send_result archive_drop(struct ctx *c, const char *key);
struct job_outcome archive_later(struct send_result r);      /* the outcome "try again" after a failed request */

#endif
