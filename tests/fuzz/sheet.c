/* Spreadsheets: CSV of any letters and separators, and XLSX.  Rows have growing numbers and texts that are valid UTF-8
 * without control characters; what is no spreadsheet has a sentence. */
#include "base/utf8.h"
#include "jobs/sheet_read.h"
#include "tests/fuzz/fuzz.h"

struct seen { int64_t line, rows; int kinds; };

static void kind_seen(void *arg, const char *words)
{
    struct seen *s = arg;

    assert(*words != '\0' && s->rows == 0);
    s->kinds++;
}

static void row_seen(void *arg, const struct sheet_row *row)
{
    struct seen *s = arg;

    assert(s->kinds == 1 && row->line > s->line && row->n <= SHEET_COLUMNS);
    s->line = row->line;
    s->rows++;
    for (size_t i = 0; i < row->n; i++)
        assert(strlen(row->v[i]) <= SHEET_CELL && utf8_valid(row->v[i], strlen(row->v[i])) && strchr(row->v[i], '\x1f') == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct seen s = { 0 };
    const struct sheet_taker taker = { kind_seen, row_seen, &s };
    const char *why = sheet_read(a, (const char *)data, size, &taker);

    assert(why != NULL ? *why != '\0' : s.rows > 0);
    arena_free(a);
    return 0;
}
