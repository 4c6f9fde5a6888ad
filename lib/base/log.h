/* Log: one logfmt line to stderr.  Values are quoted and escaped (control
 * characters, bidi marks, line separators), so one event is one line whatever
 * is in it.  Never give it bodies, tokens, phones or names. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

#include "base/util.h"

void log_program(const char *name);          /* borrowed; written in each line */

/* key, value pairs ended by NULL:  log_line("error", "db.open", "path", p, NULL); */
void log_line(const char *level, const char *event, ...) __attribute__((sentinel));

#define log_error(...) log_line("error", __VA_ARGS__, NULL)
#define log_warn(...) log_line("warn", __VA_ARGS__, NULL)
#define log_info(...) log_line("info", __VA_ARGS__, NULL)

/* For a program that serves many requests a second: from now on, lines of level info wait
 * until there are 8 KB of them or the first has waited for 100 ms, and leave together.  A warning or an
 * error leaves at once, after those that wait.  They leave, too, when the process exits, aborts
 * or dies of a fault of its own, and before it forks.  SIGKILL, and an exec without a fork (call
 * log_flush before it), lose what waits. */
void log_batch(void);
/* Milliseconds until what waits must leave; -1: nothing waits.  Writes it when that time has
 * come, so a loop calls this before it waits, and waits no longer than that. */
int log_due(void);
void log_flush(void);            /* now; async-signal-safe */

/* A number for a log value: a small array with the life of the expression. */
struct num { char s[DIGITS_SIZE]; };
struct num num_(int64_t n);
#define NUM(n) (num_(n).s)

#endif
