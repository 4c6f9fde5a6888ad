#include "domain/custody/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/custody/texts.def"
#undef TEXT
