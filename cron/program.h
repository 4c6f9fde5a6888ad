/* Cron program: the maintenance programs share this frame: options, database, and the two ways to work, by
 * a job or in the foreground. */
#ifndef CRON_PROGRAM_H
#define CRON_PROGRAM_H

#include "base/ctx.h"

struct cron_program {
    const char *name;            /* as in the schedule */
    const char *would;           /* Spanish sentence for --dry-run */
    enum err (*how_many)(struct ctx *c, int64_t *out);   /* a number said after it; or NULL */
    const char *kind;            /* kind of the job that it enqueues; NULL: see work */
    /* The work of a program without a kind, always done in the foreground. */
    enum err (*work)(struct ctx *c);
};

/*   --tick N   the minute that paqueteria-tick starts it for (default: this one);
 *              a job is enqueued once for each, and told it if its kind has the argument `tick`
 *   --now      do the work here      --dry-run   say what it would do
 * Returns the exit code. */
int cron_main(int argc, char **argv, const struct cron_program *p);

#endif
