/* Words: what people read for a value that rows, forms and the API carry.  Each enumeration of the business is
 * one table: a parameter takes its values (PARAM_ENUM), a form offers its rows (view_options), pages and documents
 * say its words.  Readers who need other words for the same values have a second table of their own. */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stddef.h>

struct word { const char *value, *words; };

#define WORD(value) { value, value }         /* a value that people read as it is */
#define WORDS_END { NULL, NULL }             /* the last row of every table */

/* The words of a value.  A value that no row has, NULL or blank among them, gives NULL … */
const char *words_of(const struct word *table, const char *value);
/* … or is its own word. */
const char *words_or_value(const struct word *table, const char *value);

#endif
