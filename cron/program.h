/* What the maintenance programs share: options, database, and the two ways to
 * work, by a job or in the foreground. */
#ifndef CRON_PROGRAM_H
#define CRON_PROGRAM_H

#include "base/ctx.h"

struct cron_program {
    const char *name;            /* as in the schedule */
    const char *would;           /* for --dry-run: a Spanish sentence */
    int64_t (*how_many)(struct ctx *c);  /* said after it, or NULL */
    const char *kind;            /* of the job that it enqueues; NULL: see work */
    /* Without a kind: does the work, always in the foreground. */
    enum err (*work)(struct ctx *c);
};

/*   --tick N   the minute that paqueteria-tick starts it for (default: this one);
 *              a job is enqueued once for each
 *   --now      do the work here      --dry-run   say what it would do
 * Returns the exit code. */
int cron_main(int argc, char **argv, const struct cron_program *p);

#endif
