/* Orphans: files below files_dir that no row knows.  There should be none, but a process that stood still for
 * long may leave one, and so does a database restored from an older copy. */
#ifndef JOBS_FILE_ORPHANS_H
#define JOBS_FILE_ORPHANS_H

#include "base/ctx.h"
#include "base/field.h"

struct orphan { const char *key; int64_t size, changed_at; };
struct orphans { struct orphan *v; size_t n; };
FIELD_TABLE(struct orphan, orphan_fields)

enum err file_orphans(struct ctx *c, struct orphans *out) MUST_CHECK;
/* Removes from the disk the orphans that have not changed for a day.  E_CONFLICT: the wall clock is doubted
 * (queue/doubt.h). */
enum err file_orphans_remove(struct ctx *c, const struct orphans *all, int64_t *removed) MUST_CHECK;

#endif
