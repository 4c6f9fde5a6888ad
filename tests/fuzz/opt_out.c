/* Opt-out: a token that is not from a link of ours opens nothing, whatever it looks like; nor does one of ours
 * of which the input's first byte changes a byte. */
#include "base/util.h"
#include "domain/people/opt_out.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fixture *f = fuzz_fixture();
    struct arena *a = arena_new();
    struct ctx c = f->c;
    char *s = fuzz_text(data, size), *ours;
    struct opt_out o;

    c.a = a;
    assert(opt_out_open(&c, s, &o) == E_NOT_FOUND);
    if (size >= 2) {
        ours = arena_strdup(a, opt_out_link(&c, data[0] + 1, data[1] % 2 ? "sms" : "email", s));
        ours = strrchr(ours, '/') + 1;
        assert(opt_out_open(&c, ours, &o) == E_NOT_FOUND);       /* there is no such customer */
        ours[data[1] % strlen(ours)] ^= (char)(1 + data[0] % 127);
        assert(opt_out_open(&c, ours, &o) == E_NOT_FOUND);
    }
    free(s);
    arena_free(a);
    return 0;
}
