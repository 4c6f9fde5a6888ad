#include "local/normal.h"

#include <stdint.h>
#include <string.h>

#include "base/random.h"
#include "base/utf8.h"
#include "base/util.h"

#define EMAIL_MAX 254
#define EMAIL_LOCAL_MAX 64
#define GUIDE_MAX 50
#define GUIDE_KEY_MIN 5
#define CODE_LENGTH 6
#define PHONE_MIN 10
#define PHONE_MAX 15
#define TYPED_MAX 256            /* bytes; a longer text is no phone, code or guide, and is not even read */

/* The hyphens that keyboards and word processors put between digits. */
static bool is_dash(uint32_t c)
{
    return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xfe63 || c == 0xff0d;
}

/* The text without spaces, without dashes if `dashes`, and without the ASCII characters in `also`; NULL if
 * anything left is not ASCII, and for NULL. */
static char *typed_compact(struct arena *a, const char *s, bool dashes, const char *also)
{
    size_t n = s == NULL ? 0 : strnlen(s, TYPED_MAX + 1), at = 0;
    uint32_t cp;
    char *out;

    if (s == NULL || n > TYPED_MAX)
        return NULL;
    s = utf8_visible(a, s);
    n = strlen(s);
    out = arena_alloc(a, n + 1);
    for (size_t i = 0, len; i < n; i += len) {
        len = utf8_decode(s + i, n - i, &cp);
        if (len == 0)
            return NULL;
        if (utf8_is_space(cp) || (dashes && is_dash(cp))
            || (cp < 0x80 && strchr(also, (int)cp) != NULL))
            continue;
        if (cp >= 0x80)
            return NULL;
        out[at++] = (char)cp;
    }
    return out;
}

static bool only_of(const char *s, const char *set)
{
    return s[strspn(s, set)] == '\0';
}

char *normal_phone(struct arena *a, const char *s)
{
    const char *prefix;
    size_t digits;
    char *p = typed_compact(a, s, true, "().");

    if (p == NULL)
        return NULL;
    if (has_prefix(p, "00"))
        p = arena_printf(a, "+%s", p + 2);
    prefix = *p == '+' ? "" : has_prefix(p, "57") && strlen(p) >= 12 ? "+" : "+57";
    p = arena_printf(a, "%s%s", prefix, p);
    digits = strlen(p + 1);
    if (!only_of(p + 1, "0123456789") || digits < PHONE_MIN || digits > PHONE_MAX)
        return NULL;
    if (has_prefix(p, "+57") && (digits != 12 || (p[3] != '3' && p[3] != '6')))
        return NULL;
    return p;
}

char *phone_without_plus(struct arena *a, const char *s)
{
    char *p = typed_compact(a, s, true, "().");
    const size_t n = p == NULL ? 0 : strlen(p);

    return n > PHONE_MIN && n <= PHONE_MAX && only_of(p, "0123456789") && *p != '0' && !has_prefix(p, "57") ? p : NULL;
}

bool phone_takes_sms(const char *e164)
{
    return e164 != NULL && has_prefix(e164, "+573") && strlen(e164) == 13;
}

char *phone_words(struct arena *a, const char *e164)
{
    if (!has_prefix(e164, "+57") || strlen(e164) != 13)
        return arena_strdup(a, e164);
    return arena_printf(a, "%.3s %.3s %s", e164 + 3, e164 + 6, e164 + 9);
}

char *phone_masked(struct arena *a, const char *e164)
{
    size_t n = strlen(e164);

    return arena_join(a, "•••", e164 + (n > 2 ? n - 2 : 0));
}

char *email_masked(struct arena *a, const char *email)
{
    const char *at = strchr(email, '@');
    uint32_t cp;
    int n = (int)utf8_decode(email, strlen(email), &cp);

    return arena_printf(a, "%.*s•••%s", n, email, at ? at : "");
}

/* ---- e-mails ---- */

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

static bool is_label(const char *s, size_t n)
{
    return n >= 1 && n <= 63 && s[0] != '-' && s[n - 1] != '-'
        && strspn(s, LOWER DIGITS "-") >= n;
}

/* True for a domain: at least two labels, of which the last is no number (that would be an IP address). */
static bool is_domain(const char *s)
{
    size_t labels = 0, n;

    for (;; s += n + 1) {
        n = strcspn(s, ".");
        if (!is_label(s, n))
            return false;
        labels++;
        if (s[n] == '\0')
            return labels >= 2 && !only_of(s, DIGITS);
    }
}

static bool is_local_part(const char *s, size_t n)
{
    return n >= 1 && n <= EMAIL_LOCAL_MAX && s[0] != '.' && s[n - 1] != '.'
        && strspn(s, LOWER DIGITS "!#$%&'*+-/=?^_`{|}~.") >= n
        && memmem(s, n, "..", 2) == NULL;
}

/* Providers of whom it is known that they deliver to one reader: by any of two names, with a "+" and anything behind the
 * name, and with dots anywhere in it. */
