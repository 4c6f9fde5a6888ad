/* Readings of a scanner: what is read once is the same when it is read again, with or without the mark of the
 * kind of bar code before it; a key of a guide has only what an index of guides holds. */
#include "base/utf8.h"
#include "base/util.h"
#include "local/normal.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    char *s = fuzz_text(data, size);
    const char *read = normal_scan(a, s), *key = normal_guide_key(a, s), *guide = normal_guide(a, s), *again;

    if (read != NULL) {
        assert(*read != '\0' && utf8_valid(read, strlen(read)) && !has_prefix(read, " "));
        again = normal_scan(a, arena_printf(a, "]C1%s", read));
        assert(strlen(read) > 250 || *read == ']' || text_is(again, read));
    }
    if (key != NULL) {
        assert(strlen(key) >= 5 && strlen(key) <= 50);
        assert(key[strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")] == '\0');
        assert(text_is(normal_guide_key(a, key), key));
    }
    if (guide != NULL)
        assert(key != NULL && text_is(normal_guide_key(a, guide), key));
    free(s);
    arena_free(a);
    return 0;
}
