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

/* Between these two, lines of level info wait and are written together.  A program
 * that serves many requests a second holds them while it has work. */
void log_hold(void);
void log_release(void);

/* A number for a log value: a small array with the life of the expression. */
struct num { char s[DIGITS_SIZE]; };
struct num num_(int64_t n);
#define NUM(n) (num_(n).s)

#endif
