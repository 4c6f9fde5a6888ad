/* The sentences of lib/domain/public (base/err.h). */
#ifndef DOMAIN_PUBLIC_TEXTS_H
#define DOMAIN_PUBLIC_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/public/texts.def"
#undef TEXT

#endif
