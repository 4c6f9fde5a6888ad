#include "storage/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "storage/texts.def"
#undef TEXT
