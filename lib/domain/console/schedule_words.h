/* Schedule words: when a line of the schedule is due, for people. */
#ifndef DOMAIN_SCHEDULE_WORDS_H
#define DOMAIN_SCHEDULE_WORDS_H

#include "base/schedule.h"

/* "cada día a las 02:50", "los domingos a las 04:00", "cada 5 minutos". */
char *schedule_words(struct arena *a, const struct schedule_line *l);

#endif
