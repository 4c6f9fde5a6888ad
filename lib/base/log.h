/* Log: events as logfmt lines on stderr.  Values are quoted and escaped (control characters, bidi marks, line
 * separators), so that an event is one line whatever its values hold.  Never log bodies, tokens, phones or
 * names. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

#include "base/util.h"

/* Sets the name of the program, borrowed, which stands in each line; called once, at its start.  From then on a file
 * that may not grow, as the log itself, is an error like a full disk and not the death of the process (SIGXFSZ is
 * ignored). */
void log_program(const char *name);

/* key, value pairs ended by NULL:  log_line("error", "db.open", "path", p, NULL); */
void log_line(const char *level, const char *event, ...) __attribute__((sentinel));

#define log_error(...) log_line("error", __VA_ARGS__, NULL)
#define log_warn(...) log_line("warn", __VA_ARGS__, NULL)
#define log_info(...) log_line("info", __VA_ARGS__, NULL)

/* Batches lines, for a program that serves many requests a second: from now on lines of level info wait until
 * there are 8 KB of them or the first has waited for 100 ms, and are written together.  A warning or an error
 * is written at once, after the waiting lines.  Waiting lines are also written when the process exits, aborts
 * or dies of a fault of its own, and before it forks.  They are lost by SIGKILL, and by an exec without a
 * fork unless log_flush was called before it. */
void log_batch(void);
/* Writes the waiting lines if their time has come.  Returns the milliseconds until then, -1 when no line
 * waits: a loop calls this before it waits for events, and waits no longer than that. */
int log_due(void);
void log_flush(void);            /* writes the waiting lines now; async-signal-safe */

/* NUM(n): a number as the text of a log value; it lives as long as the expression. */
struct num { char s[DIGITS_SIZE]; };
struct num num_(int64_t n);
#define NUM(n) (num_(n).s)

#endif
