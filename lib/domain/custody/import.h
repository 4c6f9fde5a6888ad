/* Import: people who come in by a file.  A job reads it (lib/jobs/customers_check.c) and says of each row what would be
 * done; somebody looks at that and says that it be done; another job does it (lib/jobs/customers_import.c), in writes of
 * some hundred rows, each row once.
 *
 * A row is somebody who is there already by their document, or by their phone and a name that is theirs.  Of those the
 * import fills in what is empty, and changes where they live, their notes and whether they are VIP; their name, phone,
 * document and an e-mail that is confirmed stay.  A new person is nobody whom the point knows (struct customer). */
#ifndef DOMAIN_IMPORT_H
#define DOMAIN_IMPORT_H

#include "base/buf.h"
#include "base/words.h"
#include "domain/people/customer.h"

#define IMPORT_DAYS 2            /* how long the rows of an import are kept */

struct import {
    int64_t id;
    const char *state;           /* a value of import_states */
    const char *file_name, *format;
    int64_t size, rows, errors, twins, changes, fresh, same;
    int64_t with_twins, written, skipped;
    const char *error;           /* why the file cannot be read */
    int64_t at, ended_at;
    const char *by_name;
    int64_t kept;                /* 1: its rows are still there */
    /* not for people */
    const char *spool_path, *titles, *columns;
    int64_t title_line, job_id, by;
};
FIELD_TABLE(struct import, import_fields)
struct imports { struct import *v; size_t n; };
extern const struct word import_states[];

/* The fate of a row, as it is stored. */
enum import_fate { FATE_ERROR, FATE_TWIN, FATE_CHANGE, FATE_NEW, FATE_SAME };
extern const struct word import_fates[];             /* in the order of the enum */
extern const struct word import_row_states[];        /* the deed: pendiente, escrita, omitida */

struct import_row {
    int64_t line;
    const char *fate, *name;     /* fate: of import_fates */
    int64_t customer_id;
    const char *field, *words;   /* the column that is wrong; why, or what changes */
    const char *state;           /* a value of import_row_states */
};
FIELD_TABLE(struct import_row, import_row_fields)
struct import_rows { struct import_row *v; size_t n; };

/* Queues the reading of the upload at `path`, which the job removes; audited. */
enum err import_begin(struct ctx *c, const char *path, const char *file_name, int64_t size, struct import *out) MUST_CHECK;
enum err import_by_id(struct ctx *c, int64_t id, struct import *out) MUST_CHECK;
enum err import_list(struct ctx *c, struct imports *out) MUST_CHECK;  /* the newest 20 */
/* Rows, errors first; after: what *next said. */
struct import_filter { int64_t id; const char *fate; int64_t after, limit; };
enum err import_rows(struct ctx *c, const struct import_filter *f, struct import_rows *out, int64_t *next) MUST_CHECK;
/* How many rows are to be written, with those who may be there already or without. */
int64_t import_open(const struct import *im, bool with_twins);
/* Queues the writing.  E_CONFLICT unless it was read, or its writing has stopped by a fault. */
struct import_start { int64_t id; bool with_twins; };
enum err import_start(struct ctx *c, const struct import_start *in, struct import *out) MUST_CHECK;
/* Nothing more is read or written; what was written stays.  E_CONFLICT when it has ended. */
enum err import_cancel(struct ctx *c, int64_t id, struct import *out) MUST_CHECK;
/* Whether its job has given up: the state stays, and nothing moves. */
bool import_has_stopped(struct ctx *c, const struct import *im, const char **why);
/* Appends the rows that are wrong or doubtful as a spreadsheet: the file's own columns and why. */
enum err import_errors_sheet(struct ctx *c, int64_t id, struct buf *out) MUST_CHECK;

/* ---- for the jobs ---- */

struct job;
/* A row as it came; fault: why it cannot be read, or NULL. */
struct import_line { int64_t line; const char *cells, *fault; };
/* The last line that was looked at, 0 for none. */
int64_t import_last_line(struct ctx *c, int64_t id);
/* Inside a db_write: the columns are known. */
enum err import_titles_tx(struct ctx *c, int64_t id, const char *titles, const char *columns, int64_t line, const char *format) MUST_CHECK;
/* Inside a db_write: looks at n rows and notes what would become of each.  E_CONFLICT: it was cancelled. */
enum err import_look_tx(struct ctx *c, const struct import *im, const struct import_line *v, size_t n) MUST_CHECK;
/* Inside a db_write: it was read, or cannot be (why). */
enum err import_read_tx(struct ctx *c, int64_t id, const char *why) MUST_CHECK;
/* Inside a db_write: writes the next rows, at most `limit`; *n: how many it has dealt with.  E_CONFLICT: cancelled. */
enum err import_write_tx(struct ctx *c, const struct import *im, int limit, int *n) MUST_CHECK;
/* Inside a db_write: all is written; audited with the counts. */
enum err import_end_tx(struct ctx *c, int64_t id) MUST_CHECK;
/* *c acts as who asked for the import. */
enum err import_act(struct ctx *c, const struct import *im) MUST_CHECK;
/* Forgets rows of imports that are IMPORT_DAYS old, at most `limit`; *done counts. */
enum err import_forget(struct ctx *c, int limit, int *done) MUST_CHECK;

#endif
