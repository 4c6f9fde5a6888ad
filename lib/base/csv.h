/* Csv: lists for a spreadsheet, written by field tables: UTF-8 with a byte order mark and semicolons, as Excel reads
 * them in Colombia; cells quoted by RFC 4180.  A text that a spreadsheet would take for a formula gets an apostrophe
 * before it.  Lists and objects inside a row, and secret fields, are left out. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/field.h"

/* Append the line of titles (what each field is), and a line for an object. */
void csv_titles(struct buf *b, struct fields f);
void csv_line(struct buf *b, struct fields f, const void *object);
/* Appends what a sheet begins with; a cell, guarded, after a semicolon unless it is the line's first; a line's end. */
void csv_begin(struct buf *b);
void csv_cell(struct buf *b, const char *text, bool first);
void csv_end(struct buf *b);
/* Appends a line that is one text. */
void csv_note(struct buf *b, const char *text);

#endif
