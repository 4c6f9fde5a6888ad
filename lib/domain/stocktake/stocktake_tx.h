/* What the files of the shelf's audit share. */
#ifndef DOMAIN_STOCKTAKE_TX_H
#define DOMAIN_STOCKTAKE_TX_H

#include "domain/stocktake/stocktake.h"

/* Its figures as they are now, in place of those that it was finished with. */
enum err shelf_audit_count(struct ctx *c, struct shelf_audit *a) MUST_CHECK;
enum err shelf_box_get(struct ctx *c, int64_t audit, int64_t id, struct shelf_box *out) MUST_CHECK;
/* E_CONFLICT once it is finished. */
enum err shelf_audit_open_tx(struct ctx *c, int64_t id, struct shelf_audit *out) MUST_CHECK;

#endif
