/* The schedule: cron's five fields in Bogotá time, a program's name, and what it
 * does, in words for the console, a line.
 *
 *     # minute hour day month weekday  program
 *     50 2 * * *  expire-announcements  # Cancela lo anunciado que nunca llegó
 *
 * A field is a star, a star with a step, or a list of n and a-b; all five must
 * match (unlike cron's either-or of day and weekday).  Sunday is 0. */
#ifndef BASE_SCHEDULE_H
#define BASE_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct schedule_line {
    uint64_t minute, hour, day, month, weekday;  /* a bit a value */
    const char *name;
    const char *what;            /* "": the line does not say */
};

struct schedule {
    struct schedule_line *lines;
    size_t count;
};

/* False and a sentence in *why (arena) at the first line that is wrong. */
bool schedule_parse(struct arena *a, const char *text, struct schedule *s, const char **why);
bool schedule_read(struct arena *a, const char *path, struct schedule *s, const char **why);

/* The latest minute at or before `now` that the line matches, within 24 hours;
 * 0 when there is none. */
int64_t schedule_latest(const struct schedule_line *l, int64_t now);
/* The first minute after `now` that it matches; 0 when no date does (31 February). */
int64_t schedule_next(const struct schedule_line *l, int64_t now);

#endif
