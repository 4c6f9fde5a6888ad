/* The sentences of lib/domain/parcel (base/err.h). */
#ifndef DOMAIN_PARCEL_TEXTS_H
#define DOMAIN_PARCEL_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/parcel/texts.def"
#undef TEXT

#endif
