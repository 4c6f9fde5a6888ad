/* Workbook: a list for Excel, written by a field table row by row, so that memory does not grow with the rows
 * (libxlsxwriter).  Numbers, amounts and instants are numbers, the rest is text, which is never a formula: one that a
 * spreadsheet would take for a formula when it is saved as CSV gets an apostrophe.  The titles stay when the sheet is
 * moved. */
#ifndef PRINT_WORKBOOK_H
#define PRINT_WORKBOOK_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/field.h"

struct workbook;

/* Begins a file; temporary files lie in `folder`.  NULL when it cannot. */
struct workbook *workbook_open(struct arena *a, const char *path, const char *folder, const char *name, struct fields f);
void workbook_row(struct workbook *w, const void *object);
/* Writes the file; false, logged, when that fails. */
bool workbook_end(struct workbook *w);

#endif
