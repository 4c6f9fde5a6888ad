/* Sheet, inside: the state that the files of a sheet share, and how they write. */
#ifndef PRINT_SHEET_DRAW_H
#define PRINT_SHEET_DRAW_H

#include <pango/pangocairo.h>

#include "print/sheet.h"

#define GAP 6.0                  /* points below a paragraph */

enum style { STYLE_TITLE, STYLE_HEADING, STYLE_BODY, STYLE_STRONG, STYLE_LABEL, STYLE_SMALL, STYLE_MONO,
             STYLES };

struct sheet {
    const struct sheet_head *head;
    cairo_surface_t *surface;
    cairo_t *cr;
    PangoLayout *layout;
    double width, height, left, right, y, bottom;    /* points; y: where the next block goes */
    int64_t page, pages;         /* pages: 0 while they are counted */
    struct sheet_column columns[SHEET_COLUMNS];
    size_t column_count;
};

/* Writes a text in a column of that width from x on and returns its height, all in points; with `draw`
 * false it only measures. */
double sheet_put(struct sheet *s, enum style style, const char *text, double x, double width, bool end, bool draw);
/* Starts a new page unless so many points fit on this one. */
void sheet_room(struct sheet *s, double points);
void sheet_page(struct sheet *s);
void sheet_line(struct sheet *s, double y, double weight);
void sheet_skip(struct sheet *s, double points);

#endif
