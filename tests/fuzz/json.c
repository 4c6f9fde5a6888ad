/* JSON: a text that is accepted is written out and accepted again as the same value. */
#include "json/json.h"

#include "base/utf8.h"
#include "base/util.h"
#include "json/texts.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* The input is copied to a block of exactly its size, so that reading past it is seen. */
    char *s = malloc(size > 0 ? size : 1);
    struct json_object *o, *again;
    const struct text *why = NULL;
    struct buf b = { 0 };

    assert(s != NULL);
    if (size > 0)
        memcpy(s, data, size);
    o = json_parse(s, size, &why);
    if (o == NULL) {
        assert(why != NULL);
    } else {
        json_write(&b, o);
        assert(utf8_valid(b.data, b.len) && strlen(b.data) == b.len);
        again = json_parse(b.data, b.len, &why);
        assert(b.len > JSON_MAX_BYTES || why == T_JSON_NUMBER || json_object_equal(o, again));
        json_object_put(again);
        json_object_put(o);
    }
    buf_free(&b);
    free(s);
    return 0;
}
