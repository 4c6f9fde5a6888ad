/* Stocktake tx: functions that the files of a stocktake share. */
#ifndef DOMAIN_STOCKTAKE_TX_H
#define DOMAIN_STOCKTAKE_TX_H

#include "domain/stocktake/stocktake.h"

enum err stocktake_box_get(struct ctx *c, int64_t stocktake, int64_t id, struct stocktake_box *out) MUST_CHECK;
/* Reads a stocktake that is open; E_CONFLICT once it is finished. */
enum err stocktake_open_tx(struct ctx *c, int64_t id, struct stocktake *out) MUST_CHECK;

#endif
