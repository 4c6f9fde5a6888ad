#include "domain/parcel/courier.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/util.h"

static int form_digit(char ch)
{
    return ch - '0';
}

/* A carrier's check: true when number[n] is the check digit of the n characters before it. */
typedef bool courier_check(const char *number, size_t n);

/* A letter counts as A 2, B 3 … H 9, I 0; a digit as itself. */
static int symbol_value(char ch)
{
    return ch >= 'A' ? (ch - 'A' + 2) % 10 : form_digit(ch);
}

/* The sum counts every second character `times` times; the check digit fills it up to a multiple of ten. */
static bool ten_fits(const char *number, size_t n, int times)
{
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += symbol_value(number[i]) * (i % 2 == 1 ? times : 1);
    return (10 - sum % 10) % 10 == form_digit(number[n]);
}

static bool ups_fits(const char *number, size_t n)
{
    return ten_fits(number, n, 2);
}

static bool ground_fits(const char *number, size_t n)
{
    return ten_fits(number, n, 3);
}

/* FedEx Express: weights 1, 3, 7 from the right; the sum modulo 11, modulo 10. */
static bool express_fits(const char *number, size_t n)
{
    static const int weights[] = { 1, 3, 7 };
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += form_digit(number[n - 1 - i]) * weights[i % 3];
    return sum % 11 % 10 == form_digit(number[n]);
}

/* Universal Postal Union, standard S10: eight digits, weighted, modulo 11. */
static bool s10_fits(const char *number, size_t n)
{
    static const int weights[] = { 8, 6, 4, 2, 3, 5, 9, 7 };
    int sum = 0, left;

    for (size_t i = 0; i < n && i < COUNT(weights); i++)
        sum += form_digit(number[i]) * weights[i];
    left = 11 - sum % 11;
    return form_digit(number[n]) == (left == 10 ? 0 : left == 11 ? 5 : left);
}

/* DHL Express: the number modulo 7. */
static bool dhl_fits(const char *number, size_t n)
{
    int left = 0;

    for (size_t i = 0; i < n; i++)
        left = (left * 10 + form_digit(number[i])) % 7;
    return left == form_digit(number[n]);
}

/* A form: '#' is a digit, '@' a letter, '%' either.  The check covers `number` characters from `at`
 * on; the character after them is the check digit.  The first form that fits is the likeliest: forms
 * that letters and a check digit make sure of, then the country's carriers by length, then foreign
 * ones of the same length.  Forms that would name a carrier where there is none are left out: SSCC
 * (any company's carton), DHL eCommerce of fourteen digits (as long as the GTIN of a carton, without a
 * check digit), DHL eCommerce of two letters and anything (but GM). */
static const struct { const char *carrier, *form; courier_check *fits; size_t at, number; } rows[] = {
    { "UPS", "1Z%%%%%%%%%%%%%%%#", ups_fits, 2, 15 },
    { "UPS", "A##########", ups_fits, 1, 9 },
    { "UPS", "H##########", ups_fits, 1, 9 },
    { "UPS", "J##########", ups_fits, 1, 9 },
    { "UPS", "K##########", ups_fits, 1, 9 },
    { "UPS", "T##########", ups_fits, 1, 9 },
    { "UPS", "V##########", ups_fits, 1, 9 },
    { "4-72", "@@#########CO", s10_fits, 2, 8 },
    { "4-72", "@@#########@@", s10_fits, 2, 8 },
    { "Amazon", "TBA############", NULL, 0, 0 },
    { "Amazon", "TBC############", NULL, 0, 0 },
    { "Amazon", "TBM############", NULL, 0, 0 },
    { "Amazon", "A##########", NULL, 0, 0 },
    { "Amazon", "C##########", NULL, 0, 0 },
    { "Amazon", "F##########", NULL, 0, 0 },
    { "YunExpress", "YT################", NULL, 0, 0 },
    { "DHL", "J@@#########", NULL, 0, 0 },
    { "DHL", "J@@##########", NULL, 0, 0 },
    { "DHL", "J@@@#########", NULL, 0, 0 },
    { "DHL", "J@@@##########", NULL, 0, 0 },
    { "DHL", "GM################", NULL, 0, 0 },
    { "DHL", "GM##################", NULL, 0, 0 },
    { "DHL", "GM%%%%%%%%%%%%%%%%%%%%", NULL, 0, 0 },
    { "FedEx", "96####################", ground_fits, 7, 14 },
    { "FedEx", "##################################", express_fits, 20, 13 },
    { "FedEx", "3###############################", express_fits, 16, 11 },
    { "Inter Rapidísimo", "24##########", NULL, 0, 0 },
    { "Inter Rapidísimo", "70##########", NULL, 0, 0 },
    { "Inter Rapidísimo", "23##########", NULL, 0, 0 },
    { "Envía", "0###########", NULL, 0, 0 },
    { "Servientrega", "##########", NULL, 0, 0 },
    { "Coordinadora", "###########", NULL, 0, 0 },
    { "TCC", "#########", NULL, 0, 0 },
    { "Deprisa", "############", NULL, 0, 0 },
    { "FedEx", "############", express_fits, 0, 11 },
    { "FedEx", "###############", ground_fits, 0, 14 },
    { "DHL", "##########", dhl_fits, 0, 9 },
    { "DHL", "###########", dhl_fits, 0, 10 },
};

static bool is_digit(char ch)
{
    return ch >= '0' && ch <= '9';
}

static bool is_letter(char ch)
{
    return ch >= 'A' && ch <= 'Z';
}

static bool char_fits(char form, char ch)
{
    switch (form) {
    case '#': return is_digit(ch);
    case '@': return is_letter(ch);
    case '%': return is_digit(ch) || is_letter(ch);
    default: return ch == form;
    }
}

static bool form_fits(const char *form, const char *key)
{
    for (; *form != '\0' && *key != '\0'; form++, key++)
        if (!char_fits(*form, *key))
            return false;
    return *form == *key;
}

unsigned courier_guesses(const char *key, const char **out, unsigned max)
{
    unsigned n = 0;

    for (size_t i = 0; key != NULL && i < COUNT(rows) && n < max; i++)
        if (form_fits(rows[i].form, key) && (rows[i].fits == NULL || rows[i].fits(key + rows[i].at, rows[i].number)))
            out[n++] = rows[i].carrier;
    return n;
}

const char *courier_guess(const char *key)
{
    const char *first;

    return courier_guesses(key, &first, 1) > 0 ? first : NULL;
}
