#include "domain/shelf/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/shelf/texts.def"
#undef TEXT
