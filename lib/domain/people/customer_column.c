#include "domain/people/customer_column.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "base/util.h"

#define WORDS_MAX 12

const struct customer_column_row customer_columns[CUSTOMER_COLUMNS] = {
#define COLUMN(letter, member, words, most, titles) [COLUMN_##member] = { letter, words, most, titles },
#include "domain/people/customer_column.def"
#undef COLUMN
};

/* ---- titles ---- */

/* "Teléfono (1):" is "telefono 1"; *last: its last word, if that is a number, which is cut. */
static const char *title_fold(struct arena *a, const char *title, int *number)
{
    char *folded = utf8_fold(a, title), *words[WORDS_MAX];
    const char *out = "";
    size_t n;

    *number = 0;
    if (folded == NULL)
        return out;
    n = utf8_words(folded, words, WORDS_MAX);
    if (n > 1 && strlen(words[n - 1]) == 1 && isdigit((unsigned char)words[n - 1][0]))
        *number = words[--n][0] - '0';
    for (size_t i = 0; i < n; i++)
        out = i == 0 ? words[0] : arena_printf(a, "%s %s", out, words[i]);
    return out;
}

/* Whether a title stands in a list with bars between. */
static bool titles_have(const char *titles, const char *title)
{
    const size_t n = strlen(title);

    for (const char *p = titles; n > 0 && p != NULL; p = strchr(p, '|'), p = p != NULL ? p + 1 : NULL)
        if (strncmp(p, title, n) == 0 && (p[n] == '|' || p[n] == '\0'))
            return true;
    return false;
}

static char title_letter(struct arena *a, const char *title)
{
    int number;
    const char *folded = title_fold(a, title, &number);

    for (size_t i = 0; i < CUSTOMER_COLUMNS; i++)
        if (titles_have(customer_columns[i].titles, folded))
            return number > 1 && i == COLUMN_phone ? customer_columns[COLUMN_other_phones].letter : customer_columns[i].letter;
    return COLUMN_UNUSED;
}

char *customer_columns_find(struct arena *a, const char *const *titles, size_t n)
{
    char *letters = arena_alloc(a, n + 1);

    for (size_t i = 0; i < n; i++) {
        const char letter = title_letter(a, titles[i]);
        const bool seen = memchr(letters, letter, i) != NULL;

        if (seen && letter == customer_columns[COLUMN_phone].letter)
            letters[i] = customer_columns[COLUMN_other_phones].letter;
        else
            letters[i] = seen && letter != customer_columns[COLUMN_other_phones].letter ? COLUMN_UNUSED : letter;
    }
    return letters;
}

bool customer_columns_are_titles(const char *letters)
{
    size_t known = 0;

    for (const char *p = letters; *p != '\0'; p++)
        known += *p != COLUMN_UNUSED;
    return strchr(letters, customer_columns[COLUMN_name].letter) != NULL && known >= 2;
}

/* ---- cells ---- */

static const char *cell_trim(struct arena *a, const char *cell)
{
    const char *begin = cell + strspn(cell, " \t\n");
    size_t n = strlen(begin);

    while (n > 0 && strchr(" \t\n", begin[n - 1]) != NULL)
        n--;
    return n == 0 ? NULL : begin[n] == '\0' ? begin : arena_strndup(a, begin, n);
}

void customer_cells_read(struct arena *a, const char *letters, const char *const *cells, size_t n, struct customer_cells *out)
{
    *out = (struct customer_cells){ 0 };
    for (size_t i = 0; i < n && letters[i] != '\0'; i++) {
        const char *text = letters[i] == COLUMN_UNUSED ? NULL : cell_trim(a, cells[i]);

        for (size_t k = 0; text != NULL && k < CUSTOMER_COLUMNS; k++)
            if (customer_columns[k].letter == letters[i])
                out->v[k] = out->v[k] == NULL ? text : arena_printf(a, "%s\n%s", out->v[k], text);
    }
}

char *cells_join(struct arena *a, const char *const *cells, size_t n)
{
    struct buf b = { 0 };
    char *text;

    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(&b, CELL_BREAK);
        buf_str(&b, cells[i]);
    }
    text = arena_strdup(a, b.len > 0 ? b.data : "");
    buf_free(&b);
    return text;
}

const char **cells_split(struct arena *a, const char *text, size_t *n)
{
    char *rest = arena_strdup(a, text), *cell;
    static const char between[] = { CELL_BREAK, '\0' };
    const char **v = NULL;

    for (*n = 0; (cell = strsep(&rest, between)) != NULL; (*n)++) {
        v = arena_more(a, v, *n, sizeof *v);
        v[*n] = cell;
    }
    return v;
}
