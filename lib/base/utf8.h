/* UTF-8: strict decoding, and the normalisations of domain.md §6.
 * No function here ever returns a half character. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* The character at s (n bytes are there): its length in bytes and its code
 * point, or 0 when what is there is no character. */
size_t utf8_decode(const char *s, size_t n, uint32_t *cp);
/* Strict: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool utf8_valid(const char *s, size_t n);
/* Valid, and free of control characters, those that override the direction of
 * text among them; multiline allows \n, \r and \t. */
bool utf8_clean(const char *s, bool multiline);
size_t utf8_length(const char *s);           /* characters, of valid text */

bool utf8_is_space(uint32_t cp);             /* any blank of Unicode, line ends too */
/* A letter of Latin, Greek or Cyrillic, or a digit 0-9: what words to search are made of.
 * FTS5 takes each of these characters as part of a word too, so that a word never becomes two there. */
bool utf8_is_word(uint32_t cp);

/* trim and fold give NULL when s is not valid. */
char *utf8_trim(struct arena *a, const char *s);      /* spaces trimmed and collapsed, NFC */
char *utf8_fold(struct arena *a, const char *s);      /* search key: lower case, no marks, ñ → n */
char *utf8_upper_ascii(struct arena *a, const char *s);
char *utf8_sentence(struct arena *a, const char *s);  /* a sentence's capital: "no contestó" → "No contestó"; NULL is NULL */

#endif
