#include "http/value.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "http/multipart.h"
#include "http/octets.h"
#include "http/texts.h"
#include "local/money.h"

void value_add(struct arena *a, struct values *to, struct value v)
{
    if (to->n == to->cap) {
        size_t cap = to->cap == 0 ? 2 : to->cap * 2;
        struct value *grown = arena_alloc(a, cap * sizeof(*grown));

        if (to->n > 0)
            memcpy(grown, to->v, to->n * sizeof(*grown));
        to->v = grown;
        to->cap = cap;
    }
    to->v[to->n++] = v;
}

/* Setter of a kind: checks a value and stores it at `to`; false when it is wrong: c->fault says why. */
typedef bool setter(struct ctx *c, const struct param *row, const struct value *v, void *to);

static bool value_refuse(struct ctx *c, const struct param *row, const struct text *t)
{
    ctx_invalid(c, row->name, t, NULL);
    return false;
}

static bool refuse_n(struct ctx *c, const struct param *row, const struct text *t, int64_t n)
{
    ctx_invalid(c, row->name, t, arena_strdup(c->a, NUM(n)), NULL);
    return false;
}

static bool refuse_range(struct ctx *c, const struct param *row)
{
    ctx_invalid(c, row->name, T_NOT_NUMBER, arena_strdup(c->a, NUM(row->min)),
                arena_strdup(c->a, NUM(row->max)), NULL);
    return false;
}

/* Copy of s without blanks and line ends at its ends, which pasting often adds. */
static char *value_strip(struct arena *a, const char *s)
{
    static const char ends[] = " \t\r\n";
    size_t n;

    s += strspn(s, ends);
    n = strlen(s);
    while (n > 0 && strchr(ends, s[n - 1]) != NULL)
        n--;
    return arena_strndup(a, s, n);
}

/* Changes \r\n and \r to \n, in place. */
static void join_lines(char *s)
{
    char *out = s;

    for (; *s != '\0'; s++) {
        if (*s != '\r')
            *out++ = *s;
        else if (s[1] != '\n')
            *out++ = '\n';
    }
    *out = '\0';
}

static bool is_lines(const struct param *row)
{
    return row->type == P_LONG || row->type == P_LINES;
}

/* Copy of s whose control characters, alone or several, are a tab: they stand between two readings, or between
 * the parts of one (GS1). */
static char *readings_separate(struct arena *a, const char *s)
{
    char *out = arena_strdup(a, s), *to = out;

    for (; *s != '\0'; s++) {
        const bool control = (unsigned char)*s < 0x20 || *s == 0x7f;

        if (!control)
            *to++ = *s;
        else if (to == out || to[-1] != '\t')
            *to++ = '\t';
    }
    *to = '\0';
    return out;
}

/* Whether a text has letters, digits and marks of ASCII only, as tokens and codes have: nothing in it is cleaned. */
static bool is_plain(const char *s)
{
    while (*s > ' ' && *s < 0x7f)
        s++;
    return *s == '\0';
}

/* The text without what nobody sees or means; NULL when it is no text. */
static const char *text_cleaned(struct ctx *c, const struct param *row, const char *s)
{
    if (row->type == P_TEXT && is_plain(s))
        return s;
    if (row->type == P_SCAN)
        s = readings_separate(c->a, s);
    if (row->type == P_TEXT || row->type == P_SCAN || row->type == P_LINES)
        s = utf8_visible(c->a, s);
    if (row->type != P_RAW)
        s = value_strip(c->a, s);
    if (!utf8_clean(s, is_lines(row) || row->type == P_SCAN))
        return NULL;
    if (row->type == P_TEXT) {
        s = utf8_trim(c->a, s);
    } else if (is_lines(row)) {
        char *lines = arena_strdup(c->a, s);

        join_lines(lines);
        s = lines;
    }
    return s;
}

static bool set_text(struct ctx *c, const struct param *row, const struct value *v, void *to)
{
    const char *s;
    size_t n;

    if (v->kind != V_FORM && v->kind != V_TEXT)
        return value_refuse(c, row, T_NOT_TEXT);
    s = strlen(v->s) == v->len ? text_cleaned(c, row, v->s) : NULL;
    if (s == NULL)
        return value_refuse(c, row, T_NOT_UTF8);
    if (*s == '\0' && !(row->flags & PARAM_BLANK))
        return row->flags & PARAM_REQUIRED ? value_refuse(c, row, T_REQUIRED) : true;
    n = utf8_length(s);
    if (row->min > 0 && n < (uint64_t)row->min)
        return refuse_n(c, row, T_TOO_SHORT, row->min);
    if (row->max > 0 && n > (uint64_t)row->max)
        return refuse_n(c, row, T_TOO_LONG, row->max);
    *(const char **)to = s;
    return true;
}

/* Text of a number from a form, without blanks at its ends and invisible marks; NULL when the value is not from a
 * form or holds NUL. */
static char *form_word(struct ctx *c, const struct value *v)
{
    return v->kind == V_FORM && strlen(v->s) == v->len ? value_strip(c->a, utf8_visible(c->a, v->s)) : NULL;
}

