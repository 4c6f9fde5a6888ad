/* The schedule: cron's five fields in Bogotá time and a program's name a line.
 *
 *     # minute hour day month weekday  program
 *     50 2 * * *  expire-announcements
 *
 * A field is a star, a star with a step, or a list of n and a-b; all five must
 * match (unlike cron's either-or of day and weekday).  Sunday is 0. */
#ifndef CRON_SCHEDULE_H
#define CRON_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct schedule_line {
    uint64_t minute, hour, day, month, weekday;  /* a bit a value */
    const char *name;
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

#endif
