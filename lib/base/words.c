#include "base/words.h"

#include "base/util.h"

const char *words_of(const struct word *table, const char *value)
{
    for (; table->value != NULL && !is_blank(value); table++)
        if (streq(table->value, value))
            return table->words;
    return NULL;
}

const char *words_or_value(const struct word *table, const char *value)
{
    const char *words = words_of(table, value);

    return words != NULL ? words : value;
}
