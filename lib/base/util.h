/* Util: small things that every file may use. */
#ifndef BASE_UTIL_H
#define BASE_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define MUST_CHECK __attribute__((warn_unused_result))
#define UNUSED __attribute__((unused))

static inline bool streq(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* True for two texts that are the same; NULL is like no text. */
static inline bool text_is(const char *a, const char *b)
{
    return a != NULL && b != NULL && streq(a, b);
}

/* Whether both texts are the same, or both are NULL. */
static inline bool text_equal(const char *a, const char *b)
{
    return text_is(a, b) || (a == NULL && b == NULL);
}

static inline bool text_is_one_of(const char *s, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (streq(s, texts[i]))
            return true;
    return false;
}

/* Whether a word stands whole in a list that has blanks between its words; NULL: an empty list. */
static inline bool list_has(const char *list, const char *word)
{
    const size_t n = strlen(word);

    for (const char *p = list; p != NULL && (p = strstr(p, word)) != NULL; p += n)
        if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
            return true;
    return false;
}

static inline bool has_prefix(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Whether s is NULL or "". */
static inline bool is_blank(const char *s)
{
    return s == NULL || *s == '\0';
}

/* Writes n in decimal and returns out.  A page has hundreds of numbers, and printf would cost ten times as
 * much. */
#define DIGITS_SIZE 24
const char *digits(char out[DIGITS_SIZE], int64_t n);

/* Reads a text that is nothing but a decimal integer; false when it is anything else or out of range. */
bool parse_int(const char *s, int64_t *out) MUST_CHECK;

/* A hash for tables of this process: eight bytes at a time, each step invertible. */
uint64_t hash_bytes(const void *p, size_t n);

#endif
