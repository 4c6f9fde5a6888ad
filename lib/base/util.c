#include "base/util.h"

bool parse_int(const char *s, int64_t *out)
{
    bool negative = *s == '-';
    int64_t v = 0;

    s += negative;
    if (*s == '\0')
        return false;
    /* The number is built as a negative one, since int64_t has one more value on that side. */
    for (; *s != '\0'; s++) {
        if (*s < '0' || *s > '9' || __builtin_mul_overflow(v, 10, &v)
            || __builtin_sub_overflow(v, *s - '0', &v))
            return false;
    }
    if (!negative && __builtin_sub_overflow(INT64_C(0), v, &v))
        return false;
    *out = v;
    return true;
}

const char *digits(char out[DIGITS_SIZE], int64_t n)
{
    uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    char *at = out + DIGITS_SIZE - 1;

    *at = '\0';
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (n < 0)
        *--at = '-';
    return memmove(out, at, (size_t)(out + DIGITS_SIZE - at));
}

uint64_t hash_bytes(const void *p, size_t n)
{
    const unsigned char *s = p;
    uint64_t h = n, word;

    for (; n >= sizeof word; s += sizeof word, n -= sizeof word) {
        memcpy(&word, s, sizeof word);
        h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        h ^= h >> 32;
    }
    for (; n > 0; s++, n--)
        h = (h ^ *s) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 29;
}
