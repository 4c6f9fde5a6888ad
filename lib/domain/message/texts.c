#include "domain/message/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/message/texts.def"
#undef TEXT
