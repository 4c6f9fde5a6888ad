#include "domain/people/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/people/texts.def"
#undef TEXT
