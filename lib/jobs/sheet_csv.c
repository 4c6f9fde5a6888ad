/* CSV, in whatever way a program wrote it: first the bytes become UTF-8, then the text becomes rows. */
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "base/util.h"
#include "jobs/sheet_read.h"

#define LOOKED_AT 20             /* lines by which the separator is known */
#define GUESS_BYTES 4096         /* bytes by which UTF-16 without a mark is known */

/* ---- bytes to UTF-8 ---- */

static void character_add(struct buf *b, uint32_t c)
{
    if (c < 0x80)
        buf_char(b, (char)c);
    else if (c < 0x800) {
        buf_char(b, (char)(0xc0 | c >> 6));
        buf_char(b, (char)(0x80 | (c & 0x3f)));
    } else if (c < 0x10000) {
        buf_char(b, (char)(0xe0 | c >> 12));
        buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_char(b, (char)(0x80 | (c & 0x3f)));
    } else {
        buf_char(b, (char)(0xf0 | c >> 18));
        buf_char(b, (char)(0x80 | (c >> 12 & 0x3f)));
        buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
        buf_char(b, (char)(0x80 | (c & 0x3f)));
    }
}

/* A character 0 would end the text early. */
static void character_add_seen(struct buf *b, uint32_t c)
{
    character_add(b, c == 0 || (c >= 0xd800 && c < 0xe000) ? 0xfffd : c);
}

static uint32_t unit_at(const unsigned char *s, bool little)
{
    return little ? s[0] | (uint32_t)s[1] << 8 : s[1] | (uint32_t)s[0] << 8;
}

static void from_utf16(struct buf *out, const char *data, size_t n, bool little)
{
    const unsigned char *s = (const unsigned char *)data;

    for (size_t i = 0; i + 1 < n; i += 2) {
        uint32_t c = unit_at(s + i, little);

        if (c >= 0xd800 && c < 0xdc00 && i + 3 < n) {
            const uint32_t low = unit_at(s + i + 2, little);

            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        if (i > 0 || c != 0xfeff)
            character_add_seen(out, c);
    }
}

/* Windows-1252 where it differs from Latin-1; what it does not use is no character. */
static const uint16_t windows[32] = {
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd,
    0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
    0x0153, 0xfffd, 0x017e, 0x0178,
};

static void from_windows(struct buf *out, const char *data, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)data[i];

        character_add_seen(out, c >= 0x80 && c < 0xa0 ? windows[c - 0x80] : c);
    }
}

static void from_utf8(struct buf *out, const char *data, size_t n)
{
    uint32_t c;

    for (size_t i = 0, len; i < n; i += len > 0 ? len : 1) {
        len = utf8_decode(data + i, n - i, &c);
        character_add_seen(out, len == 0 ? 0 : c);
    }
}

/* Whether the bytes are UTF-8 but for a few: of what is above ASCII most are whole characters. */
static bool mostly_utf8(const char *data, size_t n)
{
    size_t good = 0, bad = 0;
    uint32_t c;

    for (size_t i = 0, len; i < n; i += len > 0 ? len : 1) {
        len = utf8_decode(data + i, n - i, &c);
        good += len > 1;
        bad += len == 0;
    }
    return bad == 0 || good > 3 * bad;
}

/* UTF-16 without a mark: every other byte of what we write is 0.  0: it is not; 1: the first byte is the high one; 2: the
 * second is. */
static int guess_utf16(const char *data, size_t n)
{
    size_t zeros[2] = { 0, 0 };

    n = n < GUESS_BYTES ? n : GUESS_BYTES;
    for (size_t i = 0; i < n; i++)
        zeros[i & 1] += data[i] == '\0';
    if (zeros[1] > n / 5 && zeros[0] < n / 20)
        return 2;
    return zeros[0] > n / 5 && zeros[1] < n / 20 ? 1 : 0;
}

static const char *text_of(struct buf *out, const char *data, size_t n)
{
    const int guess = guess_utf16(data, n);

    if (n >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0)) {
        from_utf16(out, data, n, data[0] == '\xff');
        return "CSV · UTF-16";
    }
    if (guess != 0) {
        from_utf16(out, data, n, guess == 2);
        return "CSV · UTF-16";
    }
    if (n >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0) {
        from_utf8(out, data + 3, n - 3);
        return "CSV · UTF-8";
    }
    if (mostly_utf8(data, n)) {
        from_utf8(out, data, n);
        return "CSV · UTF-8";
    }
    from_windows(out, data, n);
    return "CSV · Windows-1252";
}

/* ---- the separator ---- */

static const char separators[] = ";,\t|";

/* Counts a separator outside of quotes in the lines of a text's beginning: how many lines have as many as most lines
 * that have any, and how many that is. */
