/* GSM-7: which texts an SMS can carry in 160 characters, and how many parts others need. */
#ifndef LOCAL_GSM7_H
#define LOCAL_GSM7_H

#include <stdbool.h>

#include "base/arena.h"

/* Makes a text plain: á í ó ú and capitals with accents lose them, é ñ Ñ ü Ü ¿ ¡ É stay, quotes, dashes
 * and spaces become simple.  A character outside of GSM-7 that is left stays, and makes the message UCS-2. */
char *gsm7_plain(struct arena *a, const char *utf8);

bool gsm7_fits(const char *utf8);            /* every character is in GSM-7 */

/* SMS parts of a text: 160 septets alone, 153 in each of several; extension characters count two.  A text
 * outside of GSM-7 is UCS-2: 70, then 67.  units (may be NULL) gets the septets or UCS-2 units. */
int gsm7_parts(const char *utf8, int *units);

#endif
