/* Mail: a header's text has no line end but before a space, no line that is too long, and says what was
 * given when it is decoded; an address that is accepted is one address. */
#include "send/mail.h"

#include <sodium.h>

#include "base/utf8.h"
#include "base/util.h"
#include "tests/fuzz/fuzz.h"

#define MAIL_LINE 78              /* RFC 5322 §2.1.1 */

/* Decodes "=?UTF-8?B?…?=" words, which folding parts, as a mail program does. */
static const char *words_decode(struct arena *a, const char *s, size_t most)
{
    char *out = arena_alloc(a, most + 1);
    size_t at = 0, n;

    while (*s != '\0') {
        const char *end = has_prefix(s, "=?UTF-8?B?") ? strstr(s + 10, "?=") : NULL;

        assert(end != NULL);
        assert(end + 2 - s + 1 <= MAIL_LINE);
        assert(sodium_base642bin((unsigned char *)out + at, most - at, s + 10, (size_t)(end - s - 10), NULL, &n,
                                 NULL, sodium_base64_VARIANT_ORIGINAL) == 0);
        assert(!utf8_valid(out, at + n) || utf8_valid(out + at, n));     /* no character is cut */
        at += n;
        s = end + 2;
        assert(*s == '\0' || has_prefix(s, "\r\n "));
        s += *s == '\0' ? 0 : 3;
    }
    return out;
}

static void header_check(struct arena *a, const char *s)
{
    const char *text = mail_header_text(a, s);

    assert((text == NULL) == (strpbrk(s, "\r\n") != NULL));
    if (text == NULL)
        return;
    /* A plain text that looks like an encoded one would be read as something else. */
    if (strstr(text, "=?") != NULL)
        assert(streq(words_decode(a, text, strlen(s)), s));
    else
        assert(streq(text, s) && text[strcspn(text, "\t\x7f")] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    char *s = fuzz_text(data, size);

    header_check(a, s);
    if (mail_address_ok(s))
        assert(strlen(s) <= 254 && strpbrk(s, "\r\n<> ,;\"\t") == NULL && strchr(s, '@') != NULL);
    free(s);
    arena_free(a);
    return 0;
}
