/* The sentences of lib/domain/money (base/err.h). */
#ifndef DOMAIN_MONEY_TEXTS_H
#define DOMAIN_MONEY_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/money/texts.def"
#undef TEXT

#endif
