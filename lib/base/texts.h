/* The sentences that several folders say (base/err.h). */
#ifndef BASE_TEXTS_H
#define BASE_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "base/texts.def"
#undef TEXT

#endif
