#include "domain/price/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/price/texts.def"
#undef TEXT
