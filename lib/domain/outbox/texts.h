/* The sentences of lib/domain/outbox (base/err.h). */
#ifndef DOMAIN_OUTBOX_TEXTS_H
#define DOMAIN_OUTBOX_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/outbox/texts.def"
#undef TEXT

#endif
