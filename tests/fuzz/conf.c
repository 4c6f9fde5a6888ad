/* Configuration: a text is accepted or refused with a sentence; an accepted one is printed, and the print
 * is accepted too. */
#include "base/conf.h"

#include "base/utf8.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    const char *why = NULL, *text = arena_strndup(a, (const char *)data, size);
    struct conf *c = conf_parse(a, text, &why);

    if (c == NULL) {
        assert(why != NULL && strlen(why) > 0);
    } else {
        char *printed = NULL;
        size_t n = 0;
        FILE *out = open_memstream(&printed, &n);

        assert(out != NULL);
        conf_print(c, out);
        fclose(out);
        assert(conf_parse(a, printed, &why) != NULL);
        free(printed);
    }
    arena_free(a);
    return 0;
}
