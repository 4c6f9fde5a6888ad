/* Cookie header: a cookie that is found is a piece of the header, without separators. */
#include "base/conf.h"
#include "tests/helpers/memory_source.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct ctx c = { .a = a };
    const char *why, *header = arena_strndup(a, (const char *)data, size), *value;
    struct memory_source m = { 0 };
    struct request r;

    c.conf = conf_parse(a, "", &why);
    m.vars = (const char *[]){ "REQUEST_METHOD", "GET", "REQUEST_URI", "/", "HTTP_COOKIE", header,
                               NULL };
    if (request_open(&c, &r, memory_source(&m)) == OK) {
        value = request_cookie(&r, "sid");
        if (value != NULL) {
            assert(strchr(value, ';') == NULL && strstr(header, value) != NULL);
            assert(strstr(header, "sid=") != NULL);
        }
    }
    arena_free(a);
    return 0;
}
