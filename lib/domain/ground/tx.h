/* Tx: the write that always leaves a fault behind, which every operation of the business
 * goes through.  Files of lib/domain alone include this header. */
#ifndef DOMAIN_TX_H
#define DOMAIN_TX_H

#include "base/ctx.h"
#include "store/db.h"

/* db_write, and a fault when the database (not fn) said no. */
enum err domain_write(struct ctx *c, enum err (*fn)(struct db *db, void *arg), void *arg) MUST_CHECK;
/* domain_write, counted as the operation `op` (M_OPERATIONS) by how it ended. */
enum err domain_operation(struct ctx *c, const char *op, enum err (*fn)(struct db *db, void *arg),
                          void *arg) MUST_CHECK;
/* Fill the fault of a failed statement, unless one is there already. */
enum err domain_fault(struct ctx *c, enum err e);

#endif