static bool get_int(struct ctx *c, const struct value *v, int64_t *n)
{
    const char *s;

    if (v->kind == V_INT) {
        *n = v->n;
        return true;
    }
    s = form_word(c, v);
    return s != NULL && parse_int(s, n);
}

static bool set_int(struct ctx *c, const struct param *row, const struct value *v, void *to)
{
    int64_t n;

    if (!get_int(c, v, &n) || n < row->min || n > row->max)
        return refuse_range(c, row);
    *(int64_t *)to = n;
    return true;
}

static bool set_id(struct ctx *c, const struct param *row, const struct value *v, void *to)
{
    int64_t n;

    if (!get_int(c, v, &n) || n < 1)
        return value_refuse(c, row, T_NOT_ID);
    *(int64_t *)to = n;
    return true;
}

static bool set_money(struct ctx *c, const struct param *row, const struct value *v, void *to)
{
    const char *s = form_word(c, v);
    int64_t n = v->n;

    if (v->kind != V_INT && (s == NULL || !money_parse(c->a, s, &n)))
        return value_refuse(c, row, T_NOT_MONEY);
    if (n < row->min || n > row->max)
        return refuse_range(c, row);
    *(int64_t *)to = n;
    return true;
}

static bool set_bool(struct ctx *c, const struct param *row, const struct value *v, void *to)
{
    static const struct { const char *word; bool is; } words[] = {
        { "1", true }, { "true", true }, { "on", true }, { "si", true }, { "sí", true },
        { "0", false }, { "false", false }, { "off", false }, { "no", false },
    };
    const char *s = form_word(c, v);

    if (v->kind == V_BOOL) {
        *(bool *)to = v->n != 0;
        return true;
    }
    for (size_t i = 0; s != NULL && i < COUNT(words); i++) {
        if (same_word(s, strlen(s), words[i].word)) {
            *(bool *)to = words[i].is;
            return true;
        }
    }
    return value_refuse(c, row, T_NOT_BOOL);
}

static bool set_day(struct ctx *c, const struct param *row, const struct value *v, void *to)
{
    const char *s = v->kind == V_TEXT && strlen(v->s) == v->len ? v->s : form_word(c, v);

    return s != NULL && clock_read_day(s, to) ? true : value_refuse(c, row, T_NOT_DAY);
}

static bool set_enum(struct ctx *c, const struct param *row, const struct value *v, void *to)
{
    struct buf list = { 0 };

    for (const struct word *choice = row->choices; choice->value != NULL; choice++) {
        if ((v->kind == V_FORM || v->kind == V_TEXT) && strlen(v->s) == v->len
            && streq(v->s, choice->value)) {
            *(const char **)to = choice->value;
            buf_free(&list);
            return true;
        }
        buf_str(&list, list.len == 0 ? "" : ", ");
        buf_str(&list, choice->value);
    }
    ctx_invalid(c, row->name, T_NOT_CHOICE, arena_strndup(c->a, list.data, list.len), NULL);
    buf_free(&list);
    return false;
}

static setter *const setters[] = {
    [P_TEXT] = set_text, [P_SCAN] = set_text, [P_LONG] = set_text, [P_RAW] = set_text,
    [P_INT] = set_int, [P_ID] = set_id, [P_MONEY] = set_money, [P_BOOL] = set_bool, [P_DAY] = set_day,
    [P_ENUM] = set_enum,
};

/* --- several values ------------------------------------------------------------ */

static bool ids_add(struct ctx *c, const struct param *row, struct values *ids, int64_t id)
{
    if (row->max > 0 && ids->n == (uint64_t)row->max)
        return refuse_n(c, row, T_MANY, row->max);
    for (size_t i = 0; i < ids->n; i++) {
        if (ids->v[i].n == id)
            return value_refuse(c, row, T_REPEATED);
    }
    value_add(c->a, ids, (struct value){ .kind = V_INT, .n = id });
    return true;
}

/* Adds the ids of a value: a number of JSON, or several as "3,5,8" of a form. */
static bool ids_of(struct ctx *c, const struct param *row, const struct value *v,
                   struct values *ids)
{
    char *list = form_word(c, v), *word;
    int64_t id;

    if (v->kind == V_INT && v->n >= 1)
        return ids_add(c, row, ids, v->n);
    if (list == NULL)
        return value_refuse(c, row, T_NOT_ID);
    while ((word = strsep(&list, ",")) != NULL) {
        word = value_strip(c->a, word);
        if (!parse_int(word, &id) || id < 1)
            return value_refuse(c, row, T_NOT_ID);
        if (!ids_add(c, row, ids, id))
            return false;
    }
    return true;
}

static void set_ids(struct ctx *c, const struct param *row, const struct values *values,
                    void *to)
{
    struct values ids = { 0 };
    struct ids *out = to;
    int64_t *v;

    for (size_t i = 0; i < values->n; i++) {
        if (!ids_of(c, row, &values->v[i], &ids))
            return;
    }
    v = arena_alloc(c->a, ids.n * sizeof(*v));
    for (size_t i = 0; i < ids.n; i++)
        v[i] = ids.v[i].n;
    *out = (struct ids){ .v = v, .n = ids.n };
}

