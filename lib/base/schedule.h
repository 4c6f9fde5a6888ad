/* Schedule: a file that says when programs run.  A line has cron's five fields in Bogotá time, the seconds that a
 * run may take, the program's name, and after # a sentence for the console that says what the program does.
 *
 *     # minute hour day month weekday  limit  program
 *     50 2 * * *  60  expire-announcements  # Cancela lo anunciado que nunca llegó
 *
 * A field is a star, a star with a step, or a list of n and a-b.  All five fields must match (in cron, day or
 * weekday is enough).  Sunday is 0. */
#ifndef BASE_SCHEDULE_H
#define BASE_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct schedule_line {
    uint64_t minute, hour, day, month, weekday;  /* sets of values: bit n for value n */
    int64_t limit_s;             /* seconds after which a run is taken for hung */
    const char *name;
    const char *what;            /* sentence of the line's comment; "": none */
};

struct schedule {
    struct schedule_line *lines;
    size_t count;
};

/* Read a schedule from a text or a file.  False, and a sentence in *why (in the arena), at the first wrong
 * line. */
bool schedule_parse(struct arena *a, const char *text, struct schedule *s, const char **why);
bool schedule_read(struct arena *a, const char *path, struct schedule *s, const char **why);

/* The latest minute at or before `now`, but within 24 hours, that the line matches; 0 when there is none. */
int64_t schedule_latest(const struct schedule_line *l, int64_t now);
/* The first minute after `now` that the line matches; 0 when it never does (31 February). */
int64_t schedule_next(const struct schedule_line *l, int64_t now);

#endif
