/* Holiday: Colombia's public holidays, computed: some keep their date, some move to the next Monday, some depend
 * on Easter (Ley 51 de 1983, "Ley Emiliani", and since 2026 Ley 2578).  Years before 1984 have none. */
#ifndef LOCAL_HOLIDAY_H
#define LOCAL_HOLIDAY_H

#include <stdint.h>

/* The Spanish name of the holiday on a day (a number, base/clock.h); NULL if it is none. */
const char *holiday_name(int64_t day);

#endif
