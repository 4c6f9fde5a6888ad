#include "domain/parcel/guide_told.h"

#include "base/util.h"
#include "domain/parcel/courier.h"
#include "domain/parcel/own_guide.h"

#define DIGITS "0123456789"
#define LETTERS_MOST 4           /* the letters of a guide of letters and digits, "GUIA70000048"; words have more */
#define LETTERS_OF_CARRIER 3     /* in a row, in the form of a carrier, whose letters anybody may choose */
#define DIGITS_LEAST 4           /* beside letters: "DEBE50" is a sentence */
#define PRICE_DIGITS 7           /* at the most, when they end in 000 */
#define PHONE_DIGITS 10
#define SHOWN 4                  /* characters of a guide that is not shown */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* True when digits begin as ten of a Colombian telephone do: 30 to 33 and 35 for a mobile, 601 to 608 for a landline. */
static bool begins_phone(const char *s)
{
    return (s[0] == '3' && strchr("01235", s[1]) != NULL)
        || (s[0] == '6' && s[1] == '0' && s[2] >= '1' && s[2] <= '8');
}

/* True when a telephone stands anywhere in a row of digits, or a number that is called free of charge. */
static bool digits_have_phone(const char *digits)
{
    for (const char *s = digits; strlen(s) >= PHONE_DIGITS; s++)
        if (begins_phone(s))
            return true;
    return strstr(digits, "01800") != NULL;
}

/* True when all of a guide of digits is a telephone, maybe with zeros or the country's number before it. */
static bool digits_are_phone(const char *digits)
{
    const char *s = digits + strspn(digits, "0");

    if (strlen(s) == PHONE_DIGITS + 2 && has_prefix(s, "57"))
        s += 2;
    return has_prefix(digits, "01800") || (strlen(s) == PHONE_DIGITS && begins_phone(s));
}

/* Only the digits of a guide; with `alike`, letters that are written for digits as well: 3OO555I234. */
static char *digits_of(struct arena *a, const char *key, bool alike)
{
    static const char letters[] = "OQDILZSBG", digits[] = "000112586";
    char *out = arena_alloc(a, strlen(key) + 1), *to = out;

    for (; *key != '\0'; key++) {
        const char *at = alike && is_letter(*key) ? strchr(letters, *key) : NULL;

        if (at != NULL || is_digit(*key))
            *to++ = at != NULL ? digits[at - letters] : *key;
    }
    *to = '\0';
    return out;
}

/* True when a word for money stands beside digits, "20MIL", "50K", "USD50", or they are a round sum. */
static bool key_has_price(const char *key)
{
    static const char *const money[] = { "K", "M", "MIL", "COP", "USD", "EUR", "LUCA", "PESO", "PALO" };
    const size_t before = strcspn(key, DIGITS), n = strspn(key + before, DIGITS);
    const char *after = key + before + n;

    if (n > PRICE_DIGITS)
        return false;
    if (n > 3 && key[before] != '0' && has_prefix(after - 3, "000"))
        return true;
    for (size_t i = 0; i < COUNT(money); i++)
        if ((has_prefix(after, money[i]) && !is_letter(after[strlen(money[i])]))
            || (before == strlen(money[i]) && has_prefix(key, money[i])))
            return true;
    return false;
}

/* The most letters in a row, and how many there are in all. */
static size_t letters_in_row(const char *key, size_t *all)
{
    size_t most = 0, row = 0;

    *all = 0;
    for (; *key != '\0'; key++) {
        row = is_letter(*key) ? row + 1 : 0;
        *all += is_letter(*key);
        most = row > most ? row : most;
    }
    return most;
}

/* True when nobody reads a word, a telephone or a price in a guide. */
static bool key_is_harmless(struct arena *a, const char *key)
{
    size_t letters;
    const size_t row = letters_in_row(key, &letters);

    if (letters == 0)
        return !digits_are_phone(key) && !key_has_price(key);
    if (courier_knows(key) ? row > LETTERS_OF_CARRIER : letters > LETTERS_MOST || strlen(key) - letters < DIGITS_LEAST)
        return false;
    return !key_has_price(key) && !digits_have_phone(digits_of(a, key, false)) && !digits_have_phone(digits_of(a, key, true));
}

const char *guide_told(struct arena *a, const struct package *p)
{
    const char *key = p->guide_key;
    const size_t n = key == NULL ? 0 : strlen(key);

    if (n == 0)
        return p->guide_number;
    if (own_guide_is(key))       /* nobody knows it but the point */
        return OWN_GUIDE_TOLD;
    if ((streq(p->guide_number, key) || courier_knows(key)) && key_is_harmless(a, key))
        return p->guide_number;
    return arena_printf(a, "…%s", key + (n > SHOWN ? n - SHOWN : 0));
}
