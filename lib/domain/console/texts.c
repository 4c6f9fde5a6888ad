#include "domain/console/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/console/texts.def"
#undef TEXT
