#include "domain/people/identity.h"

const struct word identity_types[] = {
    WORD("CC"), WORD("CE"), WORD("TI"), WORD("NIT"), WORD("PAS"), WORD("PPT"), WORDS_END
};
