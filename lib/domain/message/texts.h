/* The sentences of lib/domain/message (base/err.h). */
#ifndef DOMAIN_MESSAGE_TEXTS_H
#define DOMAIN_MESSAGE_TEXTS_H

#include "base/err.h"

#define TEXT(id, es) extern const struct text id[1];
#include "domain/message/texts.def"
#undef TEXT

#endif
