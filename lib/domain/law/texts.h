/* The sentences of lib/domain/law (base/err.h). */
#ifndef DOMAIN_LAW_TEXTS_H
#define DOMAIN_LAW_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/law/texts.def"
#undef TEXT

#endif
