/* The sentences of lib/domain/stocktake (base/err.h). */
#ifndef DOMAIN_STOCKTAKE_TEXTS_H
#define DOMAIN_STOCKTAKE_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/stocktake/texts.def"
#undef TEXT

#endif
