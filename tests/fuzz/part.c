/* Part headers of a multipart body: each line of the input is one.  A head that is good names a field in good
 * UTF-8; its name and file name are no longer than the line that they are from. */
#include "http/part.h"

#include "base/utf8.h"
#include "base/util.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct part_head p = { .type = "" };
    char *all = fuzz_text(data, size), *rest = all;
    bool good = true;

    for (char *line; good && (line = strsep(&rest, "\n")) != NULL;) {
        char *exact = fuzz_text((const uint8_t *)line, strlen(line));
        const bool named = p.name != NULL;

        good = part_header(a, exact, &p);
        if (good && !named && p.name != NULL)
            assert(strlen(p.name) < strlen(exact) && (p.filename == NULL || strlen(p.filename) < strlen(exact)));
        if (p.type != NULL)
            p.type = arena_strdup(a, p.type);    /* it lies in the line, which is freed */
        free(exact);
    }
    if (good && part_head_good(&p)) {
        assert(!is_blank(p.name) && utf8_clean(p.name, false) && utf8_clean(p.type, false));
        assert(p.filename == NULL || utf8_clean(p.filename, false));
    }
    free(all);
    arena_free(a);
    return 0;
}
