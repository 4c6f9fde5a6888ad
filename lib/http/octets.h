/* Octets: ASCII characters independent of the locale; private to http. */
#ifndef HTTP_OCTETS_H
#define HTTP_OCTETS_H

#include <stdbool.h>
#include <stddef.h>

static inline char to_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static inline bool is_blank_char(char c)
{
    return c == ' ' || c == '\t';
}

/* Whether the n bytes at s are the word; upper and lower case count as equal. */
static inline bool same_word(const char *s, size_t n, const char *word)
{
    for (size_t i = 0; i < n; i++) {
        if (word[i] == '\0' || to_upper(s[i]) != to_upper(word[i]))
            return false;
    }
    return word[n] == '\0';
}

static inline int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0'
        : c >= 'a' && c <= 'f' ? c - 'a' + 10
        : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Value of the two hex digits at s, or -1 when they are none; s[1] is read only if s[0] is a hex digit. */
static inline int hex_pair(const char *s)
{
    int hi = hex_digit(s[0]), lo = hi < 0 ? -1 : hex_digit(s[1]);

    return lo < 0 ? -1 : hi * 16 + lo;
}

#endif
