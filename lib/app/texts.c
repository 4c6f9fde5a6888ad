#include "app/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "app/texts.def"
#undef TEXT
