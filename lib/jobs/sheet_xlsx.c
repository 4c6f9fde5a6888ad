/* XLSX: a zip (minizip) of XML (expat).  What is read of it: which sheet is the first that is shown, its cells, the texts
 * that cells share, and cells that were merged downwards, each of whose rows has the text.  Numbers are written out as
 * digits: a phone that Excel shows as 3.00555E+09 is stored whole.  Formulas are never computed: their last value
 * stands there. */
#include <expat.h>
#include <minizip/unzip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/util.h"
#include "jobs/sheet_read.h"

#define ENTRIES 1000             /* files in the zip (security.md 41) */
#define RATIO 100                /* times that they may be larger unpacked */
#define MERGES 10000             /* merged cells that are looked at */
#define NAME_BYTES 512

#define DAMAGED "El archivo de Excel está dañado. Ábralo y guárdelo otra vez como .xlsx, o como CSV."
#define BOMB "El archivo de Excel es demasiado grande por dentro. Guárdelo como CSV."
#define LOCKED "El archivo de Excel tiene contraseña. Quítesela, o guárdelo como CSV."

/* ---- the zip, which lies in memory ---- */

struct memory { const char *data; size_t n, at; };

static voidpf memory_open(voidpf opaque, const void *name UNUSED, int mode UNUSED)
{
    return opaque;
}

static uLong memory_read(voidpf opaque UNUSED, voidpf stream, void *to, uLong n)
{
    struct memory *m = stream;
    const size_t left = m->n - m->at, got = n < left ? n : left;

    memcpy(to, m->data + m->at, got);
    m->at += got;
    return (uLong)got;
}

static uLong memory_write(voidpf opaque UNUSED, voidpf stream UNUSED, const void *from UNUSED, uLong n UNUSED)
{
    return 0;
}

static ZPOS64_T memory_tell(voidpf opaque UNUSED, voidpf stream)
{
    return ((struct memory *)stream)->at;
}

static long memory_seek(voidpf opaque UNUSED, voidpf stream, ZPOS64_T offset, int origin)
{
    struct memory *m = stream;
    const size_t base = origin == ZLIB_FILEFUNC_SEEK_CUR ? m->at : origin == ZLIB_FILEFUNC_SEEK_END ? m->n : 0;

    if (offset > m->n || base + offset > m->n)
        return -1;
    m->at = base + (size_t)offset;
    return 0;
}

static int memory_close(voidpf opaque UNUSED, voidpf stream UNUSED)
{
    return 0;
}

static int memory_error(voidpf opaque UNUSED, voidpf stream UNUSED)
{
    return 0;
}

static unzFile zip_open(struct memory *m)
{
    zlib_filefunc64_def f = { memory_open, memory_read, memory_write, memory_tell, memory_seek, memory_close, memory_error, m };

    return unzOpen2_64("", &f);
}

/* The name of a part of an XLSX, and not a way to another folder, or another zip. */
static bool name_is_right(const char *name)
{
    const size_t n = strlen(name);

    return *name != '/' && strchr(name, '\\') == NULL && strstr(name, "..") == NULL
        && !(n > 4 && (streq(name + n - 4, ".zip") || streq(name + n - 5, ".xlsx")));
}

/* Looks at the list of files before any is unpacked. */
static const char *zip_check(unzFile zip, size_t packed)
{
    uint64_t unpacked = 0;
    int entries = 0;

    for (int at = unzGoToFirstFile(zip); at != UNZ_END_OF_LIST_OF_FILE; at = unzGoToNextFile(zip)) {
        char name[NAME_BYTES];
        unz_file_info64 info;

        if (at != UNZ_OK || unzGetCurrentFileInfo64(zip, &info, name, sizeof name - 1, NULL, 0, NULL, 0) != UNZ_OK)
            return DAMAGED;
        name[sizeof name - 1] = '\0';
        if (info.flag & 1)
            return LOCKED;
        if (!name_is_right(name) || (info.compression_method != 0 && info.compression_method != 8))
            return DAMAGED;
        unpacked += info.uncompressed_size;
        if (++entries > ENTRIES || info.uncompressed_size > SHEET_UNPACKED || unpacked > SHEET_UNPACKED)
            return BOMB;
    }
    return unpacked / RATIO > packed ? BOMB : NULL;
}

/* The bytes of a part, from the arena; NULL when it is not there or damaged.  minizip gives no more than the list has
 * said, which zip_check has looked at. */
