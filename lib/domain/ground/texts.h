/* The sentences of lib/domain/ground (base/err.h). */
#ifndef DOMAIN_GROUND_TEXTS_H
#define DOMAIN_GROUND_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/ground/texts.def"
#undef TEXT

#endif
