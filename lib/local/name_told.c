#include "local/name_told.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "base/util.h"
#include "local/name.h"

#define NAME_MOST 100
#define NAME_WORDS 16
#define TOLD_MOST 40             /* characters */
#define TOLD_WORDS 5

/* Ranges of scripts; a name has letters of one alone, since a letter of another may look like one of the first. */
enum script { NO_SCRIPT, LATIN, GREEK, CYRILLIC, HEBREW, ARABIC, DEVANAGARI, EAST_ASIAN };
static const struct { uint32_t from, to; enum script script; } scripts[] = {
    { 'A', 'Z', LATIN }, { 'a', 'z', LATIN }, { 0xaa, 0xaa, LATIN }, { 0xba, 0xba, LATIN }, { 0xc0, 0x24f, LATIN },
    { 0x370, 0x3ff, GREEK }, { 0x400, 0x52f, CYRILLIC }, { 0x590, 0x5ff, HEBREW }, { 0x600, 0x6ff, ARABIC },
    { 0x900, 0x97f, DEVANAGARI }, { 0x1e00, 0x1eff, LATIN }, { 0x1f00, 0x1fff, GREEK },
    { 0x3040, 0x30ff, EAST_ASIAN }, { 0x3400, 0x4dbf, EAST_ASIAN }, { 0x4e00, 0x9fff, EAST_ASIAN },
    { 0xac00, 0xd7a3, EAST_ASIAN },
};

static enum script letter_script(uint32_t c)
{
    utf8proc_category_t kind = utf8proc_category((utf8proc_int32_t)c);

    if (kind < UTF8PROC_CATEGORY_LU || kind > UTF8PROC_CATEGORY_LO)
        return NO_SCRIPT;
    for (size_t i = 0; i < COUNT(scripts); i++)
        if (c >= scripts[i].from && c <= scripts[i].to)
            return scripts[i].script;
    return NO_SCRIPT;
}

static bool is_mark(uint32_t c)
{
    utf8proc_category_t kind = utf8proc_category((utf8proc_int32_t)c);

    return kind == UTF8PROC_CATEGORY_MN || kind == UTF8PROC_CATEGORY_MC;
}

static bool is_name_hyphen(uint32_t c)
{
    return c == '-' || c == '\'' || c == 0x2010 || c == 0x2011 || c == 0x2019;
}

/* A name as characters; at[i] is where the i-th begins.  One that is longer than any name has n = 0. */
struct spelling { const char *name; uint32_t c[NAME_MOST + 1]; size_t at[NAME_MOST + 1], n; };

static void name_spell(const char *name, struct spelling *s)
{
    size_t bytes = strlen(name), len;

    *s = (struct spelling){ .name = name };
    for (size_t i = 0; i < bytes; i += len) {
        len = s->n == NAME_MOST ? 0 : utf8_decode(name + i, bytes - i, &s->c[s->n]);
        if (len == 0) {
            s->n = 0;
            return;
        }
        s->at[s->n++] = i;
        s->at[s->n] = i + len;
    }
}

static bool is_letter_at(const struct spelling *s, size_t i)
{
    return i < s->n && (letter_script(s->c[i]) != NO_SCRIPT || is_mark(s->c[i]));
}

/* A dot within a word: that of "S.A.S." stays as it is; behind "Ma.Elena" or "J.Pérez" a space is put, so that no
 * telephone takes them for an address; behind any other word it is an address. */
enum dot { DOT_STAYS, DOT_SPACED, DOT_BAD };

static enum dot dot_kind(struct arena *a, const struct spelling *s, size_t i)
{
    static const char *const shortened[] = { "ma", "sr", "sra", "srta", "dr", "dra", "ing", "arq", "abg", "lic", "prof",
        "cia", "hnos", "flia", "fam" };
    size_t from = i, to = i + 1;

    while (from > 0 && is_letter_at(s, from - 1))
        from--;
    while (is_letter_at(s, to))
        to++;
    if (from == i)
        return DOT_BAD;
    if (to == i + 1)
        return to == s->n || s->c[to] == ' ' ? DOT_STAYS : DOT_BAD;
    if (i - from == 1)
        return to - i == 2 ? DOT_STAYS : DOT_SPACED;
    return text_is_one_of(utf8_fold(a, arena_strndup(a, s->name + s->at[from], s->at[i] - s->at[from])), shortened,
                     COUNT(shortened)) ? DOT_SPACED : DOT_BAD;
}

/* Words that no name has, and that somebody would have others read in the point's name. */
static const char *const bait[] = {
    "www", "http", "https", "com", "link", "whatsapp", "pesos", "mil", "millon", "millones", "dolares", "euros", "nequi",
    "daviplata", "bancolombia", "banco", "clave", "codigo", "pin", "otp", "pague", "pagar", "paguele", "pago", "llame",
    "llamar", "marque", "escriba", "consigne", "deposite", "transfiera", "envie", "entre", "reclame", "bloqueado",
    "bloqueada", "bloqueo", "retenido", "retenida", "suspendido", "suspendida", "embargo", "embargada", "embargado",
    "cuenta", "deuda", "debe", "multa", "cobro", "cobran", "premio", "sorteo", "ganga", "gratis", "oferta", "urgente",
    "fiscalia", "policia", "juzgado", "judicial", "demanda", "dian", "su", "usted",
};

