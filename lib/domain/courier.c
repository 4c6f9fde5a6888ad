#include "domain/courier.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/util.h"

static int digit(char ch)
{
    return ch - '0';
}

/* The value of a character in UPS's sum: a letter counts as A 2, B 3 … H 9, I 0. */
static int ups_value(char ch)
{
    return ch >= 'A' ? (ch - 'A' + 2) % 10 : digit(ch);
}

/* Each second one doubled; the sum is filled up to a multiple of ten. */
static bool ups_fits(const char *key)
{
    const char *serial = key + 2;
    size_t n = strlen(serial) - 1;
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += ups_value(serial[i]) * (i % 2 == 1 ? 2 : 1);
    return (10 - sum % 10) % 10 == digit(serial[n]);
}

/* Universal Postal Union, S10: eight digits, weighted, modulo 11. */
static bool s10_fits(const char *key)
{
    static const int weights[] = { 8, 6, 4, 2, 3, 5, 9, 7 };
    int sum = 0, left;

    for (size_t i = 0; i < COUNT(weights); i++)
        sum += digit(key[2 + i]) * weights[i];
    left = 11 - sum % 11;
    return digit(key[10]) == (left == 10 ? 0 : left == 11 ? 5 : left);
}

/* FedEx Ground, fifteen digits: each second one from the right thrice. */
static bool ground_fits(const char *key)
{
    int sum = 0;

    for (size_t i = 0; i < 14; i++)
        sum += digit(key[i]) * (i % 2 == 1 ? 3 : 1);
    return (10 - sum % 10) % 10 == digit(key[14]);
}

/* FedEx Express, twelve digits. */
static bool express_fits(const char *key)
{
    static const int weights[] = { 3, 1, 7 };
    int sum = 0;

    for (size_t i = 0; i < 11; i++)
        sum += digit(key[i]) * weights[i % 3];
    return sum % 11 % 10 == digit(key[11]);
}

/* DHL Express: the number before its last digit, modulo 7. */
static bool dhl_fits(const char *key)
{
    size_t n = strlen(key) - 1;
    int left = 0;

    for (size_t i = 0; i < n; i++)
        left = (left * 10 + digit(key[i])) % 7;
    return left == digit(key[n]);
}

/* '#' a digit, '@' a letter, '%' either; the first that fits is the best.  What is sure by
 * letters and a check digit comes first, then the carriers of the country by length, then
 * foreign ones of the same length. */
static const struct { const char *carrier, *form; bool (*fits)(const char *key); } rows[] = {
    { "UPS", "1Z%%%%%%%%%%%%%%%#", ups_fits },
    { "4-72", "@@#########CO", s10_fits },
    { "4-72", "@@#########@@", s10_fits },
    { "Amazon", "TBA############", NULL },
    { "Amazon", "TBC############", NULL },
    { "Amazon", "TBM############", NULL },
    { "YunExpress", "YT################", NULL },
    { "DHL", "J@@#########", NULL },
    { "DHL", "J@@##########", NULL },
    { "DHL", "J@@@#########", NULL },
    { "DHL", "J@@@##########", NULL },
    { "Inter Rapidísimo", "24##########", NULL },
    { "Inter Rapidísimo", "70##########", NULL },
    { "Inter Rapidísimo", "23##########", NULL },
    { "Envía", "0###########", NULL },
    { "Servientrega", "##########", NULL },
    { "Coordinadora", "###########", NULL },
    { "TCC", "#########", NULL },
    { "Deprisa", "############", NULL },
    { "FedEx", "############", express_fits },
    { "FedEx", "###############", ground_fits },
    { "DHL", "##########", dhl_fits },
    { "DHL", "###########", dhl_fits },
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
        if (form_fits(rows[i].form, key) && (rows[i].fits == NULL || rows[i].fits(key)))
            out[n++] = rows[i].carrier;
    return n;
}

const char *courier_guess(const char *key)
{
    const char *first;

    return courier_guesses(key, &first, 1) > 0 ? first : NULL;
}
