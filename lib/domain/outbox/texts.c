#include "domain/outbox/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/outbox/texts.def"
#undef TEXT
