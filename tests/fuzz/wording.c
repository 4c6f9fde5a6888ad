/* Wording: the input's first byte chooses the kind of message, the rest is its text.  A text that is accepted
 * names only variables which that message has, and once filled in it has no brace of a variable left; a variable
 * without a value is told. */
#include "domain/message/wording.h"

#include "base/util.h"
#include "domain/message/message_kind.h"
#include "tests/fuzz/fuzz.h"

static const char *const events[] = { "package_announced", "package_received", "package_delivered",
    "package_cancelled", "pickup_reminder", "password_reset", "custom_message", "none" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct ctx c = fuzz_fixture()->c;
    struct wording sample, none = { 0 };
    const char *event, *filled, *lacks = NULL, *missing = NULL;
    char *s;

    c.a = a;
    if (size > 0) {
        event = events[data[0] % COUNT(events)];
        s = fuzz_text(data + 1, size - 1);
        wording_sample(&c, &sample, data[0] % 3 == 0);
        filled = wording_fill(a, s, &sample, &lacks);
        assert(strlen(wording_fill(a, s, &none, &missing)) <= strlen(s));
        assert((missing == NULL) == streq(wording_fill(a, s, &none, &missing), s) && lacks == NULL);
        if (strchr(s, '{') == NULL)
            assert(streq(filled, s));
        if (wording_check(&c, data[0] % 2 ? "body" : "subject", event, s) == OK)
            assert(strchr(filled, '{') == NULL);
        else
            assert(c.fault.text != NULL && fault_sentence(a, &c.fault) != NULL);
        free(s);
    }
    arena_free(a);
    return 0;
}
