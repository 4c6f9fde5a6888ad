/* Position: a slot of the shelf (domain.md §1).  Taking and leaving one happens inside
 * the operations of domain/tx.h. */
#ifndef DOMAIN_POSITION_H
#define DOMAIN_POSITION_H

#include "base/ctx.h"

/* How many parcels still fit, the zones without limit left out. */
int64_t position_free(struct ctx *c);
bool position_exists(struct ctx *c, const char *code);       /* and is in use; as typed */

#endif