static void separator_weigh(const char *text, char separator, size_t *lines, size_t *each)
{
    size_t counts[LOOKED_AT] = { 0 }, n = 0;
    bool quoted = false;

    for (const char *p = text; *p != '\0' && n < LOOKED_AT; p++) {
        quoted = quoted != (*p == '"');
        if (*p == '\n' && !quoted)
            n++;
        else if (*p == separator && !quoted)
            counts[n]++;
    }
    *lines = *each = 0;
    for (size_t i = 0; i < LOOKED_AT; i++) {
        size_t same = 0;

        for (size_t k = 0; k < LOOKED_AT; k++)
            same += counts[k] == counts[i];
        if (counts[i] > 0 && (same > *lines || (same == *lines && counts[i] > *each))) {
            *lines = same;
            *each = counts[i];
        }
    }
}

static char separator_find(const char *text)
{
    char best = ';';
    size_t most = 0, many = 0;

    for (const char *p = separators; *p != '\0'; p++) {
        size_t lines, each;

        separator_weigh(text, *p, &lines, &each);
        if (lines > most || (lines == most && each > many)) {
            best = *p;
            most = lines;
            many = each;
        }
    }
    return best;
}

/* ---- text to rows ---- */

struct reading {
    char *at;                    /* the rest of the text, in which cells are ended in place */
    char separator;
    struct sheet_giving give;
};

/* Ends the line at p: "\r\n", "\n" or "\r". */
static char *line_end(char *p)
{
    const bool both = p[0] == '\r' && p[1] == '\n';

    if (*p == '\0')
        return p;
    *p = '\0';
    return p + (both ? 2 : 1);
}

/* The end of a quoted cell, whose text is moved to `to`; NULL when its quotes are not closed. */
static char *quoted_read(char *p, char *to, char separator)
{
    const char *begin = p;

    for (;; p++) {
        if (*p == '\0' || p - begin > SHEET_CELL)
            return NULL;
        if (*p != '"')
            *to++ = *p;
        else if (p[1] == '"')
            *to++ = *p++;
        else
            break;
    }
    for (p++; *p != '\0' && *p != separator && *p != '\r' && *p != '\n'; p++)
        *to++ = *p;
    if (p != to)                 /* else the end of the text stands there, or what ends the cell */
        *to = '\0';
    return p;
}

/* Whether the quotes of the record at p are closed, before anything in it is moved. */
static bool record_is_closed(const char *p, char separator)
{
    for (bool begins = true; *p != '\0' && *p != '\r' && *p != '\n'; p++) {
        const char *begin = p;

        if (begins && *p == '"') {
            for (p++; *p != '\0' && p - begin <= SHEET_CELL && (*p != '"' || p[1] == '"'); p++)
                p += *p == '"';
            if (*p != '"')
                return false;
            begins = false;
            continue;
        }
        begins = *p == separator;
    }
    return true;
}

/* Cuts the record at r->at into cells, and goes behind it.  quotes: they are read as RFC 4180 says; else they are
 * letters, and the record ends with its line. */
static void record_read(struct reading *r, bool quotes, struct sheet_row *row)
{
    char *p = r->at;

    for (;;) {
        char *cell = p, *end = quotes && *p == '"' ? quoted_read(p + 1, p, r->separator) : NULL;
        char ended;

        if (end == NULL)
            end = p + strcspn(p, r->separator == ';' ? ";\r\n" : r->separator == ',' ? ",\r\n"
                              : r->separator == '\t' ? "\t\r\n" : "|\r\n");
        ended = *end;
        if (row->n < SHEET_COLUMNS)
            row->v[row->n++] = cell;
        if (ended != r->separator) {
            r->at = line_end(end);
            return;
        }
        *end = '\0';
        p = end + 1;
    }
}

static const char *rows_read(struct reading *r)
{
    const char *cells[SHEET_COLUMNS];
    struct arena *a = r->give.a;

    for (int64_t line = 1; *r->at != '\0'; line++) {
        struct sheet_row row = { .line = line, .v = cells };
        const bool closed = record_is_closed(r->at, r->separator);

        record_read(r, closed, &row);
        if (!closed)
            row.fault = "Una celda abre comillas y no las cierra.";
        if (!sheet_give(&r->give, &row))
            return SHEET_MANY;
        arena_reset(a);
    }
    return NULL;
}

/* Excel's own first line says the separator: "sep=;". */
static char *separator_said(char *text, char *separator)
{
    if (strncmp(text, "sep=", 4) != 0 || text[4] == '\0' || strchr(separators, text[4]) == NULL
        || (text[5] != '\r' && text[5] != '\n'))
        return text;
    *separator = text[4];
    return line_end(text + 5);
}

const char *sheet_read_csv(struct arena *a, const char *data, size_t n, const struct sheet_taker *to)
{
    struct buf text = { 0 };
    struct reading r = { .give = { .to = to, .a = arena_new() } };
    const char *kind = text_of(&text, data, n), *why;

    if (text.len == 0)
        buf_str(&text, "");
    r.at = text.data != NULL ? text.data : arena_strdup(a, "");
    r.separator = separator_find(r.at);
    r.at = separator_said(r.at, &r.separator);
    to->kind(to->arg, kind);
    why = rows_read(&r);
    if (why == NULL && r.give.given == 0)
        why = "El archivo no tiene filas.";
    arena_free(r.give.a);
    buf_free(&text);
    return why;
}
