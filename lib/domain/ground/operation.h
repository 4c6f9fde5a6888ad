/* Operation: a request with an operation key takes effect once (idempotency, architecture.md §3).  A
 * db_write that creates or moves money or custody begins with operation_begin_tx and ends with
 * operation_end_tx; a second request with the same key waits for the lock and finds the answer of the
 * first. */
#ifndef DOMAIN_OPERATION_H
#define DOMAIN_OPERATION_H

#include "base/ctx.h"
#include "store/db.h"

/* *answer is NULL when this is the first request with its key, or it has none; the caller does its
 * work.  Else *answer has the facts that the first one stored: the caller does nothing and answers
 * from them (c->replayed is set).  E_INVALID when the key was used for another request. */
enum err operation_begin_tx(struct ctx *c, const char **answer) MUST_CHECK;
enum err operation_end_tx(struct ctx *c, const char *answer) MUST_CHECK;
/* domain_operation for a write that has nothing to tell but a number, *id, which fn sets (NULL: nothing).  When
 * a request with this key was answered, fn does not run: *id is what it was then, c->replayed is set, and
 * the caller answers with what can be read now. */
enum err operation_once(struct ctx *c, const char *op, enum err (*fn)(struct db *db, void *arg), void *arg,
                        int64_t *id) MUST_CHECK;
/* The facts that an operation of that kind (domain_operation's name for it), begun with this key by who acts, has
 * stored; NULL: none has ended.  *used: one of any kind has taken the key.  What the answer is about must still be
 * compared with what the caller is about. */
enum err operation_answer(struct ctx *c, const char *kind, const char *key, bool *used, const char **answer) MUST_CHECK;
/* A key as it is stored: under who acts, so that nobody meets another's. */
const char *operation_own_key(const struct ctx *c, const char *key);
/* Ids as the text "1,2,3", which most operations store as their answer; operation_ids_read returns how
 * many it read. */
char *operation_ids(struct arena *a, const int64_t *ids, size_t n);
size_t operation_ids_read(struct arena *a, const char *answer, int64_t **ids);

#endif
