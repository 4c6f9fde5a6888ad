#include <utf8proc.h>

#include "base/buf.h"
#include "base/util.h"
#include "send/gsm7.h"

/* The basic set beyond ASCII, and the ASCII it lacks; 3GPP TS 23.038. */
static const int32_t basic[] = { 0xa3, 0xa5, 0xe8, 0xe9, 0xf9, 0xec, 0xf2, 0xc7, 0xd8, 0xf8, 0xc5, 0xe5,
    0x394, 0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398, 0x39e, 0xc6, 0xe6, 0xdf, 0xc9, 0xa4,
    0xa1, 0xc4, 0xd6, 0xd1, 0xdc, 0xa7, 0xbf, 0xe4, 0xf6, 0xf1, 0xfc, 0xe0 };
static const char extension[] = "^{}\\[~]|";  /* and the euro sign: two septets each */

static const struct { int32_t from; const char *to; } plain[] = {
    { 0xe1, "a" }, { 0xed, "i" }, { 0xf3, "o" }, { 0xfa, "u" }, { 0xc1, "A" }, { 0xcd, "I" },
    { 0xd3, "O" }, { 0xda, "U" }, { 0x2018, "'" }, { 0x2019, "'" }, { 0x201c, "\"" }, { 0x201d, "\"" },
    { 0xab, "\"" }, { 0xbb, "\"" }, { 0x2013, "-" }, { 0x2014, "-" }, { 0x2026, "..." }, { 0xa0, " " },
    { 0x202f, " " }, { 0x2009, " " }, { 0x2022, "-" }, { 0xb7, "-" }, { 0x60, "'" }, { 0xb4, "'" },
    { 0xba, "o" }, { 0xaa, "a" },
};

char *gsm7_plain(struct arena *a, const char *s)
{
    struct buf out = { 0 };
    utf8proc_int32_t c;
    utf8proc_ssize_t n;
    char *text;

    buf_str(&out, "");
    while (*s != '\0' && (n = utf8proc_iterate((const uint8_t *)s, -1, &c)) > 0) {
        const char *to = NULL;

        for (size_t i = 0; i < COUNT(plain) && to == NULL; i++)
            if (plain[i].from == c)
                to = plain[i].to;
        if (to != NULL)
            buf_str(&out, to);
        else
            buf_add(&out, s, (size_t)n);
        s += n;
    }
    text = arena_strdup(a, out.data);
    buf_free(&out);
    return text;
}

/* Septets of a character, 0 when GSM-7 has none. */
static int septets(int32_t c)
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

int gsm7_parts(const char *s, int *units)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t n;
    int seven = 0, sixteen = 0, count;
    bool fits = true;

    while (*s != '\0' && (n = utf8proc_iterate((const uint8_t *)s, -1, &c)) > 0) {
        int k = septets(c);

        fits = fits && k > 0;
        seven += k;
        sixteen += c > 0xffff ? 2 : 1;
        s += n;
    }
    count = fits ? seven : sixteen;
    if (units != NULL)
        *units = count;
    if (fits)
        return seven <= 160 ? 1 : (seven + 152) / 153;
    return sixteen <= 70 ? 1 : (sixteen + 66) / 67;
}
