#include "http/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "http/texts.def"
#undef TEXT
