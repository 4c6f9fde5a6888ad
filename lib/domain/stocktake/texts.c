#include "domain/stocktake/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/stocktake/texts.def"
#undef TEXT
