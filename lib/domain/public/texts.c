#include "domain/public/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/public/texts.def"
#undef TEXT
