/* The sentences of lib/http (base/err.h). */
#ifndef HTTP_TEXTS_H
#define HTTP_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "http/texts.def"
#undef TEXT

#endif