static bool set_lines(struct ctx *c, const struct param *row, const struct values *values, void *to)
{
    struct value all = values->v[0];

    for (size_t i = 0; i < values->n; i++) {
        const struct value *v = &values->v[i];

        if ((v->kind != V_FORM && v->kind != V_TEXT) || strlen(v->s) != v->len) {
            return set_text(c, row, v, to);        /* adds the fault that says what is wrong */
        }
        if (i > 0) {
            all.s = arena_printf(c->a, "%s\n%s", all.s, v->s);
            all.len = strlen(all.s);
        }
    }
    return set_text(c, row, &all, to);
}

static void set_files(struct ctx *c, const struct param *row, const struct values *values,
                      void *to)
{
    struct uploads *out = to;
    struct upload *v = arena_alloc(c->a, values->n * sizeof(*v));

    for (size_t i = 0; i < values->n; i++) {
        if (values->v[i].kind != V_FILE) {
            value_refuse(c, row, T_NOT_FILE);
            return;
        }
        v[i] = *values->v[i].file;
        v[i].next = NULL;
    }
    if (row->max > 0 && values->n > (uint64_t)row->max) {
        refuse_n(c, row, T_FILES_MANY, row->max);
        return;
    }
    *out = (struct uploads){ .v = v, .n = values->n };
}

/* Reads each object of a list by the schema row->of.  A fault in one is reported with the name of the list. */
static void set_rows(struct ctx *c, const struct param *row, const struct values *values, void *to)
{
    struct param_rows *out = to;
    char *v = arena_alloc(c->a, values->n * row->of->size);

    if (row->max > 0 && values->n > (uint64_t)row->max) {
        refuse_n(c, row, T_MANY, row->max);
        return;
    }
    for (size_t i = 0; i < values->n; i++) {
        struct fault kept = c->fault, wrong;

        if (values->v[i].kind != V_OBJECT) {
            value_refuse(c, row, T_NOT_LIST);
            return;
        }
        c->fault = (struct fault){ 0 };
        if (param_object(c, row->of, values->v[i].o, v + i * row->of->size) != OK) {
            wrong = c->fault;
            c->fault = kept;
            ctx_invalid(c, row->name, T_ITEM, arena_strdup(c->a, NUM(i + 1)),
                        wrong.field == NULL ? "" : wrong.field, fault_sentence(c->a, &wrong), NULL);
            return;
        }
        c->fault = kept;
    }
    *out = (struct param_rows){ .v = v, .n = values->n };
}

/* --- a row ---------------------------------------------------------------------- */

static bool is_absent(const struct param *row, const struct value *v)
{
    if (row->flags & PARAM_BLANK)
        return v->kind == V_NULL;
    return v->kind == V_NULL
        || (v->kind == V_FORM && v->len == 0)
        || (v->kind == V_TEXT && v->len == 0
            && (row->type <= P_RAW || row->type == P_DAY || row->type == P_ENUM));
}

/* The values of a row without the absent ones. */
static struct values values_present(struct arena *a, const struct param *row,
                                    const struct values *values)
{
    struct values out = { 0 };

    for (size_t i = 0; i < values->n; i++) {
        if (!is_absent(row, &values->v[i]))
            value_add(a, &out, values->v[i]);
    }
    return out;
}

/* Stores the value of a PARAM_MAYBE row in memory of its own, and a pointer to it in the member. */
static bool set_maybe(struct ctx *c, const struct param *row, const struct value *v, void *to)
{
    void *own = arena_alloc(c->a, sizeof(int64_t));

    if (!setters[row->type](c, row, v, own))
        return false;
    *(void **)to = own;
    return true;
}

static bool set_row(struct ctx *c, const struct param *row, const struct values *all, void *to)
{
    struct values values = values_present(c->a, row, all);
    bool several = row->type == P_IDS || row->type == P_FILES || row->type == P_LINES
        || row->type == P_ROWS;

    if (!several && all->n > 1)
        return value_refuse(c, row, T_REPEATED);
    if (values.n == 0)
        return row->flags & PARAM_REQUIRED ? value_refuse(c, row, T_REQUIRED) : true;
    if (row->type == P_IDS)
        set_ids(c, row, &values, to);
    else if (row->type == P_FILES)
        set_files(c, row, &values, to);
    else if (row->type == P_ROWS)
        set_rows(c, row, &values, to);
    else if (row->type == P_LINES)
        return set_lines(c, row, &values, to);
    else
        return (row->flags & PARAM_MAYBE ? set_maybe : setters[row->type])(c, row, &values.v[0], to);
    return true;
}

enum err param_set(struct ctx *c, const struct param *row, const struct values *values, void *to)
{
    if (!set_row(c, row, values, to) && (row->flags & PARAM_PATH))
        return ctx_fail(c, E_NOT_FOUND, NULL, T_NOT_FOUND, NULL);
    return OK;
}
