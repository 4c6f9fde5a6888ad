/* GSM-7: a text made plain is good UTF-8 and plain already; its parts are as many as its units ask for, and one
 * character more never makes them fewer. */
#include "local/gsm7.h"

#include "base/utf8.h"
#include "base/util.h"
#include "tests/fuzz/fuzz.h"

static void parts_check(struct arena *a, const char *s)
{
    const bool seven = gsm7_fits(s);
    int units = -1, parts = gsm7_parts(s, &units);
    const int alone = seven ? 160 : 70, room = seven ? 153 : 67;

    assert(parts >= 1 && units >= 0 && units <= 2 * (int)strlen(s));
    assert((parts == 1) == (units <= alone));
    /* No character is cut: a part may stay one unit short. */
    assert(parts == 1 || (parts * room >= units && (parts - 1) * (room - 1) <= units));
    assert(gsm7_parts(arena_printf(a, "%sa", s), NULL) >= parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    char *s = fuzz_text(data, size);
    const char *plain = gsm7_plain(a, s);

    assert(utf8_valid(plain, strlen(plain)) && streq(gsm7_plain(a, plain), plain));
    if (utf8_valid(s, strlen(s))) {
        assert(!gsm7_fits(s) || gsm7_fits(plain));
        parts_check(a, s);
        parts_check(a, plain);
    }
    free(s);
    arena_free(a);
    return 0;
}
