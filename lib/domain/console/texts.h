/* The sentences of lib/domain/console (base/err.h). */
#ifndef DOMAIN_CONSOLE_TEXTS_H
#define DOMAIN_CONSOLE_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/console/texts.def"
#undef TEXT

#endif
