/* The sentences of lib/json (base/err.h). */
#ifndef JSON_TEXTS_H
#define JSON_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "json/texts.def"
#undef TEXT

#endif
