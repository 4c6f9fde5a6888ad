/* Holiday: Colombia's public holidays, computed (Ley 51 de 1983, "Ley Emiliani"): some
 * keep their date, some move to the next Monday, some hang on Easter. */
#ifndef LOCAL_HOLIDAY_H
#define LOCAL_HOLIDAY_H

#include <stdint.h>

/* The holiday's Spanish name; NULL when that day (a number, base/clock.h) is no holiday. */
const char *holiday_name(int64_t day);

#endif
