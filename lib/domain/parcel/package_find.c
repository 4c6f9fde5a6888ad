/* Keys are tried from the surest to the vaguest.  docs/search.md says what each costs among a million
 * packages, and why. */
#include <ctype.h>

#include "base/buf.h"
#include "local/normal.h"
#include "base/utf8.h"
#include "domain/parcel/guide_reading.h"
#include "domain/ground/tx.h"
#include "domain/parcel/package_find.h"

#define WORDS_MAX 8              /* words of a name; more are left out */
#define NEAR_MAX 24              /* known words that one word with a typo may stand for */
#define TYPO_LEAST 4             /* letters; shorter words resemble too many */
#define TYPO_MOST 20
#define POSITION_LENGTH 8        /* characters of a position's code at most */
#define END_LEAST 4              /* characters of a guide; its index has the last END_INDEXED */
#define END_INDEXED 8
#define ENDS_MAX 500             /* guides that end alike and are looked at */

/* The statements find ids; the packages that are shown are read afterwards. */
static const struct stmt by_code = STMT("find_code", "s", "SELECT id FROM packages WHERE tracking_code = $1");
/* The order is that of the index, in which the guide itself comes before longer ones that begin alike:
 * however many those are, nothing is sorted. */
static const struct stmt find_guide = STMT("find_guide", "si",
    "SELECT id FROM packages WHERE guide_key >= $1 AND guide_key < $1 || '~'"
    " ORDER BY guide_key, id DESC LIMIT $2");
/* The last eight characters, reversed, are indexed; of a longer end the rest is compared.  When very
 * many guides end alike, only ENDS_MAX ($4) of them are looked at. */
#define GUIDE_END                                                                                 \
    "substr(guide_key, -1, 1) || substr(guide_key, -2, 1) || substr(guide_key, -3, 1)"                 \
    " || substr(guide_key, -4, 1) || substr(guide_key, -5, 1) || substr(guide_key, -6, 1)"             \
    " || substr(guide_key, -7, 1) || substr(guide_key, -8, 1)"
static const struct stmt find_end = STMT("find_guide_end", "ssii",
    "SELECT p.id FROM (SELECT id AS found FROM packages WHERE " GUIDE_END " >= $1 AND " GUIDE_END
    " < $1 || '~' LIMIT $4) CROSS JOIN packages p ON p.id = found"
    " WHERE substr(p.guide_key, -length($2)) = $2 ORDER BY p.state <> 'RECIBIDO', p.id DESC LIMIT $3");
static const struct stmt find_phone = STMT("find_phone", "si",
    "SELECT p.id FROM (SELECT id AS owner FROM customers WHERE phone = $1 UNION SELECT customer_id FROM customer_phones"
    " WHERE phone = $1) CROSS JOIN packages p ON p.customer_id = owner"
    " ORDER BY p.state <> 'RECIBIDO', p.id DESC LIMIT $2");
static const struct stmt find_position = STMT("find_position", "si",
    "SELECT id FROM packages WHERE position_id = (SELECT id FROM positions WHERE code = $1) ORDER BY id"
    " LIMIT $2");
/* The index has the order of the answer (0008_search.sql), so only rows that are shown are read. */
static const struct stmt find_name = STMT("find_name", "si",
    "SELECT rowid & 1099511627775 FROM package_names WHERE package_names MATCH $1"
    " ORDER BY rowid DESC LIMIT $2");
/* $1 is a JSON list of words that a mistyped word may stand for; the first statement finds names that
 * are such a word, the second names that begin with one. */
static const struct stmt near_whole = STMT("find_words_near", "si",
    "SELECT w.word FROM json_each($1) v CROSS JOIN name_words w ON w.word = v.value LIMIT $2");
static const struct stmt near_begun = STMT("find_words_begun_near", "sii",
    "SELECT w.word FROM json_each($1) v CROSS JOIN name_words w ON w.word > v.value"
    " AND w.word < v.value || '~' WHERE length(v.value) >= $3 LIMIT $2");
