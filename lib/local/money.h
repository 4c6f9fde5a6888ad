/* Money: whole Colombian pesos. */
#ifndef LOCAL_MONEY_H
#define LOCAL_MONEY_H

#include <stdint.h>

#include "base/arena.h"

char *money_text(struct arena *a, int64_t pesos);   /* "$1.500", "-$200" */
char *count_text(struct arena *a, int64_t n);       /* "12.345" */

#endif
