/* Sheet: a PDF of headings, facts, tables and pictures that flow over as many pages as they need, in one
 * look.  sheet.c, sheet_table.c and sheet_picture.c are the only files that know cairo and pango (with
 * label.c).  Texts are UTF-8; NULL and "" are left out. */
#ifndef PRINT_SHEET_H
#define PRINT_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct sheet;

/* Letter; rolls of 80 and of 58 mm, which are cut where the text ends. */
enum sheet_paper { SHEET_LETTER, SHEET_ROLL_80, SHEET_ROLL_58 };

struct sheet_head {
    enum sheet_paper paper;
    const char *owner, *address;     /* the pick-up point, and a line under its name */
    const char *title, *subtitle;
    const char *symbol;              /* text of a QR code at the top right; on a roll, at its end */
    const char *foot;                /* text at the foot of each page, before its number; at the end of a roll */
};

/* A document's content: puts blocks on the sheet, from the first to the last.  It is called twice, first
 * to count the pages, as their number stands on each. */
typedef void sheet_draw(struct sheet *s, const void *arg);
/* Writes the document to a file.  E_INTERNAL, logged, if that fails.  *pages: how many it has. */
enum err sheet_write(const char *path, const struct sheet_head *head, sheet_draw *draw, const void *arg,
                     int64_t *pages) MUST_CHECK;

/* ---- blocks ---- */

void sheet_heading(struct sheet *s, const char *text);
void sheet_text(struct sheet *s, const char *text);
void sheet_note(struct sheet *s, const char *text);          /* small and grey */
void sheet_fact(struct sheet *s, const char *label, const char *value);
void sheet_amount(struct sheet *s, const char *label, const char *money);
void sheet_total(struct sheet *s, const char *label, const char *money);
void sheet_mono(struct sheet *s, const char *text);          /* text that people compare sign by sign */

/* A table: columns share the width by their weights, and their heads are repeated on each page. */
#define SHEET_COLUMNS 8
struct sheet_column { const char *head; int weight; bool end; };     /* end: numbers, aligned right */
void sheet_table(struct sheet *s, const struct sheet_column *columns, size_t n);
void sheet_row(struct sheet *s, const char *const *cells);
void sheet_table_end(struct sheet *s);

/* Puts pictures beside each other, two or three in a row.  The caller keeps jpeg until sheet_write has
 * returned. */
struct sheet_picture { const unsigned char *jpeg; size_t size; int width, height; const char *caption; };
void sheet_pictures(struct sheet *s, const struct sheet_picture *list, size_t n);
/* A signature: "M10 20L30 40…" on a field of width × height. */
void sheet_strokes(struct sheet *s, const char *path, int width, int height, const char *caption);

#endif