DB_REGISTER(&by_code, &find_guide, &find_end, &find_phone, &find_position, &find_name, &near_whole,
            &near_begun)

struct finding {
    struct ctx *c;
    size_t limit;
    struct packages *out;
};

/* ---- packages found ---- */

/* Adds the packages whose ids the statement found, up to the limit, without those that are in the list
 * already. */
static enum err find_take(struct finding *f, enum err e, struct rows *q)
{
    struct packages *out = f->out;
    const size_t before = out->n;
    int64_t *ids = arena_alloc(f->c->a, f->limit * sizeof *ids);
    struct packages fresh;

    if (e != OK)
        return e;
    while (out->n < f->limit && db_next(q)) {
        bool seen = false;

        for (size_t i = 0; i < out->n; i++)
            seen = seen || out->v[i].id == db_int(q, 0);
        if (!seen) {
            ids[out->n - before] = db_int(q, 0);
            out->v[out->n++].id = db_int(q, 0);
        }
    }
    e = db_end(q);
    if (e == OK && out->n > before)
        e = packages_by_ids(f->c, ids, out->n - before, &fresh);
    if (e != OK || out->n == before)
        return e;
    memcpy(&out->v[before], fresh.v, fresh.n * sizeof *fresh.v);
    out->n = before + fresh.n;
    return OK;
}

static enum err find_with(struct finding *f, const struct stmt *s, const char *key)
{
    struct rows q;

    if (key == NULL || f->out->n >= f->limit)
        return OK;
    return find_take(f, db_query(f->c->db, &q, s, key, (int64_t)f->limit), &q);
}

static enum err find_by_code(struct finding *f, const char *code)
{
    struct rows q;

    return code == NULL ? OK : find_take(f, db_query(f->c->db, &q, &by_code, code), &q);
}

/* ---- the end of a guide ---- */

/* The letters and digits of the text, upper case; NULL when they are fewer than END_LEAST or have no
 * digit. */
static char *guide_end(struct arena *a, const char *text)
{
    char *key = utf8_upper_ascii(a, text), *to = key;
    bool digit = false;

    for (const char *s = key; *s != '\0'; s++)
        if (isalnum((unsigned char)*s)) {
            digit = digit || isdigit((unsigned char)*s);
            *to++ = *s;
        } else if ((unsigned char)*s >= 0x80) {
            return NULL;
        }
    *to = '\0';
    return digit && to - key >= END_LEAST ? key : NULL;
}

static enum err find_by_end(struct finding *f, const char *end)
{
    char turned[END_INDEXED + 1] = "";
    size_t n = end == NULL ? 0 : strlen(end);
    struct rows q;

    if (n == 0 || f->out->n >= f->limit)
        return OK;
    for (size_t i = 0; i < n && i < END_INDEXED; i++)
        turned[i] = end[n - 1 - i];
    return find_take(f, db_query(f->c->db, &q, &find_end, turned, end, (int64_t)f->limit, (int64_t)ENDS_MAX), &q);
}

/* ---- names ---- */

struct words { char *v[WORDS_MAX]; size_t n; };

/* The words of a name as the index has them. */
static struct words find_words(struct arena *a, const char *text)
{
    char *s = utf8_fold(a, text);
    struct words w = { 0 };

    if (s != NULL)
        w.n = utf8_words(s, w.v, WORDS_MAX);
    return w;
}

/* Words are quoted, so that none is an operator of FTS5. */
static enum err find_by_name(struct finding *f, const struct words *w)
{
    struct buf match = { 0 };
    enum err e;

    for (size_t i = 0; i < w->n; i++)
        buf_printf(&match, "%s\"%s\"*", i ? " AND " : "", w->v[i]);
    e = w->n == 0 ? OK : find_with(f, &find_name, match.data);
    buf_free(&match);
    return e;
}

