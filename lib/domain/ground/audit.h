/* Audit: the log of who did what to which row, and from where.  It is only appended to; the hash of
 * each row covers the row before it, so that an edited or missing row shows. */
#ifndef DOMAIN_AUDIT_H
#define DOMAIN_AUDIT_H

#include "base/ctx.h"
#include "base/words.h"

struct json_object;

/* The table of actions, with what people read: audit.def. */
extern const struct word audit_actions[];

/* Inside a db_write: appends a row.  `action` has a row in audit.def.  `details` (NULL: {}) are taken; neither
 * secrets nor free texts go in. */
enum err audit_tx(struct ctx *c, const char *action, const char *object, int64_t object_id,
                  struct json_object *details) MUST_CHECK;
/* Inside a db_write: appends a row with a free text (or NULL), which is kept beside the row and can be erased. */
enum err audit_note_tx(struct ctx *c, const char *action, const char *object, int64_t object_id,
                       struct json_object *details, const char *note) MUST_CHECK;
/* OK when every hash fits; else E_CONFLICT, and *broken_at is the first row whose hash does not. */
enum err audit_check(struct ctx *c, int64_t *broken_at) MUST_CHECK;

#endif
