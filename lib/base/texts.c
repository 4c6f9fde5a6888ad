#include "base/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "base/texts.def"
#undef TEXT
