/* Package write: the frame of an operation that changes one package. */
#ifndef DOMAIN_PACKAGE_WRITE_H
#define DOMAIN_PACKAGE_WRITE_H

#include "domain/parcel/package.h"

/* domain_operation (ground/tx.h) under the request's operation key: `step` runs with `arg` inside the
 * write.  A second request with the same key changes nothing and reads the package into *out. */
enum err package_write(struct ctx *c, const char *op, int64_t id, struct package *out,
                       enum err (*step)(void *arg), void *arg) MUST_CHECK;

#endif
