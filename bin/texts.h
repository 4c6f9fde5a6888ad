/* The sentences of bin (base/err.h). */
#ifndef BIN_TEXTS_H
#define BIN_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "bin/texts.def"
#undef TEXT

#endif
