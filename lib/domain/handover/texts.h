/* The sentences of lib/domain/handover (base/err.h). */
#ifndef DOMAIN_HANDOVER_TEXTS_H
#define DOMAIN_HANDOVER_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/handover/texts.def"
#undef TEXT

#endif
