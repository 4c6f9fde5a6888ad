/* If-Match: a header that is understood names a version above 0, or any; the version that is read is written in
 * the header. */
#include "app/route.h"
#include "base/util.h"
#include "tests/fuzz/fuzz.h"
#include "tests/helpers/memory_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct ctx c = { .a = a, .conf = fuzz_fixture()->conf, .request_id = "r" };
    char *s = fuzz_text(data, size);
    struct memory_source m = { .vars = (const char *[]){ "REQUEST_METHOD", "PATCH", "REQUEST_URI", "/", "HTTP_IF_MATCH",
                               s, NULL } };
    struct request http;
    static const struct route row = { .answer = JSON | TAGGED };
    struct req r = { .c = &c, .http = &http, .route = &row };
    int64_t version = -1;

    if (request_open(&c, &http, memory_source(&m)) == OK && req_if_match(&r, &version)) {
        if (version == 0)
            assert(*s == '\0' || streq(s, "*"));
        else
            assert(version > 0 && strchr(s, '"') != NULL && strpbrk(s, "123456789") != NULL);
    }
    free(s);
    arena_free(a);
    return 0;
}
