#include "cgi-bin/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "cgi-bin/texts.def"
#undef TEXT
