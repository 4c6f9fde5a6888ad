#include "base/csv.h"

#include <string.h>

#include "base/clock.h"
#include "base/util.h"

#define MARK "\xEF\xBB\xBF"
#define ZONE_AT 19               /* bytes of an RFC 3339 time before its zone */

static void cell_add(struct buf *b, const char *text)
{
    if (text[strcspn(text, ";\"\r\n")] == '\0') {
        buf_str(b, text);
        return;
    }
    buf_char(b, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            buf_char(b, '"');
        buf_char(b, *text);
    }
    buf_char(b, '"');
}

/* A text that people typed: its first character may make it a formula. */
static void text_add(struct buf *b, const char *text)
{
    struct buf guarded = { 0 };

    if (text == NULL)
        return;
    if (*text != '\0' && strchr("=+-@\t\r", *text) != NULL)
        buf_char(&guarded, '\'');
    buf_str(&guarded, text);
    cell_add(b, guarded.data);
    buf_free(&guarded);
}

/* An instant as a spreadsheet reads it: 2026-11-30 09:12:00, the time of Colombia. */
static void instant_add(struct buf *b, int64_t t)
{
    char text[RFC3339_SIZE];

    if (t == 0)
        return;
    clock_rfc3339_into(text, t);
    text[10] = ' ';
    buf_add(b, text, ZONE_AT);
}

static void value_add(struct buf *b, const struct field *f, const void *object)
{
    char number[DIGITS_SIZE];

    switch (f->type) {
    case F_TEXT:
    case F_ADDRESS:
        text_add(b, field_text(f, object));
        break;
    case F_PHONE:                /* a number of ours, which begins with a plus and is no formula */
        if (field_text(f, object) != NULL)
            cell_add(b, field_text(f, object));
        break;
    case F_BOOL:
        buf_str(b, field_int(f, object) != 0 ? "sí" : "no");
        break;
    case F_INSTANT:
        instant_add(b, field_int(f, object));
        break;
    case F_INT:
    case F_MONEY:
    case F_ID:
        if (!field_is_none(f, object) && (f->type != F_ID || field_int(f, object) != 0))
            buf_str(b, digits(number, field_int(f, object)));
        break;
    case F_OBJECT:
    case F_LIST:
    case F_PART:
        break;
    }
}

/* Adds a cell for each field, or (object NULL) for its title; those of a part stand among the others. */
static void cells_add(struct buf *b, struct fields f, const void *object, bool *first)
{
    for (size_t i = 0; i < f.count; i++) {
        const struct field *row = &f.rows[i];

        if (row->type == F_PART)
            cells_add(b, *row->of, object != NULL ? field_at(row, object) : NULL, first);
        if ((row->flags & F_SECRET) || row->type == F_OBJECT || row->type == F_LIST || row->type == F_PART)
            continue;
        if (!*first)
            buf_char(b, ';');
        *first = false;
        if (object != NULL)
            value_add(b, row, object);
        else
            cell_add(b, row->doc);
    }
}

void csv_titles(struct buf *b, struct fields f)
{
    bool first = true;

    buf_str(b, MARK);
    cells_add(b, f, NULL, &first);
    buf_str(b, "\r\n");
}

void csv_line(struct buf *b, struct fields f, const void *object)
{
    bool first = true;

    cells_add(b, f, object, &first);
    buf_str(b, "\r\n");
}

void csv_begin(struct buf *b)
{
    buf_str(b, MARK);
}

void csv_cell(struct buf *b, const char *text, bool first)
{
    if (!first)
        buf_char(b, ';');
    text_add(b, text);
}

void csv_end(struct buf *b)
{
    buf_str(b, "\r\n");
}

void csv_note(struct buf *b, const char *text)
{
    cell_add(b, text);
    buf_str(b, "\r\n");
}
