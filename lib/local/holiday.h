/* Holiday: Colombia's public holidays, computed (Ley 51 de 1983, "Ley Emiliani"): some
 * keep their date, some move to the next Monday, some hang on Easter. */
#ifndef LOCAL_HOLIDAY_H
#define LOCAL_HOLIDAY_H

#include <stdint.h>

/* Its Spanish name, NULL when that day (base/clock.h) is none. */
const char *holiday_name(int64_t day);

#endif
