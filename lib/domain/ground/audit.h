/* Audit: who did what to which row, from where; append-only, each row hashed with
 * the one before, so that an edited or missing row shows. */
#ifndef DOMAIN_AUDIT_H
#define DOMAIN_AUDIT_H

#include "base/ctx.h"

struct json_object;

/* Inside a db_write.  details (NULL: {}) is taken; secrets never go in. */
enum err audit_tx(struct ctx *c, const char *action, const char *object, int64_t object_id,
                  struct json_object *details) MUST_CHECK;
/* OK when every hash fits; *broken_at is the first row that does not. */
enum err audit_check(struct ctx *c, int64_t *broken_at) MUST_CHECK;

#endif
