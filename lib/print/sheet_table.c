#include "print/sheet_draw.h"

#define PAD 4.0

static double column_weights(const struct sheet *s)
{
    double sum = 0;

    for (size_t i = 0; i < s->column_count; i++)
        sum += s->columns[i].weight;
    return sum > 0 ? sum : 1;
}

/* Draws a row of cells and returns the height of the highest; with `draw` false it only measures. */
static double cells_put(struct sheet *s, enum style style, const char *const *cells, bool draw)
{
    double width = s->right - s->left, x = s->left, most = 0, sum = column_weights(s);

    for (size_t i = 0; i < s->column_count; i++) {
        double part = width * s->columns[i].weight / sum;
        double room = i + 1 < s->column_count ? part - PAD : part;    /* the last one has no gap after it */
        double high = sheet_put(s, style, cells[i], x, room, s->columns[i].end, draw);

        most = high > most ? high : most;
        x += part;
    }
    return most;
}

static void column_heads(struct sheet *s)
{
    const char *texts[SHEET_COLUMNS] = { 0 };

    for (size_t i = 0; i < s->column_count; i++)
        texts[i] = s->columns[i].head;
    s->y += cells_put(s, STYLE_SMALL, texts, true) + 3;
    sheet_line(s, s->y, 0.7);
    s->y += PAD;
}

void sheet_table(struct sheet *s, const struct sheet_column *columns, size_t n)
{
    s->column_count = n < SHEET_COLUMNS ? n : SHEET_COLUMNS;
    for (size_t i = 0; i < s->column_count; i++)
        s->columns[i] = columns[i];
    sheet_room(s, 44);
    column_heads(s);
}

void sheet_row(struct sheet *s, const char *const *cells)
{
    double high = cells_put(s, STYLE_BODY, cells, false);
    int64_t page = s->page;

    sheet_room(s, high + PAD);
    if (s->page != page)
        column_heads(s);
    cells_put(s, STYLE_BODY, cells, true);
    s->y += high + 3;
    sheet_line(s, s->y, 0.4);
    s->y += 3;
}

void sheet_table_end(struct sheet *s)
{
    s->column_count = 0;
    sheet_skip(s, 2);
}
