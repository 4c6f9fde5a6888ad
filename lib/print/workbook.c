#include "print/workbook.h"

#include <string.h>
#include <xlsxwriter.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/utf8.h"
#include "base/util.h"

#define EXCEL_EPOCH 25569        /* days from Excel's first to 1970-01-01 */
#define TEXT_WIDTH 22
#define NUMBER_WIDTH 12
#define TEXT_MOST 32000          /* bytes; Excel takes no more in a cell */

struct workbook {
    struct arena *a;
    struct fields fields;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *title, *instant, *money;
    lxw_row_t row;
};

static bool field_has_cell(const struct field *f)
{
    return !(f->flags & F_SECRET) && f->type != F_OBJECT && f->type != F_LIST && f->type != F_PART;
}

static void titles_write(struct workbook *w)
{
    lxw_col_t column = 0;

    for (size_t i = 0; i < w->fields.count; i++) {
        const struct field *f = &w->fields.rows[i];

        if (!field_has_cell(f))
            continue;
        worksheet_set_column(w->sheet, column, column, field_is_text(f) || f->type == F_INSTANT ? TEXT_WIDTH : NUMBER_WIDTH, NULL);
        worksheet_write_string(w->sheet, 0, column++, f->doc, w->title);
    }
    worksheet_freeze_panes(w->sheet, 1, 0);
    w->row = 1;
}

struct workbook *workbook_open(struct arena *a, const char *path, const char *folder, const char *name, struct fields f)
{
    struct workbook *w = arena_alloc(a, sizeof *w);
    lxw_workbook_options options = { .constant_memory = LXW_TRUE, .tmpdir = arena_strdup(a, folder) };

    *w = (struct workbook){ .a = a, .fields = f, .book = workbook_new_opt(path, &options) };
    if (w->book == NULL)
        return NULL;
    w->sheet = workbook_add_worksheet(w->book, name);
    w->title = workbook_add_format(w->book);
    w->instant = workbook_add_format(w->book);
    w->money = workbook_add_format(w->book);
    if (w->sheet == NULL || w->title == NULL || w->instant == NULL || w->money == NULL) {
        workbook_close(w->book);
        return NULL;
    }
    format_set_bold(w->title);
    format_set_num_format(w->instant, "dd/mm/yyyy hh:mm");
    format_set_num_format(w->money, "\"$\"#,##0");
    titles_write(w);
    return w;
}

/* A text as a cell holds it: valid, not too long, and no formula. */
static void text_write(struct workbook *w, lxw_col_t column, const char *text, bool ours)
{
    struct buf guarded = { 0 };

    if (is_blank(text) || !utf8_valid(text, strlen(text)) || strlen(text) > TEXT_MOST)
        return;
    if (!ours && strchr("=+-@\t\r", *text) != NULL)
        buf_char(&guarded, '\'');
    buf_str(&guarded, text);
    worksheet_write_string(w->sheet, w->row, column, guarded.data, NULL);
    buf_free(&guarded);
}

/* Days since Excel's first, in the time of Colombia. */
static double excel_days(int64_t t)
{
    return (double)(t + BOGOTA_OFFSET) / DAY_SECONDS + EXCEL_EPOCH;
}

static void value_write(struct workbook *w, lxw_col_t column, const struct field *f, const void *object)
{
    const int64_t n = field_is_int(f) ? field_int(f, object) : 0;

    if (field_is_text(f))
        text_write(w, column, field_text(f, object), f->type == F_PHONE);
    else if (f->type == F_BOOL)
        text_write(w, column, n != 0 ? "sí" : "no", true);
    else if (f->type == F_INSTANT && n != 0)
        worksheet_write_number(w->sheet, w->row, column, excel_days(n), w->instant);
    else if (f->type != F_INSTANT && !field_is_none(f, object) && (f->type != F_ID || n != 0))
        worksheet_write_number(w->sheet, w->row, column, (double)n, f->type == F_MONEY ? w->money : NULL);
}

void workbook_row(struct workbook *w, const void *object)
{
    lxw_col_t column = 0;

    for (size_t i = 0; i < w->fields.count; i++)
        if (field_has_cell(&w->fields.rows[i]))
            value_write(w, column++, &w->fields.rows[i], object);
    w->row++;
}

/* libxlsxwriter calls it workbook_close. */
bool workbook_end(struct workbook *w)
{
    const lxw_error e = workbook_close(w->book);

    if (e != LXW_NO_ERROR)
        log_error("workbook", "error", lxw_strerror(e));
    return e == LXW_NO_ERROR;
}
