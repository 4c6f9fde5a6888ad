/* The sentences of lib/domain/shelf (base/err.h). */
#ifndef DOMAIN_SHELF_TEXTS_H
#define DOMAIN_SHELF_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/shelf/texts.def"
#undef TEXT

#endif
