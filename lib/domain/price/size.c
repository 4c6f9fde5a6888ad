#include "domain/price/size.h"

const struct word package_types[] = { PACKAGE_TYPE_WORDS, WORDS_END };
const struct word package_type_limits[] = {
    { "NORMAL", "hasta 30×30×30 cm y 5 kg" }, { "EXTRA_DIMENSIONADO", "más grande o más pesado" }, WORDS_END
};
