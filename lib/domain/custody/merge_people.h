/* Merge people: the rows of the two people of a merge (merge.h), within its db_write. */
#ifndef DOMAIN_MERGE_PEOPLE_H
#define DOMAIN_MERGE_PEOPLE_H

#include "base/ctx.h"

/* Writes down how both are, in a new merge; *id is its number. */
enum err merge_begin_tx(struct ctx *c, int64_t kept, int64_t gone, int64_t *id) MUST_CHECK;
/* The one who goes loses name, phones and all that is unique; the kept one's empty fields are filled. */
enum err merge_people_tx(struct ctx *c, int64_t id) MUST_CHECK;
/* Makes both as they were, but for what of the kept one was changed since. */
enum err unmerge_people_tx(struct ctx *c, int64_t id) MUST_CHECK;

#endif
