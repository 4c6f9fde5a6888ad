/* Stocktake tx: functions that the files of a stocktake share. */
#ifndef DOMAIN_STOCKTAKE_TX_H
#define DOMAIN_STOCKTAKE_TX_H

#include "domain/stocktake/stocktake.h"

/* Counts the figures of a stocktake as they are now, in place of those it was finished with. */
enum err stocktake_count(struct ctx *c, struct stocktake *a) MUST_CHECK;
enum err stocktake_box_get(struct ctx *c, int64_t stocktake, int64_t id, struct stocktake_box *out) MUST_CHECK;
/* Reads a stocktake that is open; E_CONFLICT once it is finished. */
enum err stocktake_open_tx(struct ctx *c, int64_t id, struct stocktake *out) MUST_CHECK;

#endif
