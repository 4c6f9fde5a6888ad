/* Asking for rows: a spreadsheet is read by a process of its own, paqueteria-sheet, that has the file, the pipe on which
 * it tells its rows, and nothing else: no database, no secrets, no environment, no network (jobs/sandbox.h).  The limits
 * of memory and time are those of the process that asks. */
#ifndef JOBS_SHEET_ASK_H
#define JOBS_SHEET_ASK_H

#include "base/ctx.h"
#include "jobs/sheet_read.h"

/* SHEET_BROKEN: no try will succeed.  SHEET_UNDONE: memory, the disk or the process did not suffice, or the taker
 * stopped; another try may succeed. */
enum sheet_end { SHEET_READ, SHEET_BROKEN, SHEET_UNDONE };

/* Takes a row; texts live until it returns.  False stops the reading. */
typedef bool sheet_take(void *arg, const struct sheet_row *row);
/* Reads the file, row by row.  *kind: what it is, in the arena; *fault: why it cannot be read, in Spanish, else NULL. */
enum sheet_end sheet_ask(struct ctx *c, const char *path, sheet_take *take, void *arg, const char **kind, const char **fault);

#endif
