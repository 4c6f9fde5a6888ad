/* Signature: a path that is accepted has strokes only, each point of it a number that a drawing bears; the PDF
 * draws it. */
#include "domain/handover/signature.h"

#include <math.h>

#include "base/util.h"
#include "tests/fuzz/fuzz.h"

#define FAR 100000.0             /* units; what lies outside of the field is cut off */

/* Reads the points as the PDF and a browser do. */
static void points_check(const char *path)
{
    size_t points = 0;

    while (*path != '\0') {
        char *end, *after;
        double x, y;

        assert(*path == 'M' || (*path == 'L' && points > 0));
        x = strtod(path + 1, &end);
        y = strtod(end, &after);
        assert(end != path + 1 && after != end && isfinite(x) && isfinite(y));
        assert(x >= 0 && x <= FAR && y >= 0 && y <= FAR);
        path = after;
        points++;
    }
    assert(points > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct ctx c = { .a = a };
    char *s = fuzz_text(data, size);
    const char *kept = signature_check(&c, s);

    assert((kept == NULL) == (c.fault.err != OK || *s == '\0'));
    if (kept != NULL) {
        assert(streq(kept, s) && strlen(kept) <= SIGNATURE_MAX);
        points_check(kept);
    }
    free(s);
    arena_free(a);
    return 0;
}
