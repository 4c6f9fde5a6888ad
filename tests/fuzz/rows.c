/* Lists of rows: a JSON body whose list has objects, each read by the schema of a row.  What is accepted lies
 * within the bounds of its row; a fault names its field and has a sentence. */
#include "base/utf8.h"
#include "http/param.h"
#include "tests/fuzz/fuzz.h"
#include "tests/helpers/memory_source.h"

struct row { int64_t id, amount; const char *text; bool yes; };
struct in { const char *name; struct param_rows list; };

static const struct param row_rows[] = {
    PARAM(struct row, id, P_ID, PARAM_REQUIRED, 1, INT64_MAX, ""),
    PARAM(struct row, amount, P_MONEY, 0, 0, 2000000, ""),
    PARAM(struct row, text, P_TEXT, 0, 2, 20, ""),
    PARAM(struct row, yes, P_BOOL, 0, 0, 0, ""),
};
static const struct params row_params = PARAMS(struct row, row_rows);
static const struct param rows[] = {
    PARAM(struct in, name, P_TEXT, 0, 0, 20, ""),
    PARAM_ROWS(struct in, list, PARAM_REQUIRED, 3, &row_params, ""),
};
static const struct params schema = PARAMS(struct in, rows);

static void list_check(const struct in *in)
{
    const struct row *v = in->list.v;

    assert(in->list.n >= 1 && in->list.n <= 3);
    for (size_t i = 0; i < in->list.n; i++) {
        assert(v[i].id >= 1 && v[i].amount >= 0 && v[i].amount <= 2000000);
        assert(v[i].text == NULL || (utf8_clean(v[i].text, false) && utf8_length(v[i].text) <= 20));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct ctx c = { .a = a, .conf = fuzz_fixture()->conf, .request_id = "r" };
    struct memory_source m = { .body = (const char *)data, .n = size };
    struct request r;
    void *in;

    m.vars = (const char *[]){ "REQUEST_METHOD", "POST", "REQUEST_URI", "/", "CONTENT_TYPE", "application/json",
                               "CONTENT_LENGTH", arena_printf(a, "%zu", size), NULL };
    if (request_open(&c, &r, memory_source(&m)) == OK) {
        if (request_body(&c, &r) == OK && param_read(&c, &schema, &r, READ_API, &in) == OK)
            list_check(in);
        else
            assert(c.fault.err != OK && *fault_sentence(a, &c.fault) != '\0');
        request_close(&r);
    }
    arena_free(a);
    return 0;
}
