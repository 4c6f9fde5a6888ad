/* The sentences of lib/app (base/err.h). */
#ifndef APP_TEXTS_H
#define APP_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "app/texts.def"
#undef TEXT

#endif
