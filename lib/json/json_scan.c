/* Checks a text against the grammar of RFC 8259 before json-c reads it: json-c would also accept single quotes,
 * Infinity, raw control characters and NUL, cut numbers that do not fit, and mend broken surrogates. */
#include "json/json_scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "base/utf8.h"
#include "base/util.h"
#include "json/texts.h"

#define NUMBER_MAX 64            /* characters of a number */

struct scan {
    const char *p, *end;
    size_t keys;
    const struct text *why;
};

static bool scan_value(struct scan *s, int depth);

static void skip_space(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
        s->p++;
}

static bool scan_take(struct scan *s, char c)
{
    if (s->p == s->end || *s->p != c)
        return false;
    s->p++;
    return true;
}

static bool take_word(struct scan *s, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
        return false;
    s->p += n;
    return true;
}

static size_t take_digits(struct scan *s)
{
    const char *from = s->p;

    while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
        s->p++;
    return (size_t)(s->p - from);
}

/* Reads four hexadecimal digits as a UTF-16 unit; -1 when they are none. */
static int take_unit(struct scan *s)
{
    int v = 0;

    for (int i = 0; i < 4; i++) {
        static const char hex[] = "0123456789abcdef";
        const char *at = s->p < s->end ? memchr(hex, *s->p | 0x20, 16) : NULL;

        if (at == NULL)
            return -1;
        v = v * 16 + (int)(at - hex);
        s->p++;
    }
    return v;
}

static bool scan_unicode(struct scan *s)
{
    int unit = take_unit(s);

    if (unit >= 0xd800 && unit <= 0xdbff) {
        if (!take_word(s, "\\u"))
            return false;
        unit = take_unit(s);
        return unit >= 0xdc00 && unit <= 0xdfff;
    }
    return unit > 0 && !(unit >= 0xdc00 && unit <= 0xdfff);   /* a NUL would end the text too early */
}

static bool scan_string(struct scan *s)
{
    if (!scan_take(s, '"'))
        return false;
    while (s->p < s->end) {
        unsigned char c = (unsigned char)*s->p++;

        if (c == '"')
            return true;
        if (c < 0x20)
            return false;
        if (c != '\\')
            continue;
        if (s->p == s->end)
            return false;
        c = (unsigned char)*s->p++;
        if (c == 'u' ? !scan_unicode(s) : c == '\0' || strchr("\"\\/bfnrt", c) == NULL)
            return false;
    }
    return false;
}

static bool number_fits(struct scan *s, const char *from, bool integer)
{
    char text[NUMBER_MAX + 1];
    size_t n = (size_t)(s->p - from);
    int64_t v;

    if (n <= NUMBER_MAX) {
        memcpy(text, from, n);
        text[n] = '\0';
        if (integer ? parse_int(text, &v) : isfinite(strtod(text, NULL)) != 0)
            return true;
    }
    s->why = T_JSON_NUMBER;
    return false;
}

static bool scan_number(struct scan *s)
{
    const char *from = s->p;
    bool integer = true;

    (void)scan_take(s, '-');
    if (!scan_take(s, '0') && take_digits(s) == 0)
        return false;
    if (scan_take(s, '.')) {
        integer = false;
        if (take_digits(s) == 0)
            return false;
    }
    if (scan_take(s, 'e') || scan_take(s, 'E')) {
        integer = false;
        if (!scan_take(s, '+'))
            (void)scan_take(s, '-');
        if (take_digits(s) == 0)
            return false;
    }
    return number_fits(s, from, integer);
}

/* Scans the items of an array or object up to its closing bracket; depth: its level. */
static bool scan_items(struct scan *s, char close, int depth)
{
    if (depth > JSON_MAX_DEPTH) {
        s->why = T_JSON_DEEP;
        return false;
    }
    skip_space(s);
    if (scan_take(s, close))
        return true;
    do {
        if (close == '}') {
            skip_space(s);
            if (!scan_string(s))
                return false;
            s->keys++;
            skip_space(s);
            if (!scan_take(s, ':'))
                return false;
        }
        if (!scan_value(s, depth))
            return false;
        skip_space(s);
    } while (scan_take(s, ','));
    return scan_take(s, close);
}

static bool scan_value(struct scan *s, int depth)
{
    skip_space(s);
    if (s->p == s->end)
        return false;
    switch (*s->p) {
    case '{':
        s->p++;
        return scan_items(s, '}', depth + 1);
    case '[':
        s->p++;
        return scan_items(s, ']', depth + 1);
    case '"':
        return scan_string(s);
    case 't':
        return take_word(s, "true");
    case 'f':
        return take_word(s, "false");
    case 'n':
        return take_word(s, "null");
    default:
        return scan_number(s);
    }
}

bool json_scan(const char *s, size_t n, size_t *keys, const struct text **why)
{
    struct scan scan = { .p = s, .end = s + n, .why = T_JSON_SYNTAX };
    bool good = n <= JSON_MAX_BYTES && utf8_valid(s, n) && scan_value(&scan, 0);

    if (good) {
        skip_space(&scan);
        good = scan.p == scan.end;
    }
    *keys = scan.keys;
    *why = scan.why;
    return good;
}
