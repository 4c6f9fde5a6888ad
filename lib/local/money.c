#include "local/money.h"

#include <string.h>

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
