/* Business day: Monday to Friday without Colombia's public holidays, as terms of law are counted ("días hábiles"). */
#ifndef LOCAL_BUSINESS_DAY_H
#define LOCAL_BUSINESS_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* Days are numbers (base/clock.h). */
bool business_day_is(int64_t day);
/* The last day of a term of n business days: the first one counted is that after `from`.  n 0: `from` itself. */
int64_t business_day_after(int64_t from, int64_t n);
/* How many business days lie after `from`, until `to` and with it; negative when `to` is the earlier one. */
int64_t business_days_until(int64_t from, int64_t to);
/* "un día hábil", "15 días hábiles". */
const char *business_days_words(struct arena *a, int64_t n);

#endif