static bool words_have_bait(char *folded)
{
    char *words[NAME_WORDS];
    const size_t n = utf8_words(folded, words, NAME_WORDS);

    for (size_t i = 0; i < n; i++)
        if (text_is_one_of(words[i], bait, COUNT(bait)))
            return true;
    return false;
}

/* True for such a word, also with hyphens and dots within it: "Ne-qui". */
static bool has_bait(struct arena *a, const char *name)
{
    char *joined = utf8_fold(a, name), *to = joined;

    for (const char *p = joined; *p != '\0'; p++)
        if (strchr("-.'", *p) == NULL)
            *to++ = *p;
    *to = '\0';
    return words_have_bait(joined) || words_have_bait(utf8_fold(a, name));
}

#define INITIALS_MOST 3          /* "J.R.P. Gómez", "S.A.S." */

/* "N E Q U I", "g.a.n.g.a": more letters in a row than initials are. */
static bool is_spelled_out(struct arena *a, const char *name)
{
    char *words[NAME_WORDS];
    const size_t n = utf8_words(utf8_fold(a, name), words, NAME_WORDS);
    size_t row = 0;

    for (size_t i = 0; i < n && row <= INITIALS_MOST; i++)
        row = utf8_length(words[i]) == 1 && (unsigned char)*words[i] < 0x80 ? row + 1 : 0;
    return row > INITIALS_MOST;
}

/* Whether the i-th character may stand where it stands in a name of that script; of a dot dot_kind tells. */
static bool is_of_name(const struct spelling *s, size_t i, enum script script)
{
    const uint32_t c = s->c[i];

    if (letter_script(c) != NO_SCRIPT)
        return letter_script(c) == script;
    if (i == 0 || c == ' ')
        return i > 0 && s->c[i - 1] != ' ';
    return c == '.' || (is_letter_at(s, i - 1) && (is_mark(c) || (is_name_hyphen(c) && is_letter_at(s, i + 1))));
}

/* Writes the name as a message says it; false when it is more than a name. */
static bool name_tell(struct arena *a, const struct spelling *s, char *out)
{
    enum script script = NO_SCRIPT;
    size_t words = 1;

    for (size_t i = 0; i < s->n; i++) {
        const enum dot dot = s->c[i] == '.' ? dot_kind(a, s, i) : DOT_STAYS;

        if (script == NO_SCRIPT)
            script = letter_script(s->c[i]);
        if (dot == DOT_BAD || !is_of_name(s, i, script))
            return false;
        words += s->c[i] == ' ' || dot == DOT_SPACED;
        out = mempcpy(out, s->name + s->at[i], s->at[i + 1] - s->at[i]);
        if (dot == DOT_SPACED)
            *out++ = ' ';
    }
    *out = '\0';
    return script != NO_SCRIPT && words <= TOLD_WORDS;
}

const char *name_for_message(struct arena *a, const char *name, const char *otherwise)
{
    struct spelling s;
    char *told;

    if (name == NULL)
        return NULL;
    name_spell(name, &s);
    told = arena_alloc(a, 2 * strlen(name) + 1);
    return name_tell(a, &s, told) && utf8_length(told) <= TOLD_MOST && !has_bait(a, told)
            && !is_spelled_out(a, told) ? told : otherwise;
}

/* ---- names that a stranger wrote ---- */

#define GIVEN_SIZE 16

/* Words sorted as strcmp does, in cells of one width (people/password.c says why). */
static const char many_given[][GIVEN_SIZE] = {
#define GIVEN(...) __VA_ARGS__,
#include "local/given_names_many.def"
};
static const char few_given[][GIVEN_SIZE] = {
#include "local/given_names.def"
#undef GIVEN
};

static int given_compare(const void *word, const void *cell)
{
    return strncmp(word, cell, GIVEN_SIZE);
}

static bool is_given_name(const char *word)
{
    return bsearch(word, many_given, COUNT(many_given), GIVEN_SIZE, given_compare) != NULL
        || bsearch(word, few_given, COUNT(few_given), GIVEN_SIZE, given_compare) != NULL;
}

const char *name_of_stranger(struct arena *a, const char *name, const char *otherwise)
{
    const char *told = name_for_message(a, name, NULL);
    char *words[2];
    size_t n;

    if (told == NULL)
        return name == NULL ? NULL : otherwise;
    n = strcspn(told, " ");
    if (utf8_words(utf8_fold(a, arena_strndup(a, told, n)), words, 2) != 1 || !is_given_name(words[0]))
        return otherwise;
    return name_masked(a, told);
}
