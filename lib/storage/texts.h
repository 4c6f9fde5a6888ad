/* The sentences of lib/storage (base/err.h). */
#ifndef STORAGE_TEXTS_H
#define STORAGE_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "storage/texts.def"
#undef TEXT

#endif
