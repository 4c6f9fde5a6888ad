#include "jobs/sheet_read.h"

#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "base/util.h"

#define NO_CHARACTER "\xEF\xBF\xBD"      /* U+FFFD */

/* ---- a row ---- */

static bool is_plain(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (((unsigned char)text[i] < 0x20 && text[i] != '\t' && text[i] != '\n') || text[i] == 0x7f)
            return false;
    return utf8_valid(text, n);
}

/* The text as struct sheet_row wants it; cut behind SHEET_CELL bytes, at a character's end. */
static const char *text_clean(struct arena *a, const char *text, const char **fault)
{
    const size_t n = strnlen(text, SHEET_CELL + 1);
    struct buf out = { 0 };
    const char *clean;
    uint32_t cp;

    if (n <= SHEET_CELL && is_plain(text, n))
        return text;
    if (n > SHEET_CELL)
        *fault = "Una celda de esta fila es demasiado larga.";
    for (size_t i = 0, len; i < n && out.len + 4 < SHEET_CELL; i += len > 0 ? len : 1) {
        len = utf8_decode(text + i, n - i, &cp);
        if (len == 0 || (cp < 0x20 && cp != '\t' && cp != '\n') || (cp >= 0x7f && cp < 0xa0))
            buf_str(&out, text[i] == '\r' ? "" : NO_CHARACTER);
        else
            buf_add(&out, text + i, len);
    }
    clean = arena_strdup(a, out.len > 0 ? out.data : "");
    buf_free(&out);
    return clean;
}

bool sheet_give(struct sheet_giving *g, struct sheet_row *row)
{
    bool blank = true;

    for (size_t i = 0; i < row->n; i++) {
        row->v[i] = text_clean(g->a, row->v[i], &row->fault);
        blank = blank && row->v[i][strspn(row->v[i], " \t\n")] == '\0';
    }
    if (blank)
        return true;
    if (g->given++ == SHEET_ROWS)
        return false;
    g->to->row(g->to->arg, row);
    return true;
}

/* ---- what the file is ---- */

#define WORDS_OF_FILE(bytes, why) { bytes, sizeof(bytes) - 1, why }
static const struct { const char *bytes; size_t n; const char *why; } others[] = {
    WORDS_OF_FILE("\xD0\xCF\x11\xE0", "Es un Excel antiguo (.xls). Ábralo y guárdelo como .xlsx o como CSV."),
    WORDS_OF_FILE("%PDF", "Es un PDF. Envíe la hoja de cálculo: .xlsx o CSV."),
    WORDS_OF_FILE("\x89PNG", "Es una imagen. Envíe la hoja de cálculo: .xlsx o CSV."),
    WORDS_OF_FILE("\xFF\xD8\xFF", "Es una imagen. Envíe la hoja de cálculo: .xlsx o CSV."),
    WORDS_OF_FILE("Rar!", "Es un archivo comprimido. Envíe la hoja de cálculo: .xlsx o CSV."),
    WORDS_OF_FILE("7z\xBC\xAF", "Es un archivo comprimido. Envíe la hoja de cálculo: .xlsx o CSV."),
    WORDS_OF_FILE("\x1F\x8B", "Es un archivo comprimido. Envíe la hoja de cálculo: .xlsx o CSV."),
};

const char *sheet_read(struct arena *a, const char *data, size_t n, const struct sheet_taker *to)
{
    if (n == 0)
        return "El archivo está vacío.";
    for (size_t i = 0; i < COUNT(others); i++)
        if (n >= others[i].n && memcmp(data, others[i].bytes, others[i].n) == 0)
            return others[i].why;
    if (n >= 4 && memcmp(data, "PK\3\4", 4) == 0)
        return sheet_read_xlsx(a, data, n, to);
    return sheet_read_csv(a, data, n, to);
}
