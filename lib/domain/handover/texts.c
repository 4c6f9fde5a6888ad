#include "domain/handover/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/handover/texts.def"
#undef TEXT
