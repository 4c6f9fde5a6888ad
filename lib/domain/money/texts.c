#include "domain/money/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/money/texts.def"
#undef TEXT