static const char *part_read(struct arena *a, unzFile zip, const char *name, size_t *n)
{
    unz_file_info64 info;
    char *data;
    size_t at = 0;
    int got = 0;

    if (unzLocateFile(zip, name, 2) != UNZ_OK || unzGetCurrentFileInfo64(zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK
        || unzOpenCurrentFile(zip) != UNZ_OK)
        return NULL;
    data = arena_alloc(a, (size_t)info.uncompressed_size + 1);
    while (at < info.uncompressed_size && (got = unzReadCurrentFile(zip, data + at, (unsigned)(info.uncompressed_size - at))) > 0)
        at += (size_t)got;
    *n = at;
    return unzCloseCurrentFile(zip) == UNZ_OK && got >= 0 && at == info.uncompressed_size ? data : NULL;
}

/* ---- XML ---- */

/* The name of an element or attribute without its prefix. */
static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon != NULL ? colon + 1 : name;
}

static const char *attribute(const char **all, const char *name)
{
    for (; all[0] != NULL; all += 2)
        if (streq(local_name(all[0]), name))
            return all[1];
    return NULL;
}

/* An XLSX has no document type, whose entities would grow. */
static void doctype_refuse(void *arg, const char *name UNUSED, const char *system UNUSED, const char *public UNUSED,
                           int internal UNUSED)
{
    XML_StopParser(*(XML_Parser *)arg, XML_FALSE);
}

/* Parses a part.  `arg` begins with the parser, so that a handler can stop it. */
static bool xml_parse(const char *data, size_t n, XML_StartElementHandler begin, XML_EndElementHandler end,
                      XML_CharacterDataHandler text, XML_Parser *arg)
{
    const size_t piece = 1u << 20;
    bool ok = true;

    *arg = XML_ParserCreate(NULL);
    if (*arg == NULL)
        return false;
    XML_SetUserData(*arg, arg);
    XML_SetElementHandler(*arg, begin, end);
    XML_SetCharacterDataHandler(*arg, text);
    XML_SetStartDoctypeDeclHandler(*arg, doctype_refuse);
    for (size_t at = 0; ok && at <= n; at += piece) {
        const size_t left = n - at, now = left < piece ? left : piece;

        ok = XML_Parse(*arg, data + at, (int)now, now < piece) == XML_STATUS_OK;
        if (now < piece)
            break;
    }
    XML_ParserFree(*arg);
    return ok;
}

/* ---- which sheet, and where it lies ---- */

struct book {
    XML_Parser parser;
    struct arena *a;
    const char *sheet, *id;      /* its name, and its number among the relations */
    const char *path, *strings;  /* parts */
};

static void sheet_begin(void *arg, const char *name, const char **all)
{
    struct book *b = arg;
    const char *state = attribute(all, "state");

    if (!streq(local_name(name), "sheet") || b->id != NULL || (state != NULL && !streq(state, "visible")))
        return;
    for (const char **at = all; at[0] != NULL; at += 2)
        if (strchr(at[0], ':') != NULL && streq(local_name(at[0]), "id"))
            b->id = arena_strdup(b->a, at[1]);
    b->sheet = arena_strdup(b->a, attribute(all, "name"));
}

static const char *part_path(struct arena *a, const char *target)
{
    return *target == '/' ? arena_strdup(a, target + 1) : arena_printf(a, "xl/%s", target);
}

static void relation_begin(void *arg, const char *name, const char **all)
{
    struct book *b = arg;
    const char *id = attribute(all, "Id"), *type = attribute(all, "Type"), *target = attribute(all, "Target");

    if (!streq(local_name(name), "Relationship") || id == NULL || target == NULL || type == NULL)
        return;
    if (text_is(b->id, id))
        b->path = part_path(b->a, target);
    if (strstr(type, "/sharedStrings") != NULL)
        b->strings = part_path(b->a, target);
}

static const char *book_read(struct book *b, unzFile zip)
{
    size_t n;
    const char *part = part_read(b->a, zip, "xl/workbook.xml", &n);

    if (part == NULL || !xml_parse(part, n, sheet_begin, NULL, NULL, &b->parser) || b->id == NULL)
        return DAMAGED;
    part = part_read(b->a, zip, "xl/_rels/workbook.xml.rels", &n);
    if (part == NULL || !xml_parse(part, n, relation_begin, NULL, NULL, &b->parser) || b->path == NULL)
        return DAMAGED;
    return NULL;
}

/* ---- texts that cells share ---- */

struct strings {
    XML_Parser parser;
    struct arena *a;
    struct buf text;             /* all of them, each ended by NUL */
    size_t *at, n;               /* where each begins */
    bool in_text;
    int spoken;                  /* inside how a word is spoken (rPh), which is no part of the text */
};

