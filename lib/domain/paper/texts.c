#include "domain/paper/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/paper/texts.def"
#undef TEXT