static const struct provider { const char *domain, *same_as; bool plus, dots; } providers[] = {
    { "gmail.com", "gmail.com", true, true }, { "googlemail.com", "gmail.com", true, true },
    { "proton.me", "proton.me", true, true }, { "protonmail.com", "proton.me", true, true },
    { "pm.me", "proton.me", true, true }, { "icloud.com", "icloud.com", true, false },
    { "me.com", "icloud.com", true, false }, { "mac.com", "icloud.com", true, false },
    { "outlook.com", "outlook.com", true, false }, { "hotmail.com", "hotmail.com", true, false },
    { "outlook.es", "outlook.es", true, false }, { "hotmail.es", "hotmail.es", true, false },
    { "live.com", "live.com", true, false }, { "fastmail.com", "fastmail.com", true, false },
};

static const struct provider *email_provider(const char *domain)
{
    for (size_t i = 0; i < COUNT(providers); i++)
        if (streq(providers[i].domain, domain))
            return &providers[i];
    return NULL;
}

/* The e-mail without what stands in its first part behind one of the characters in `cut`, as at its provider. */
static char *email_shortened(struct arena *a, const char *email, const char *cut)
{
    const size_t whole = strcspn(email, "@");
    const char *domain = email + whole + (email[whole] == '@');
    const struct provider *provider = email_provider(domain);
    size_t n = strcspn(arena_strndup(a, email, whole), cut);
    char *part = arena_strndup(a, email, n > 0 ? n : whole), *to = part;

    for (const char *p = part; *p != '\0'; p++)
        if (*p != '.' || provider == NULL || !provider->dots)
            *to++ = *p;
    *to = '\0';
    return arena_printf(a, "%s@%s", part, provider != NULL ? provider->same_as : domain);
}

char *email_mailbox(struct arena *a, const char *email)
{
    return email_shortened(a, email, "+-=#/%");
}

char *email_reader(struct arena *a, const char *email)
{
    const char *at = strchr(email, '@');
    const struct provider *provider = at == NULL ? NULL : email_provider(at + 1);

    return email_shortened(a, email, provider != NULL && provider->plus ? "+" : "");
}

char *normal_email(struct arena *a, const char *s)
{
    char *at, *email = strnlen(s, 1024) < 1024 ? utf8_trim(a, utf8_visible(a, s)) : NULL;

    if (email == NULL || strlen(email) > EMAIL_MAX)
        return NULL;
    for (char *p = email; *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    }
    at = strchr(email, '@');
    if (at == NULL || !is_local_part(email, (size_t)(at - email)) || !is_domain(at + 1))
        return NULL;
    return email;
}

/* The scan after its symbology identifier: scanners may send the kind of bar code first, "]C1" (ISO/IEC
 * 15424). */
static const char *after_symbology(const char *s)
{
    bool is = s[0] == ']' && s[1] >= 'A' && s[1] <= 'z' && s[2] >= '0' && s[2] <= '9';

    return is ? s + 3 : s;
}

static char *guide_tidied(struct arena *a, const char *s)
{
    char *t = strnlen(s, TYPED_MAX + 1) <= TYPED_MAX ? utf8_trim(a, utf8_visible(a, s)) : NULL;

    return t == NULL ? NULL : utf8_trim(a, after_symbology(t));
}

static char *guide_key(struct arena *a, const char *guide)
{
    char *key = typed_compact(a, guide, true, "/");
    size_t n;

    if (key == NULL)
        return NULL;
    key = utf8_upper_ascii(a, key);
    n = strlen(key);
    return n >= GUIDE_KEY_MIN && n <= GUIDE_MAX
                && only_of(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        ? key : NULL;
}

char *normal_scan(struct arena *a, const char *s)
{
    char *read = guide_tidied(a, s);

    return read == NULL || *read == '\0' ? NULL : utf8_upper_ascii(a, read);
}

char *normal_guide(struct arena *a, const char *s)
{
    char *guide = guide_tidied(a, s);

    if (guide == NULL || utf8_length(guide) > GUIDE_MAX || guide_key(a, guide) == NULL)
        return NULL;
    return utf8_upper_ascii(a, guide);
}

char *normal_guide_key(struct arena *a, const char *s)
{
    char *guide = guide_tidied(a, s);

    return guide == NULL ? NULL : guide_key(a, guide);
}

char *normal_code(struct arena *a, const char *s)
{
    char *code = typed_compact(a, s, true, "");

    if (code == NULL || strlen(code) != CODE_LENGTH)
        return NULL;
    code = utf8_upper_ascii(a, code);
    return only_of(code, ALPHABET_CODE) ? code : NULL;
}

char *normal_digits(struct arena *a, const char *s, size_t n)
{
    char *p = typed_compact(a, s, false, "");

    return p != NULL && strlen(p) == n && only_of(p, DIGITS) ? p : NULL;
}
