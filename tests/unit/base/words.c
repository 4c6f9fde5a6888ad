#include <criterion/criterion.h>

#include "base/words.h"

static const struct word colours[] = { { "RED", "Rojo" }, { "RED_DARK", "Granate" }, WORD("AZUL"), WORDS_END };

Test(words, a_value_has_the_words_of_its_row)
{
    cr_expect_str_eq(words_of(colours, "RED"), "Rojo");
    cr_expect_str_eq(words_of(colours, "RED_DARK"), "Granate");
    cr_expect_str_eq(words_of(colours, "AZUL"), "AZUL");
    cr_expect_str_eq(words_or_value(colours, "RED"), "Rojo");
}

Test(words, a_value_of_no_row_has_none_or_is_its_own_word)
{
    static const char *const others[] = { "RED_", "RE", "red", "Rojo", "" };
    static const struct word none[] = { WORDS_END };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        cr_expect_null(words_of(colours, others[i]), "%s", others[i]);
        cr_expect_eq(words_or_value(colours, others[i]), others[i], "%s", others[i]);
    }
    cr_expect_null(words_of(colours, NULL));
    cr_expect_null(words_or_value(colours, NULL));
    cr_expect_null(words_of(none, "RED"));
}