/* ---- names with a typo ---- */

/* The words that are one typo away, as a JSON list: a letter left out, two neighbours exchanged, a
 * letter replaced, a letter added. */
static void word_variants(struct buf *list, const char *word)
{
    const int n = (int)strlen(word);

    buf_str(list, "[\"\"");
    for (int i = 0; i < n; i++) {
        buf_printf(list, ",\"%.*s%s\"", i, word, word + i + 1);
        if (i > 0)
            buf_printf(list, ",\"%.*s%c%c%s\"", i - 1, word, word[i], word[i - 1], word + i + 1);
        for (int c = 'a'; c <= 'z'; c++)
            buf_printf(list, ",\"%.*s%c%s\",\"%.*s%c%s\"", i, word, c, word + i + 1, i, word, c, word + i);
    }
    for (int c = 'a'; c <= 'z'; c++)
        buf_printf(list, ",\"%s%c\"", word, c);
    buf_char(list, ']');
}

static enum err match_add_words(struct buf *match, enum err e, struct rows *q)
{
    if (e != OK)
        return e;
    while (db_next(q))
        buf_printf(match, " OR \"%s\"", db_text(q, 0));
    return db_end(q);
}

static bool word_may_have_typo(const char *word)
{
    size_t n = strlen(word);

    return n >= TYPO_LEAST && n <= TYPO_MOST && strspn(word, "abcdefghijklmnopqrstuvwxyz") == n;
}

static enum err match_add_near(struct ctx *c, struct buf *match, const char *word)
{
    struct buf list = { 0 };
    struct rows q;
    enum err e;

    word_variants(&list, word);
    e = match_add_words(match, db_query(c->db, &q, &near_whole, list.data, (int64_t)NEAR_MAX), &q);
    if (e == OK)
        e = match_add_words(match, db_query(c->db, &q, &near_begun, list.data, (int64_t)NEAR_MAX,
                                            (int64_t)TYPO_LEAST), &q);
    buf_free(&list);
    return e;
}

/* A word may stand in a name as it was typed or as one of its variants does. */
static enum err find_near(struct finding *f, const struct words *w)
{
    struct buf match = { 0 };
    bool any = false;
    enum err e = OK;

    for (size_t i = 0; i < w->n && e == OK; i++) {
        buf_printf(&match, "%s(\"%s\"*", i ? " AND " : "", w->v[i]);
        any = any || word_may_have_typo(w->v[i]);
        if (word_may_have_typo(w->v[i]))
            e = match_add_near(f->c, &match, w->v[i]);
        buf_char(&match, ')');
    }
    if (e == OK && any)
        e = find_with(f, &find_name, match.data);
    f->out->near = f->out->n > 0;
    buf_free(&match);
    return e;
}

enum err package_find(struct ctx *c, const char *text, size_t limit, struct packages *out)
{
    struct finding f = { c, limit, out };
    struct guide_reading read;
    struct words words;
    enum err e;

    guide_read(c->a, text, &read);
    if (read.number != NULL)     /* the guide inside a link or a JSON text */
        text = read.number;
    words = find_words(c->a, text);
    *out = (struct packages){ .v = arena_alloc(c->a, limit * sizeof *out->v) };
    e = find_by_code(&f, normal_code(c->a, text));
    for (size_t i = 0; i < read.n && e == OK; i++)
        e = find_with(&f, &find_guide, read.keys[i]);
    if (e == OK)
        e = find_with(&f, &find_phone, normal_phone(c->a, text));
    if (e == OK && strlen(text) <= POSITION_LENGTH)
        e = find_with(&f, &find_position, utf8_upper_ascii(c->a, text));
    if (e == OK)
        e = find_by_end(&f, guide_end(c->a, text));
    if (e == OK)
        e = find_by_name(&f, &words);
    if (e == OK && out->n == 0)
        e = find_near(&f, &words);
    return domain_fault(c, e);
}
