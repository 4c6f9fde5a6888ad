#include "domain/people/identity.h"

#include <string.h>

#include "base/random.h"
#include "base/utf8.h"

#define NUMBER_LEAST 4
#define NUMBER_MOST 20

const struct word identity_types[] = {
    WORD("CC"), WORD("CE"), WORD("TI"), WORD("NIT"), WORD("PAS"), WORD("PPT"), WORDS_END
};

const char *identity_number(struct arena *a, const char *typed)
{
    char *out = utf8_upper_ascii(a, typed), *to = out;

    for (const char *from = out; *from != '\0'; from++) {
        if (strchr(ALPHABET_BASE62, *from) != NULL)
            *to++ = *from;
        else if (strchr(" .-", *from) == NULL)
            return NULL;
    }
    *to = '\0';
    return to - out >= NUMBER_LEAST && to - out <= NUMBER_MOST ? out : NULL;
}
