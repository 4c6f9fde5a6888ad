#include "domain/law/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/law/texts.def"
#undef TEXT
