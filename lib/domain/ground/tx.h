/* Tx: the write that every operation of the business goes through; a failed one always leaves a
 * fault.  No file outside lib/domain includes this header. */
#ifndef DOMAIN_TX_H
#define DOMAIN_TX_H

#include "base/ctx.h"
#include "store/db.h"

/* db_write; if the database itself refuses (not fn), the fault is filled in. */
enum err domain_write(struct ctx *c, enum err (*fn)(struct db *db, void *arg), void *arg) MUST_CHECK;
/* domain_write, counted in the metric M_OPERATIONS as the operation `op` with its result. */
enum err domain_operation(struct ctx *c, const char *op, enum err (*fn)(struct db *db, void *arg),
                          void *arg) MUST_CHECK;
/* The content of a secret's file (crypto/crypto.h), from the arena; NULL, with the fault E_INTERNAL and a line in the
 * log, when it cannot be read: then nothing is known, and a message or a request is tried again later. */
const char *domain_secret(struct ctx *c, const char *name);
/* Fills the fault of a failed statement, unless it is filled already; returns e. */
enum err domain_fault(struct ctx *c, enum err e);

#endif
