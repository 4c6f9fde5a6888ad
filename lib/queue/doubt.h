/* Doubt: whether the wall clock may be wrong.  A clock that moved ahead by more than 25 hours since it was last
 * believed, or back by more than an hour, is doubted, and then nothing happens by age: nothing expires, is deleted or
 * is reminded of.  The doubt ends when the clock comes back, when an administrator says that it is right, or after an
 * hour without a further jump; but a clock that says an earlier time than a parcel's event, written while the clock
 * was believed, is never believed for being steady.  When an administrator said so of such a clock, what was believed
 * before is kept: once the clock tells that time again it is believed at once, and what was written meanwhile counts
 * as written by a clock that was behind (jobs/clock_mend.h).  How far the clock moved is measured by CLOCK_BOOTTIME,
 * which cannot jump; over a restart of the machine, for which there is no such measure, all the time that passed
 * counts as a jump. */
#ifndef QUEUE_DOUBT_H
#define QUEUE_DOUBT_H

#include "base/ctx.h"

#define DOUBT_BEHIND_S 4000      /* a clock that went back by more is doubted: an hour, and what a slow correction takes */

/* Reads the clocks, notes what they say, and tells whether c->now, by which the caller is about to act, is
 * doubted.  It is when the database cannot be read.  Not to be called inside a db_write. */
bool doubt_look(struct ctx *c) MUST_CHECK;

/* The instant by which people are charged: c->now, but while a clock that jumped ahead is doubted, what the clock would
 * say that was believed.  Notes nothing, so it may be called in a db_write, and tells a jump that no doubt_look has seen.
 * A clock that went back is taken as it is, since nobody pays more for that, and so is one over a restart of the machine,
 * which has no measure of the time that passed: a point that is switched off at night pays for its nights. */
int64_t doubt_fair_now(struct ctx *c);

struct doubt {
    int64_t from, to;            /* the wall clock before and after the jump; to = 0: there is no doubt */
};
/* Reads what the last doubt_look noted. */
enum err doubt_read(struct ctx *c, struct doubt *out) MUST_CHECK;
/* Inside a db_write: the wall clock is right as it is now.  E_CONFLICT: it is not doubted. */
enum err doubt_end_tx(struct ctx *c) MUST_CHECK;

#endif
