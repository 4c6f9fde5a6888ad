/* The sentences of lib/domain/people (base/err.h). */
#ifndef DOMAIN_PEOPLE_TEXTS_H
#define DOMAIN_PEOPLE_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/people/texts.def"
#undef TEXT

#endif
