#include "local/money.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "base/util.h"

#define DIGITS "0123456789"
#define DIGITS_MAX 15            /* a script's numbers are exact up to there */

/* Writes a sign and digits in groups of three from the right; two signs, 20 digits and 6 dots fit. */
static char *digits_group(struct arena *a, const char *sign, uint64_t v)
{
    char tmp[32];
    size_t at = sizeof(tmp);
    int digits = 0;

    tmp[--at] = '\0';
    do {
        if (digits > 0 && digits % 3 == 0)
            tmp[--at] = '.';
        tmp[--at] = (char)('0' + v % 10);
        v /= 10;
        digits++;
    } while (v > 0);
    at -= strlen(sign);
    memcpy(tmp + at, sign, strlen(sign));
    return arena_strdup(a, tmp + at);
}

static uint64_t number_magnitude(int64_t n)
{
    return n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
}

char *money_text(struct arena *a, int64_t pesos)
{
    return digits_group(a, pesos < 0 ? "-$" : "$", number_magnitude(pesos));
}

char *count_text(struct arena *a, int64_t n)
{
    return digits_group(a, n < 0 ? "-" : "", number_magnitude(n));
}

/* Adds the digits of the groups at s, each three after one of the separators; returns how many characters of s
 * they are. */
static size_t money_groups(const char *s, const char *separators, struct buf *digits)
{
    size_t n = 0;

    while (s[n] != '\0' && strchr(separators, s[n]) != NULL && strspn(s + n + 1, DIGITS) == 3) {
        buf_add(digits, s + n + 1, 3);
        n += 4;
    }
    return n;
}

/* Adds the sign and the digits of s; false when it is no amount. */
static bool money_digits(const char *s, struct buf *digits)
{
    const char *separators, *cents = ".,";
    size_t first, grouped = 0;

    if (*s == '-')
        buf_char(digits, *s++);
    if (*s == '$')
        s += s[1] == ' ' ? 2 : 1;
    first = strspn(s, DIGITS);
    buf_add(digits, s, first);
    separators = s[first] == ',' ? "," : ".' ";
    if (first <= 3 && *s != '0')
        grouped = money_groups(s + first, separators, digits);
    if (grouped > 0)
        cents = *separators == ',' ? "." : ",";
    s += first + grouped;
    if ((grouped > 0 || first > 3) && *s != '\0' && strchr(cents, *s) != NULL && streq(s + 1, "00"))
        s += 3;
    return *s == '\0' && first > 0;
}

bool money_parse(struct arena *a, const char *s, int64_t *pesos)
{
    struct buf digits = { 0 };
    bool good;

    s = utf8_trim(a, utf8_visible(a, s));
    good = s != NULL && money_digits(s, &digits) && digits.len <= DIGITS_MAX + (*digits.data == '-')
        && parse_int(digits.data, pesos);
    buf_free(&digits);
    return good;
}
