/* The sentences of lib/domain/custody (base/err.h). */
#ifndef DOMAIN_CUSTODY_TEXTS_H
#define DOMAIN_CUSTODY_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/custody/texts.def"
#undef TEXT

#endif
