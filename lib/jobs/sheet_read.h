/* Sheet read: a spreadsheet that somebody sent, row by row: CSV as programs write it (UTF-8, UTF-16, Windows-1252;
 * semicolon, comma, tab or bar; quoted by RFC 4180) or the first sheet of an XLSX.  Only paqueteria-sheet calls it,
 * which shuts itself in first (jobs/sheet_ask.h asks it). */
#ifndef JOBS_SHEET_READ_H
#define JOBS_SHEET_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define SHEET_COLUMNS 100        /* cells of a row that are read */
#define SHEET_CELL 4000          /* bytes of a cell */
#define SHEET_ROWS 200000
#define SHEET_UNPACKED (50u << 20)   /* bytes of an XLSX, unpacked */

/* A row: its number as a spreadsheet shows it, from 1.  A text is valid UTF-8; in place of a control character that is
 * neither tab nor line end, and of what is no character, it has U+FFFD. */
struct sheet_row {
    int64_t line;
    const char **v;
    size_t n;
    const char *fault;           /* why the row cannot be read as it is meant, in Spanish; NULL: it can */
};

/* Where the rows go.  `kind` is called once before the first: "CSV · UTF-8", "XLSX".  Texts live until the next call. */
struct sheet_taker {
    void (*kind)(void *arg, const char *words);
    void (*row)(void *arg, const struct sheet_row *row);
    void *arg;
};

/* NULL, or why it is no spreadsheet that we read, in Spanish; rows may have been taken before.  Blank rows are left
 * out. */
const char *sheet_read(struct arena *a, const char *data, size_t n, const struct sheet_taker *to);

/* The parts of it. */
const char *sheet_read_csv(struct arena *a, const char *data, size_t n, const struct sheet_taker *to);
const char *sheet_read_xlsx(struct arena *a, const char *data, size_t n, const struct sheet_taker *to);
/* Gives a row to the taker, its texts made clean; false when there are too many. */
#define SHEET_MANY "La hoja tiene más de 200.000 filas: pártala en dos."
struct sheet_giving { const struct sheet_taker *to; struct arena *a; int64_t given; };
bool sheet_give(struct sheet_giving *g, struct sheet_row *row);

#endif
