#include "domain/parcel/guide_told.h"

#include "base/util.h"
#include "domain/parcel/courier.h"

#define DIGITS "0123456789"
#define PHONE_DIGITS 10          /* of a Colombian number; with 57 before it, two more */
#define SHOWN 4                  /* characters of a guide that is not shown */

/* True for so many digits as a telephone has, that begin as one: 3 for a mobile, 60 for a landline. */
static bool run_is_phone(const char *run, size_t n)
{
    if (n == PHONE_DIGITS + 2 && has_prefix(run, "57")) {
        run += 2;
        n -= 2;
    }
    return n == PHONE_DIGITS && (run[0] == '3' || has_prefix(run, "60"));
}

/* True when a word for money follows the digits: "20MIL", "50K", "20000PESOS". */
static bool run_is_price(const char *after)
{
    static const char *const money[] = { "K", "MIL", "PESOS", "LUCAS", "COP", "USD", "MILLONES", "BARRAS" };

    for (size_t i = 0; i < COUNT(money); i++)
        if (has_prefix(after, money[i]) && (after[strlen(money[i])] == '\0' || i > 0))
            return true;
    return false;
}

/* True when among its letters a guide has no run of digits that reads as a telephone or a price, and some digit. */
static bool key_is_harmless(const char *key)
{
    bool digits = false;

    if (key[strspn(key, DIGITS)] == '\0')
        return true;
    for (const char *s = key; *s != '\0'; ) {
        const size_t n = strspn(s, DIGITS);

        if (n > 0 && (run_is_phone(s, n) || run_is_price(s + n)))
            return false;
        digits = digits || n > 0;
        s += n > 0 ? n : 1;
    }
    return digits;
}

const char *guide_told(struct arena *a, const struct package *p)
{
    const char *key = p->guide_key;
    const size_t n = key == NULL ? 0 : strlen(key);

    if (n == 0)
        return p->guide_number;
    if ((streq(p->guide_number, key) || courier_knows(key)) && key_is_harmless(key))
        return p->guide_number;
    return arena_printf(a, "…%s", key + (n > SHOWN ? n - SHOWN : 0));
}
