#include "base/util.h"

bool parse_int(const char *s, int64_t *out)
{
    bool negative = *s == '-';
    int64_t v = 0;

    s += negative;
    if (*s == '\0') {
        return false;
    }
    /* Counted downwards: the negative side holds one more value. */
    for (; *s != '\0'; s++) {
        if (*s < '0' || *s > '9' || __builtin_mul_overflow(v, 10, &v)
            || __builtin_sub_overflow(v, *s - '0', &v)) {
            return false;
        }
    }
    if (!negative && __builtin_sub_overflow(INT64_C(0), v, &v)) {
        return false;
    }
    *out = v;
    return true;
}
