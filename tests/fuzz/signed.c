/* Signed text: what was signed is read again until its time is over; a text that was not signed here, or of
 * which one bit is another, is not.  The input's first two bytes choose that bit, the rest is the value. */
#include "base/util.h"
#include "crypto/crypto.h"
#include "tests/fuzz/fuzz.h"

#define SECRET "token_key"
#define UNTIL (FIXTURE_NOW + 60)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct conf *conf = fuzz_fixture()->conf;
    struct arena *a = arena_new();
    char *text, *value;

    if (size >= 3) {
        value = fuzz_text(data + 2, size - 2);
        assert(sign_open(a, conf, SECRET, value, FIXTURE_NOW) == NULL);
        text = sign_text(a, conf, SECRET, value, UNTIL);
        assert(streq(sign_open(a, conf, SECRET, text, UNTIL - 1), value));
        assert(sign_open(a, conf, SECRET, text, UNTIL) == NULL);
        text[data[0] % strlen(text)] ^= (char)(1 << data[1] % 7);
        assert(sign_open(a, conf, SECRET, text, FIXTURE_NOW) == NULL);
        free(value);
    }
    arena_free(a);
    return 0;
}
