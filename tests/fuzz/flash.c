/* Flash: the cookie of a toast, the input as it comes and the input well signed, as hex and raw.  What is not
 * signed shows nothing; what is gives at most the three parts of the text. */
#include "app/call.h"
#include "crypto/crypto.h"
#include "tests/fuzz/fuzz.h"
#include "tests/helpers/memory_source.h"

static void cookie_read(struct call *k, struct arena *a, const char *value)
{
    struct memory_source m = { .vars = (const char *[]){ "REQUEST_METHOD", "GET", "REQUEST_URI", "/", "HTTP_COOKIE",
                               arena_printf(a, "flash=%s", value), NULL } };

    *k = (struct call){ .c = { .a = a, .conf = fuzz_fixture()->conf, .now = FIXTURE_NOW, .request_id = "r" } };
    k->r.c = &k->c;
    k->r.http = &k->http;
    assert(request_open(&k->c, &k->http, memory_source(&m)) == OK);
    flash_read(k);
    buf_free(&k->r.headers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct conf *conf = fuzz_fixture()->conf;
    struct arena *a = arena_new();
    char *s = fuzz_text(data, size);
    struct call k;

    cookie_read(&k, a, s);
    assert(k.flash[0] == NULL && k.flash[1] == NULL && k.flash[2] == NULL);
    cookie_read(&k, a, sign_text(a, conf, "csrf_key", s, FIXTURE_NOW + 60));
    cookie_read(&k, a, sign_text(a, conf, "csrf_key", hex_text(a, data, size), FIXTURE_NOW + 60));
    assert(k.flash[0] != NULL && strncmp(k.flash[0], s, strlen(k.flash[0])) == 0);
    for (size_t i = 0; i < FLASH_PARTS; i++)
        assert(k.flash[i] == NULL || strchr(k.flash[i], '\n') == NULL || i + 1 == FLASH_PARTS);
    free(s);
    arena_free(a);
    return 0;
}
