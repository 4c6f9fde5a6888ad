/* The sentences of lib/domain/paper (base/err.h). */
#ifndef DOMAIN_PAPER_TEXTS_H
#define DOMAIN_PAPER_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/paper/texts.def"
#undef TEXT

#endif