static void string_begin(void *arg, const char *name, const char **all UNUSED)
{
    struct strings *s = arg;
    const char *local = local_name(name);

    if (streq(local, "si")) {
        s->at = arena_more(s->a, s->at, s->n, sizeof *s->at);
        s->at[s->n++] = s->text.len;
    }
    s->spoken += streq(local, "rPh");
    s->in_text = streq(local, "t") && s->spoken == 0;
}

static void string_end(void *arg, const char *name)
{
    struct strings *s = arg;

    s->in_text = false;
    s->spoken -= streq(local_name(name), "rPh");
    if (streq(local_name(name), "si"))
        buf_char(&s->text, '\0');
}

static void string_text(void *arg, const char *text, int n)
{
    struct strings *s = arg;

    if (s->in_text)
        buf_add(&s->text, text, (size_t)n);
}

/* ---- the cells ---- */

struct merge { int64_t first, last, column; };

struct table {
    XML_Parser parser;
    struct arena *a;             /* the merge of the whole sheet */
    const struct strings *strings;
    struct merge *merges;        /* downwards, by their first row */
    size_t merges_n, merges_at;
    struct { int64_t last; const char *text; } below[SHEET_COLUMNS];     /* the value that each column's merge has */
    struct sheet_giving give;    /* its arena is a row's */
    const char *cells[SHEET_COLUMNS];
    int64_t line;
    size_t n, column;
    char type[12];               /* the type of the cell: s, n, str, inlineStr, b, e */
    struct buf value;
    bool in_row, in_value, many;
};

/* The column of a cell's name: 0 of "A5", 27 of "AB5"; `after` when it has none. */
static size_t column_of(const char *ref, size_t after)
{
    size_t column = 0;

    if (ref == NULL || *ref < 'A' || *ref > 'Z')
        return after;
    for (; *ref >= 'A' && *ref <= 'Z' && column < 20000; ref++)
        column = column * 26 + (size_t)(*ref - 'A') + 1;
    return column - 1;
}

