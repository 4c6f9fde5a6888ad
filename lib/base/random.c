#include "base/random.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

void random_bytes(void *p, size_t n)
{
    unsigned char *out = p;

    while (n > 0) {
        ssize_t got = getrandom(out, n, 0);

        if (got < 0) {
            if (errno == EINTR)
                continue;
            abort();
        }
        out += got;
        n -= (size_t)got;
    }
}

uint32_t random_below(uint32_t n)
{
    uint32_t v, skip;

    if (n == 0)
        abort();
    /* The first 2^32 mod n values are drawn again: they would make small results likelier. */
    skip = -n % n;
    do {
        random_bytes(&v, sizeof(v));
    } while (v < skip);
    return v % n;
}

char *random_text(struct arena *a, const char *alphabet, size_t n)
{
    unsigned char pool[64];      /* random bytes for many letters, taken from the kernel at once */
    size_t letters = strlen(alphabet), left = 0;
    char *s = arena_alloc(a, n + 1);

    if (letters == 0 || letters > 256)
        abort();
    for (size_t i = 0; i < n;) {
        if (left == 0) {
            left = sizeof(pool);
            random_bytes(pool, left);
        }
        /* The last 256 mod n values are left out: they would make the first letters likelier. */
        if (pool[--left] < 256 - 256 % letters)
            s[i++] = alphabet[pool[left] % letters];
    }
    return s;
}
