#include "base/utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/buf.h"
#include "base/util.h"

size_t utf8_decode(const char *s, size_t n, uint32_t *cp)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    const unsigned char *p = (const unsigned char *)s;
    size_t len;
    uint32_t c;

    if (n == 0)
        return 0;
    c = p[0];
    len = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    if (len == 0 || len > n)
        return 0;
    if (len > 1)
        c &= 0x7fu >> len;
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3fu);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *cp = c;
    return len;
}

bool utf8_valid(const char *s, size_t n)
{
    uint32_t cp;

    for (size_t i = 0, len; i < n; i += len) {
        len = utf8_decode(s + i, n - i, &cp);
        if (len == 0)
            return false;
    }
    return true;
}

/* Whether a character is a control: C0, DEL, C1, and the bidi marks, which could show a name backwards. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069);
}

bool utf8_clean(const char *s, bool multiline)
{
    size_t n = strlen(s);
    uint32_t cp;

    for (size_t i = 0, len; i < n; i += len) {
        len = utf8_decode(s + i, n - i, &cp);
        if (len == 0)
            return false;
        if (is_control(cp) && !(multiline && (cp == '\n' || cp == '\r' || cp == '\t')))
            return false;
    }
    return true;
}

size_t utf8_length(const char *s)
{
    size_t n = 0;

    for (; *s != '\0'; s++)
        n += ((unsigned char)*s & 0xc0) != 0x80;
    return n;
}

bool utf8_is_space(uint32_t c)
{
    return c == ' ' || (c >= 0x09 && c <= 0x0d) || c == 0x85 || c == 0xa0 || c == 0x1680
        || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f
        || c == 0x205f || c == 0x3000;
}

bool utf8_is_word(uint32_t c)
{
    utf8proc_category_t kind;

    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (c > 0x1eff || (c > 0x24f && c < 0x370) || (c > 0x527 && c < 0x1e00) || c == 0x37f)
        return false;
    kind = utf8proc_category((utf8proc_int32_t)c);
    return kind >= UTF8PROC_CATEGORY_LU && kind <= UTF8PROC_CATEGORY_LO;
}

static bool is_invisible(uint32_t c)
{
    return c == 0xad || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2060 && c <= 0x2069) || c == 0xfeff
        || c == 0x2800 || c == 0x3164 || c == 0x115f || c == 0x1160 || c == 0xffa0;      /* letters that are blank */
}

char *utf8_visible(struct arena *a, const char *s)
{
    const size_t n = strlen(s);
    char *out = arena_alloc(a, n + 1), *to = out;
    uint32_t cp;

    for (size_t i = 0, len; i < n; i += len) {
        len = utf8_decode(s + i, n - i, &cp);
        if (len == 0)
            return arena_strdup(a, s);
        if (is_invisible(cp))
            continue;
        memcpy(to, s + i, len);
        to += len;
    }
    return out;
}

char *utf8_unglued(struct arena *a, const char *s)
{
    static const char *const glue[] = { ".", ",", ";", ":", "!", "?", ")", "]", "}", ">", "'", "\"", "*", "_", "~", "…", "»", "”", "’" };
    char *out = arena_strdup(a, s);
    size_t n = strlen(out), i = 0;

    while (i < COUNT(glue)) {
        const size_t len = strlen(glue[i]);

        if (n < len || memcmp(out + n - len, glue[i], len) != 0) {
            i++;
            continue;
        }
        n -= len;
        out[n] = '\0';
        i = 0;
    }
    return out;
}

static char *utf8_map(const char *s, utf8proc_option_t options)
{
    utf8proc_uint8_t *out = NULL;

    if (utf8proc_map((const utf8proc_uint8_t *)s, 0, &out,
                     options | UTF8PROC_NULLTERM | UTF8PROC_STABLE) < 0) {
        free(out);
        return NULL;
    }
    return (char *)out;
}

static char *blanks_collapse(struct arena *a, const char *s)
{
    size_t n = strlen(s), at = 0;
    char *out = arena_alloc(a, n + 1);
    bool gap = false;
    uint32_t cp;

    for (size_t i = 0, len; i < n; i += len) {
        len = utf8_decode(s + i, n - i, &cp);
        assert(len > 0);         /* the text is ASCII or was written by utf8proc, so it is valid */
        if (utf8_is_space(cp)) {
            gap = at > 0;
            continue;
        }
        if (gap) {
            out[at++] = ' ';
            gap = false;
        }
        memcpy(out + at, s + i, len);
        at += len;
    }
    return out;
}

static char *collapse_free(struct arena *a, char *s)
{
    char *out = s == NULL ? NULL : blanks_collapse(a, s);

    free(s);
    return out;
}

static bool is_ascii(const char *s)
{
    while (*s != '\0' && (unsigned char)*s < 0x80)
        s++;
    return *s == '\0';
}

/* Validity is always checked by utf8_valid: utf8proc 2.8 lets some invalid bytes through. */
char *utf8_trim(struct arena *a, const char *s)
{
    if (is_ascii(s)) {           /* codes and tokens: ASCII needs no normalisation */
        return blanks_collapse(a, s);
    }
    return collapse_free(a, utf8_valid(s, strlen(s)) ? utf8_map(s, UTF8PROC_COMPOSE) : NULL);
}

char *utf8_fold(struct arena *a, const char *s)
{
    char *m = NULL;

    if (utf8_valid(s, strlen(s))) {
        m = utf8_map(s, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD
                            | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
    }
    return collapse_free(a, m);
}

char *utf8_sentence(struct arena *a, const char *s)
{
    char *out = arena_strdup(a, s);

    if (out != NULL && *out >= 'a' && *out <= 'z')
        *out = (char)(*out - 'a' + 'A');
    return out;
}

char *utf8_upper_ascii(struct arena *a, const char *s)
{
    char *out = arena_strdup(a, s);

    for (char *p = out; *p != '\0'; p++) {
        if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    }
    return out;
}

size_t utf8_words(char *s, char **v, size_t max)
{
    bool inside = false;
    uint32_t cp = 0;
    size_t n = 0;

    for (size_t len; *s != '\0' && (len = utf8_decode(s, strlen(s), &cp)) > 0; s += len) {
        if (!utf8_is_word(cp))
            memset(s, '\0', len);
        else if (!inside && n < max)
            v[n++] = s;
        inside = utf8_is_word(cp);
    }
    return n;
}
