#include "domain/parcel/texts.h"

#define TEXT(id, es) const struct text id[1] = { { es } };
#include "domain/parcel/texts.def"
#undef TEXT
