/* GSM-7: what an SMS can carry in 160 characters, and what it costs. */
#ifndef LOCAL_GSM7_H
#define LOCAL_GSM7_H

#include <stdbool.h>

#include "base/arena.h"

/* Text made plain: á í ó ú and capitals with accents lose them, é ñ Ñ ü Ü ¿ ¡ É
 * stay, quotes, dashes and spaces become simple; what is left outside of GSM-7
 * stays as it is and makes the message UCS-2. */
char *gsm7_plain(struct arena *a, const char *utf8);

bool gsm7_fits(const char *utf8);            /* every character is in GSM-7 */

/* Parts of a normalised text: 160, then 153 a part (extension characters count
 * two); UCS-2 70, then 67. *units (may be NULL) gets the septets or UCS-2 units. */
int gsm7_parts(const char *utf8, int *units);

#endif