static int64_t line_of(const char *ref)
{
    int64_t line = 0;

    ref += strspn(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    for (; *ref >= '0' && *ref <= '9' && line < 10000000; ref++)
        line = line * 10 + (*ref - '0');
    return line;
}

/* A number as digits: what Excel stores as 3.005550014E9 is 3005550014. */
static const char *number_words(struct arena *a, const char *text)
{
    char *end;
    double x;

    if (text[strspn(text, "0123456789")] == '\0')
        return arena_strdup(a, text);
    x = strtod(text, &end);
    if (end == text || *end != '\0')
        return arena_strdup(a, text);
    return x > -1e15 && x < 1e15 && x == (double)(int64_t)x ? arena_printf(a, "%lld", (long long)x)
        : arena_printf(a, "%.15g", x);
}

static const char *cell_words(struct table *t)
{
    const char *text = t->value.len > 0 ? t->value.data : "";
    struct arena *a = t->give.a;
    int64_t i;

    if (streq(t->type, "s"))
        return parse_int(text, &i) && i >= 0 && (size_t)i < t->strings->n ? t->strings->text.data + t->strings->at[i] : "";
    if (streq(t->type, "b"))
        return streq(text, "1") ? "sí" : "no";
    if (streq(t->type, "n"))
        return number_words(a, text);
    return arena_strdup(a, text);
}

static void row_begin(struct table *t, const char **all)
{
    const char *r = attribute(all, "r");
    int64_t line;

    t->line = r != NULL && parse_int(r, &line) && line > t->line ? line : t->line + 1;
    t->in_row = true;
    t->n = t->column = 0;
    arena_reset(t->give.a);
}

/* Gives the row's cells that were merged with one above their text. */
static void row_merged(struct table *t)
{
    for (; t->merges_at < t->merges_n && t->merges[t->merges_at].first <= t->line; t->merges_at++) {
        const struct merge *m = &t->merges[t->merges_at];

        if (m->first < t->line || (size_t)m->column >= t->n)
            continue;
        t->below[m->column].last = m->last;
        t->below[m->column].text = arena_strdup(t->a, t->cells[m->column]);
    }
    for (size_t i = 0; i < SHEET_COLUMNS; i++) {
        if (t->below[i].last < t->line || t->below[i].text == NULL)
            continue;
        for (; t->n <= i; t->n++)
            t->cells[t->n] = "";
        if (*t->cells[i] == '\0')
            t->cells[i] = t->below[i].text;
    }
}

static void row_end(struct table *t)
{
    struct sheet_row row = { .line = t->line, .v = t->cells };

    t->in_row = false;
    row_merged(t);
    row.n = t->n;
    if (sheet_give(&t->give, &row))
        return;
    t->many = true;
    XML_StopParser(t->parser, XML_FALSE);
}

static void cell_begin(void *arg, const char *name, const char **all)
{
    struct table *t = arg;
    const char *local = local_name(name), *type;

    if (streq(local, "row"))
        row_begin(t, all);
    if (t->in_row && streq(local, "c")) {
        type = attribute(all, "t");
        snprintf(t->type, sizeof t->type, "%s", type != NULL ? type : "n");
        t->column = column_of(attribute(all, "r"), t->column);
        buf_reset(&t->value);
        if (t->value.data != NULL)
            t->value.data[0] = '\0';
    }
    t->in_value = t->in_row && (streq(local, "v") || streq(local, "t"));
}

static void cell_end(void *arg, const char *name)
{
    struct table *t = arg;
    const char *local = local_name(name);

    t->in_value = false;
    if (streq(local, "row"))
        row_end(t);
    if (!t->in_row || !streq(local, "c"))
        return;
    if (t->column < SHEET_COLUMNS && t->column >= t->n) {
        for (; t->n < t->column; t->n++)
            t->cells[t->n] = "";
        t->cells[t->n++] = cell_words(t);
    }
    t->column++;
}

static void cell_text(void *arg, const char *text, int n)
{
    struct table *t = arg;

    if (t->in_value && t->value.len <= SHEET_CELL)
        buf_add(&t->value, text, (size_t)n);
}

/* ---- merged cells, which stand behind the rows ---- */

static void merge_begin(void *arg, const char *name, const char **all)
{
    struct table *t = arg;
    const char *ref = attribute(all, "ref"), *colon = ref != NULL ? strchr(ref, ':') : NULL;
    struct merge m;

    if (!streq(local_name(name), "mergeCell") || colon == NULL || t->merges_n == MERGES)
        return;
    m = (struct merge){ line_of(ref), line_of(colon + 1), (int64_t)column_of(ref, SHEET_COLUMNS) };
    if (m.last <= m.first || m.column >= SHEET_COLUMNS)
        return;
    t->merges = arena_more(t->a, t->merges, t->merges_n, sizeof *t->merges);
    t->merges[t->merges_n++] = m;
}

static int merge_order(const void *x, const void *y)
{
    const struct merge *a = x, *b = y;

    return a->first < b->first ? -1 : a->first > b->first;
}

static const char *table_read(struct table *t, const char *part, size_t n)
{
    if (memmem(part, n, "mergeCell", strlen("mergeCell")) != NULL) {
        if (!xml_parse(part, n, merge_begin, NULL, NULL, &t->parser))
            return DAMAGED;
        if (t->merges_n > 0)
            qsort(t->merges, t->merges_n, sizeof *t->merges, merge_order);
    }
    if (!xml_parse(part, n, cell_begin, cell_end, cell_text, &t->parser))
        return t->many ? SHEET_MANY : DAMAGED;
    return t->give.given == 0 ? "La primera hoja del archivo no tiene filas." : NULL;
}

static const char *book_table(struct arena *a, unzFile zip, const struct book *b, const struct sheet_taker *to)
{
    struct strings *s = arena_alloc(a, sizeof *s);
    struct table *t = arena_alloc(a, sizeof *t);
    const char *part, *why = NULL;
    size_t n;

    s->a = t->a = a;
    if (b->strings != NULL && ((part = part_read(a, zip, b->strings, &n)) == NULL
                               || !xml_parse(part, n, string_begin, string_end, string_text, &s->parser)))
        why = DAMAGED;
    buf_char(&s->text, '\0');
    if (why == NULL && (part = part_read(a, zip, b->path, &n)) == NULL)
        why = DAMAGED;
    t->strings = s;
    t->give = (struct sheet_giving){ .to = to, .a = arena_new() };
    if (why == NULL)
        why = table_read(t, part, n);
    arena_free(t->give.a);
    buf_free(&t->value);
    buf_free(&s->text);
    return why;
}

const char *sheet_read_xlsx(struct arena *a, const char *data, size_t n, const struct sheet_taker *to)
{
    struct memory m = { data, n, 0 };
    unzFile zip = zip_open(&m);
    struct book b = { .a = a };
    const char *why = zip == NULL ? DAMAGED : zip_check(zip, n);

    if (why == NULL)
        why = book_read(&b, zip);
    if (why == NULL) {
        to->kind(to->arg, arena_printf(a, "XLSX · hoja «%s»", b.sheet != NULL ? b.sheet : "1"));
        why = book_table(a, zip, &b, to);
    }
    if (zip != NULL)
        unzClose(zip);
    return why;
}
