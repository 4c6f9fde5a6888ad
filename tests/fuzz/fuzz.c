#include "tests/fuzz/fuzz.h"

static struct fixture fixture;

static void fixture_end(void)
{
    fixture_close(&fixture);
}

struct fixture *fuzz_fixture(void)
{
    if (fixture.a == NULL) {
        fixture_open(&fixture);
        atexit(fixture_end);
    }
    return &fixture;
}

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *s = malloc(size + 1);

    assert(s != NULL);
    if (size > 0)
        memcpy(s, data, size);
    s[size] = '\0';
    return s;
}
