/* Retention told: of each kind of data that is kept only for some time, for how long, when what was due was deleted last,
 * how much, and how much is due tomorrow.  lib/jobs/retention_run.c deletes. */
#ifndef DOMAIN_RETENTION_TOLD_H
#define DOMAIN_RETENTION_TOLD_H

#include "base/ctx.h"
#include "base/field.h"

#define RETENTION_COUNTED 10000  /* the count of what is due tomorrow stops here */
#define RETENTION_LATE_S (36 * 3600)     /* it runs every night: after so long without a run something is wrong */

struct retention_row {
    const char *name, *words, *deed;         /* deed: what is done with it */
    const char *kept;                        /* "30 días": for how long it is kept */
    int64_t at, done, total;                 /* the last run, 0: none yet; what it deleted that day; and in all */
    int64_t due;                             /* the rows due tomorrow; RETENTION_COUNTED: so many or more */
    bool paused;                             /* its setting is 0: nothing is deleted */
    bool late;                               /* it is not paused, and has not run for RETENTION_LATE_S */
};
FIELD_TABLE(struct retention_row, retention_row_fields)
struct retention_rows { struct retention_row *v; size_t n; };
enum err retention_table(struct ctx *c, struct retention_rows *out) MUST_CHECK;
/* Notes that a run has deleted `done` of the kind of that name. */
enum err retention_note(struct ctx *c, const char *name, int64_t done) MUST_CHECK;

#endif
