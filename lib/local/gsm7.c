#include <utf8proc.h>

#include "base/buf.h"
#include "base/util.h"
#include "local/gsm7.h"

/* GSM-7's basic set beyond ASCII; 3GPP TS 23.038. */
static const int32_t basic[] = { 0xa3, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0xd8, 0xf8, 0xc5, 0xe5,
    0x394, 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, 0xc6, 0xe6, 0xdf, 0xc9, 0xa4,
    0xa1, 0xc4, 0xd6, 0xd1, 0xdc, 0xa7, 0xbf, 0xe4, 0xf6, 0xf1, 0xfc, 0xe0 };
static const char extension[] = "^{}\\[~]|";  /* and the euro sign: two septets each */

static const struct { int32_t from; const char *to; } plain[] = {
    { 0xe1, "a" }, { 0xed, "i" }, { 0xf3, "o" }, { 0xfa, "u" }, { 0xc1, "A" }, { 0xcd, "I" },
    { 0xd3, "O" }, { 0xda, "U" }, { 0x2018, "'" }, { 0x2019, "'" }, { 0x201c, "\"" }, { 0x201d, "\"" },
    { 0xab, "\"" }, { 0xbb, "\"" }, { 0x2013, "-" }, { 0x2014, "-" }, { 0x2026, "..." }, { 0xa0, " " },
    { 0x202f, " " }, { 0x2009, " " }, { 0x2022, "-" }, { 0xb7, "-" }, { 0x60, "'" }, { 0xb4, "'" },
    { 0xba, "o" }, { 0xaa, "a" }, { 0x201a, "'" }, { 0x201e, "\"" }, { 0x2032, "'" }, { 0x2033, "\"" },
    { 0x2010, "-" }, { 0x2011, "-" }, { 0x2012, "-" }, { 0x2015, "-" }, { 0x2212, "-" }, { 0x9, " " },
};

/* Septets that a character takes, 0 if GSM-7 does not have it. */
static int letter_septets(int32_t c)
{
    if (c == 0x20ac || (c < 0x80 && c != 0 && strchr(extension, c) != NULL))
        return 2;
    if (c < 0x80)
        return c == '`' || (c < 0x20 && c != '\n' && c != '\r') ? 0 : 1;
    for (size_t i = 0; i < COUNT(basic); i++)
        if (basic[i] == c)
            return 1;
    return 0;
}

/* The ASCII letter without its marks ("ë" gives e), or 0 if there is none. */
static char base_letter(utf8proc_int32_t c)
{
    utf8proc_int32_t parts[8];
    utf8proc_ssize_t n = utf8proc_decompose_char(c, parts, COUNT(parts), UTF8PROC_DECOMPOSE, NULL);

    return n > 1 && n <= (utf8proc_ssize_t)COUNT(parts) && parts[0] < 0x80 ? (char)parts[0] : 0;
}

static void add_plain(struct buf *out, utf8proc_int32_t c, const char *as_is, size_t n)
{
    utf8proc_category_t kind = utf8proc_category(c);

    for (size_t i = 0; i < COUNT(plain); i++)
        if (plain[i].from == c) {
            buf_str(out, plain[i].to);
            return;
        }
    if (letter_septets(c) > 0)
        buf_add(out, as_is, n);
    else if (kind == UTF8PROC_CATEGORY_ZS)
        buf_char(out, ' ');
    else if (base_letter(c) != 0)
        buf_char(out, base_letter(c));
    else if (kind != UTF8PROC_CATEGORY_CF && kind != UTF8PROC_CATEGORY_MN)
        buf_add(out, as_is, n);  /* marks on their own and invisible characters are dropped */
}

char *gsm7_plain(struct arena *a, const char *s)
{
    struct buf out = { 0 };
    utf8proc_int32_t c;
    utf8proc_ssize_t n;
    char *text;

    buf_str(&out, "");
    for (; *s != '\0' && (n = utf8proc_iterate((const uint8_t *)s, -1, &c)) > 0; s += n)
        add_plain(&out, c, s, (size_t)n);
    text = arena_strdup(a, out.data);
    buf_free(&out);
    return text;
}

/* Counts SMS parts: a text of up to `alone` units is one, else a part holds `room`, and no character is
 * cut.  *units gets the septets (seven) or UTF-16 units. */
static int parts_of(const char *s, bool seven, int alone, int room, int *units)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t n;
    int used = 0, parts = 1;

    for (*units = 0; *s != '\0' && (n = utf8proc_iterate((const uint8_t *)s, -1, &c)) > 0; s += n) {
        int k = seven ? letter_septets(c) : c > 0xffff ? 2 : 1;

        if (used + k > room) {
            parts++;
            used = 0;
        }
        used += k;
        *units += k;
    }
    return *units <= alone ? 1 : parts;
}

bool gsm7_fits(const char *s)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t n;

    for (; *s != '\0' && (n = utf8proc_iterate((const uint8_t *)s, -1, &c)) > 0; s += n)
        if (letter_septets(c) == 0)
            return false;
    return true;
}

int gsm7_parts(const char *s, int *units)
{
    int count;

    return gsm7_fits(s) ? parts_of(s, true, 160, 153, units ? units : &count)
                        : parts_of(s, false, 70, 67, units ? units : &count);
}
