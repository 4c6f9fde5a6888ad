/* Content type: the input's first line is the header, the rest the body.  A body is read by one of three types,
 * or refused with a fault. */
#include "http/multipart.h"
#include "json/json.h"
#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "tests/helpers/memory_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct ctx c = { .a = a, .conf = fuzz_fixture()->conf, .request_id = "r" };
    const char *type, *body = memchr(data, '\n', size);
    struct memory_source m = { .body = body == NULL ? "" : body + 1 };
    struct request r;
    enum err e;

    m.n = body == NULL ? 0 : size - (size_t)(body + 1 - (const char *)data);
    type = arena_strndup(a, (const char *)data, body == NULL ? size : size - m.n - 1);
    m.vars = (const char *[]){ "REQUEST_METHOD", "POST", "REQUEST_URI", "/", "CONTENT_TYPE", type, "CONTENT_LENGTH",
                               arena_printf(a, "%zu", m.n), NULL };
    if (request_open(&c, &r, memory_source(&m)) == OK) {
        e = request_body(&c, &r);
        assert(e == OK || e == E_MEDIA || e == E_MALFORMED || e == E_TOO_LARGE || e == E_INVALID);
        assert((e == OK) == (c.fault.err == OK));
        assert(e == OK || (r.uploads == NULL && r.json == NULL));
        assert(r.json == NULL || strncasecmp(type, "application/json", 16) == 0);
        request_close(&r);
    }
    arena_free(a);
    return 0;
}
