#include "domain/ground/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/ground/texts.def"
#undef TEXT
