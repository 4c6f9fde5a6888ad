/* Query and form body: the input's first line is the address, the rest the body. */
#include "base/conf.h"
#include "base/utf8.h"
#include "http/param.h"
#include "tests/helpers/memory_source.h"
#include "tests/fuzz/fuzz.h"

struct in {
    int64_t id, n, money, day;
    const char *text, *note, *raw, *kind;
    bool yes;
    struct ids ids;
};

static const struct word kinds[] = { WORD("A"), WORD("B"), WORDS_END };
static const struct param rows[] = {
    PARAM(struct in, id, P_ID, PARAM_QUERY, 1, INT64_MAX, ""),
    PARAM(struct in, text, P_TEXT, 0, 2, 20, ""),
    PARAM(struct in, note, P_LONG, 0, 0, 50, ""),
    PARAM(struct in, raw, P_RAW, 0, 0, 20, ""),
    PARAM_ENUM(struct in, kind, 0, kinds, ""),
    PARAM(struct in, n, P_INT, 0, -5, 5, ""),
    PARAM(struct in, money, P_MONEY, 0, 0, 2000000, ""),
    PARAM(struct in, day, P_DAY, 0, 0, 0, ""),
    PARAM(struct in, yes, P_BOOL, 0, 0, 0, ""),
    PARAM(struct in, ids, P_IDS, 0, 0, 3, ""),
};
static const struct params schema = PARAMS(struct in, rows);

static void check(const struct in *in)
{
    assert(in->text == NULL || (utf8_clean(in->text, false) && utf8_length(in->text) <= 20));
    assert(in->note == NULL || (utf8_clean(in->note, true) && strchr(in->note, '\r') == NULL));
    assert(in->raw == NULL || utf8_clean(in->raw, false));
    assert(in->n >= -5 && in->n <= 5 && in->money >= 0 && in->money <= 2000000);
    assert(in->id >= 0 && in->ids.n <= 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct ctx c = { .a = a, .request_id = "r" };
    const char *why, *uri, *length, *body = memchr(data, '\n', size);
    struct memory_source m = { .body = body == NULL ? "" : body + 1 };
    struct request r;
    void *in;

    m.n = body == NULL ? 0 : size - (size_t)(body + 1 - (const char *)data);
    uri = arena_strndup(a, (const char *)data, body == NULL ? size : size - m.n - 1);
    length = arena_printf(a, "%zu", m.n);
    c.conf = conf_parse(a, "", &why);
    m.vars = (const char *[]){ "REQUEST_METHOD", "POST", "REQUEST_URI", uri, "CONTENT_LENGTH",
                               length, "CONTENT_TYPE", "application/x-www-form-urlencoded", NULL };
    if (request_open(&c, &r, memory_source(&m)) == OK) {
        assert(r.path[0] == '/' && utf8_clean(r.path, false) && strstr(r.path, "/../") == NULL);
        if (param_read(&c, &schema, &r, size % 2 == 0, &in) == OK)
            check(in);
        else
            assert(c.fault.err != OK && fault_sentence(a, &c.fault) != NULL);
        request_close(&r);
    }
    arena_free(a);
    return 0;
}
