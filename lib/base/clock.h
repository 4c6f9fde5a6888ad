/* Time: instants are Unix seconds UTC; people see America/Bogota, which is
 * UTC-5 all year (no daylight saving since 1993), so no zone file is needed. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

#define BOGOTA_OFFSET (-5 * 3600)
#define DAY_SECONDS 86400

int64_t clock_now(void);         /* wall clock, seconds */
int64_t clock_now_ms(void);      /* wall clock, milliseconds */
int64_t clock_boot_ms(void);     /* CLOCK_BOOTTIME: never jumps */
double clock_mono(void);         /* CLOCK_MONOTONIC seconds, for durations */

/* Day number (days since 1970-01-01) of the instant t in Bogotá; the first second of a day. */
int64_t clock_day(int64_t t);
int64_t clock_day_start(int64_t day);

struct date { int year, month, day, hour, minute, second, weekday; /* 0 = Sunday */ };
struct date clock_date(int64_t t);                       /* in Bogotá */
int64_t clock_from_date(int year, int month, int day);   /* first second of that date */
bool clock_parse_day(const char *s, int64_t *day);       /* "2026-11-25" */
bool clock_read_day(const char *s, int64_t *day);        /* as people write it: "25/11/2026", "5-1-2026" too */
bool clock_parse_time(const char *s, int64_t *seconds);  /* "14:30"; seconds since midnight */
char *clock_day_iso(struct arena *a, int64_t day);       /* 2026-11-25 */
char *clock_day_exact(struct arena *a, int64_t day);     /* 25/11/2026 */

char *clock_rfc3339(struct arena *a, int64_t t);         /* 2026-11-25T09:12:00-05:00 */
#define RFC3339_SIZE 32          /* with its NUL; years of up to ten digits fit */
void clock_rfc3339_into(char out[RFC3339_SIZE], int64_t t);
char *clock_exact(struct arena *a, int64_t t);           /* 25/11/2026 09:12 */
/* "hoy 09:12", "ayer 18:40", "lun 23 nov, 10:05"; a day of another year has its year too. */
char *clock_words(struct arena *a, int64_t t, int64_t now);
/* The three texts of an instant, for a page: as clock_words, clock_exact and clock_rfc3339 write it. */
struct instant_texts { const char *words, *exact, *iso; };
struct instant_texts clock_texts(struct arena *a, int64_t t, int64_t now);
/* "el lun 23 nov, 10:05", for what is read on another day than it was written, as a message is. */
char *clock_dated(struct arena *a, int64_t t, int64_t now);
char *clock_ago(struct arena *a, int64_t seconds);       /* 3 días; 5 h; 12 min; 40 s */

#endif
