/* Logo: the picture of the point.  What an administrator sent is made small by a job (lib/jobs/logo_process.c), which
 * sets site.logo. */
#ifndef DOMAIN_LOGO_H
#define DOMAIN_LOGO_H

#include "base/ctx.h"

/* Queues the job for the picture at `path`, a checked upload, which the job removes; audited. */
enum err logo_take(struct ctx *c, const char *path, int64_t *job) MUST_CHECK;

#endif
