/* Whose waybill a guide looks like.  The vectors are public examples of each form. */
#include <criterion/criterion.h>

#include "base/util.h"
#include "domain/courier.h"

Test(courier, a_guide_suggests_its_carrier)
{
    static const struct { const char *key, *carrier; } rows[] = {
        { "9123456780", "Servientrega" },
        { "240012345678", "Inter Rapidísimo" }, { "700012345678", "Inter Rapidísimo" },
        { "012345678901", "Envía" },
        { "123456789012", "Deprisa" },
        { "12345678901", "Coordinadora" },
        { "123456789", "TCC" },
        { "RB123456785CO", "4-72" }, { "RB123456785GB", "4-72" },
        { "1Z5R89390357567127", "UPS" }, { "1Z879E930346834440", "UPS" },
        { "TBA000000000000", "Amazon" },
        { "YT2229521272164446", "YunExpress" },
        { "JJD0099999999", "DHL" }, { "JVGL0999999990", "DHL" },
        { "041441760228964", "FedEx" },
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *guess = courier_guess(rows[i].key);

        cr_expect(guess != NULL && strcmp(guess, rows[i].carrier) == 0, "%s: %s", rows[i].key, guess ? guess : "-");
    }
}

Test(courier, a_wrong_check_digit_suggests_nobody)
{
    static const char *const keys[] = { "RB123456784CO", "1Z5R89390357567128", "041441760228965", "", "A", "12345",
        "1234567890123456", "XYZ", "GUIA-1" };

    for (size_t i = 0; i < COUNT(keys); i++)
        cr_expect_null(courier_guess(keys[i]), "%s", keys[i]);
    cr_expect_null(courier_guess(NULL));
}

Test(courier, forms_of_one_length_are_all_named_the_likely_one_first)
{
    const char *all[4];

    cr_assert_eq(courier_guesses("986578788855", all, 4), 2);
    cr_expect_str_eq(all[0], "Deprisa");
    cr_expect_str_eq(all[1], "FedEx");
    cr_assert_eq(courier_guesses("73891051146", all, 4), 2);
    cr_expect_str_eq(all[0], "Coordinadora");
    cr_expect_str_eq(all[1], "DHL");
}
