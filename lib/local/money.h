/* Money: whole Colombian pesos. */
#ifndef LOCAL_MONEY_H
#define LOCAL_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

char *money_text(struct arena *a, int64_t pesos);   /* "$1.500", "-$200" */
char *count_text(struct arena *a, int64_t n);       /* "12.345" */

/* Reads an amount as people write it: 1500, $1.500, 20.000,00, 1'500.000, 20,000.00, -200.  Groups have three
 * digits, cents are
 * "00" behind a thousand at least ("20.00" may lack a zero), and 15 digits are the most; false when the text is
 * anything else.
 * The counter's script reads the same (htdocs/js/counter.js); both by the table tests/helpers/money_cases.def. */
bool money_parse(struct arena *a, const char *s, int64_t *pesos);

#endif
