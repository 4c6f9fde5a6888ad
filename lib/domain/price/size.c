#include "domain/price/size.h"

#include <stddef.h>

#include "base/util.h"

const char *const package_types[] = { "NORMAL", "EXTRA_DIMENSIONADO", NULL };

static const struct { const char *type, *words, *limits; } types[] = {
    { "NORMAL", "Normal", "hasta 30×30×30 cm y 5 kg" },
    { "EXTRA_DIMENSIONADO", "Extra", "más grande o más pesado" },
};

const char *package_type_words(const char *type)
{
    for (size_t i = 0; type != NULL && i < COUNT(types); i++)
        if (streq(types[i].type, type))
            return types[i].words;
    return type;
}

const char *package_type_limits(const char *type)
{
    for (size_t i = 0; type != NULL && i < COUNT(types); i++)
        if (streq(types[i].type, type))
            return types[i].limits;
    return NULL;
}
