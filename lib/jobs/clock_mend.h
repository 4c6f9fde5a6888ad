/* Clock mend: rows that were dated by a wall clock that was wrong are dated anew once it is right (queue/doubt.h
 * tells when it is believed).  Events stay as they are sealed. */
#ifndef JOBS_CLOCK_MEND_H
#define JOBS_CLOCK_MEND_H

#include "base/ctx.h"

/* Unless the clock is doubted: dates rows that a clock wrote that was behind or ahead, and notes the newest event.
 * Parcels that were announced or received by a clock that was behind would expire, or owe storage; those of a clock
 * that was ahead would do neither, nor be told of, until their time comes.  What was written while the clock was
 * believed stays. */
enum err clock_mend(struct ctx *c) MUST_CHECK;

#endif
