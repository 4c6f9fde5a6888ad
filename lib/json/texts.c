#include "json/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "json/texts.def"
#undef TEXT
