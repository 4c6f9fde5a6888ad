/* Personal: values that a sealed row (an event of the chain of custody, a row of the audit log) speaks of but does
 * not hold: it holds the salted hash of each, and the value stands beside it, so that it can be erased and the
 * seal still fits (domain.md §1). */
#ifndef DOMAIN_PERSONAL_H
#define DOMAIN_PERSONAL_H

#include "base/ctx.h"
#include "store/db.h"

struct json_object;

#define PERSONAL_MAX 10
struct personal {
    struct { const char *name, *value; unsigned char salt[16]; } v[PERSONAL_MAX];
    size_t n;
};

/* Adds the salted hash of a value to `details` of a row that is not written yet, and the value to the list, which
 * borrows it; a blank one is left out. */
void personal_add(struct ctx *c, struct personal *list, struct json_object *details, const char *name,
                  const char *value);
/* Inside a db_write: keeps the list beside the row, once it has an id.  insert: takes the row's id, a name, a value
 * and its salt. */
enum err personal_keep_tx(struct ctx *c, const struct stmt *insert, int64_t row, const struct personal *list) MUST_CHECK;

#endif
