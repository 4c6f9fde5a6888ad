/* Liwa's answers: the input's first byte is libcurl's result, the next two the status, the rest the body.  A
 * message counts as sent only with an id; whatever else came of it has a sentence.  The same body is also read
 * as a token (JWT) and as the claims of one. */
#include "send/liwa.h"

#include <sodium.h>

#include "base/util.h"
#include "tests/fuzz/fuzz.h"

static void credit_check(struct arena *a, const uint8_t *claims, size_t n)
{
    const size_t room = sodium_base64_encoded_len(n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *b64 = arena_alloc(a, room), *text = fuzz_text(claims, n);
    int64_t credit = liwa_credit(text);

    assert(credit >= -1);
    sodium_bin2base64(b64, room, claims, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    credit = liwa_credit(arena_printf(a, "h.%s.s", b64));
    assert(credit >= -1 && credit <= INT64_C(1000000000000));
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();

    if (size >= 3) {
        const int curl = data[0] % 100;
        const long status = (data[1] << 8 | data[2]) % 700;
        const char *body = fuzz_text(data + 3, size - 3);
        bool bad_token;
        const struct send_result r = liwa_classify(a, curl, data[0] / 100, status, body, size - 3, &bad_token);

        assert((r.sent == SENT_YES) == (r.error == NULL) && (r.sent == SENT_YES) == !is_blank(r.id));
        assert(r.sent != SENT_YES || (curl == 0 && status / 100 == 2 && strlen(r.id) < 100));
        assert(!bad_token || r.sent == SENT_NO);
        free((char *)(uintptr_t)body);
        credit_check(a, data + 3, size - 3);
    }
    arena_free(a);
    return 0;
}
