/* Utf8: strict decoding of UTF-8, and the normalisations of domain.md §6.  No function returns part of a
 * character. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Decodes the character at s, where n bytes lie; returns its length in bytes, 0 when it is not valid UTF-8. */
size_t utf8_decode(const char *s, size_t n, uint32_t *cp);
/* Whether all n bytes are valid UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool utf8_valid(const char *s, size_t n);
/* Whether s is valid UTF-8 without control characters and without marks that change the direction of text;
 * multiline allows \n, \r and \t. */
bool utf8_clean(const char *s, bool multiline);
size_t utf8_length(const char *s);           /* how many characters a valid text has */

bool utf8_is_space(uint32_t cp);             /* any blank of Unicode, or a line end */
/* Whether a character is part of a word of a search: a letter of Latin, Greek or Cyrillic, or a digit 0-9.
 * FTS5 counts each of these as part of a word too, so it never splits such a word. */
bool utf8_is_word(uint32_t cp);

/* Copy of s without the marks that nobody sees and that pasting brings along: zero-width, direction, soft hyphen,
 * byte order.  Text that is not valid UTF-8 is copied as it is. */
char *utf8_visible(struct arena *a, const char *s);
/* Copy of s without the stops, brackets, quotes and marks at its end that stood behind it in a sentence. */
char *utf8_unglued(struct arena *a, const char *s);
/* utf8_trim and utf8_fold give NULL when s is not valid. */
char *utf8_trim(struct arena *a, const char *s);      /* spaces trimmed and collapsed, NFC */
char *utf8_fold(struct arena *a, const char *s);      /* search key: lower case, no marks, ñ → n */
/* Splits a text, in place, at whatever is neither letter nor digit; the first `max` words stand in v. */
size_t utf8_words(char *s, char **v, size_t max);
char *utf8_upper_ascii(struct arena *a, const char *s);
char *utf8_sentence(struct arena *a, const char *s);  /* first letter upper case: "No llegó"; NULL gives NULL */

#endif
