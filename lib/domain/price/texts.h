/* The sentences of lib/domain/price (base/err.h). */
#ifndef DOMAIN_PRICE_TEXTS_H
#define DOMAIN_PRICE_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/price/texts.def"
#undef TEXT

#endif
