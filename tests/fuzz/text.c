/* UTF-8 and what people type: results are valid UTF-8, and normal already. */
#include "local/name.h"
#include "local/name_told.h"
#include "local/normal.h"
#include "base/utf8.h"
#include "base/util.h"
#include "tests/fuzz/fuzz.h"

/* Expects that normalising a second time changes nothing. */
static void stable(struct arena *a, char *(*fn)(struct arena *a, const char *s), const char *s)
{
    const char *once = fn(a, s), *twice;

    if (once == NULL)
        return;
    assert(utf8_valid(once, strlen(once)));
    twice = fn(a, once);
    assert(twice != NULL && streq(once, twice));
}

static char *six_digits(struct arena *a, const char *s)
{
    return normal_digits(a, s, 6);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    const char *s = arena_strndup(a, (const char *)data, size);
    char *(*const normalisers[])(struct arena *, const char *) = {
        utf8_trim, normal_phone, normal_name, normal_email, normal_guide,
        normal_guide_key, normal_code, six_digits,
    };
    const char *folded = utf8_fold(a, s), *phone = normal_phone(a, s), *name = normal_name(a, s);

    for (size_t i = 0; i < COUNT(normalisers); i++)
        stable(a, normalisers[i], s);
    assert((folded != NULL) == utf8_valid(s, strlen(s)));
    assert(folded == NULL || utf8_valid(folded, strlen(folded)));
    assert(!utf8_clean(s, false) || utf8_clean(s, true));
    assert(phone == NULL || utf8_valid(phone_masked(a, phone), strlen(phone_masked(a, phone))));
    assert(name == NULL || utf8_valid(name_masked(a, name), strlen(name_masked(a, name))));
    assert(utf8_valid(name_for_message(a, s, "cliente"), strlen(name_for_message(a, s, "cliente"))));
    assert(utf8_valid(name_of_stranger(a, s, "cliente"), strlen(name_of_stranger(a, s, "cliente"))));
    arena_free(a);
    return 0;
}
