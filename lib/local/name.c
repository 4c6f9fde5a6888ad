#include "local/name.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "base/util.h"

#define NAME_LEAST 2
#define NAME_MOST 100
#define NAME_WORDS 16            /* words of a name that are compared; more are left out */
#define NAME_WORD_LEAST 3        /* letters of one */

static bool is_one_of(const char *word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (streq(word, words[i]))
            return true;
    return false;
}

/* ---- how a name is typed ---- */

/* Ends of domain names.  A telephone shows a word with such an end, or with a path behind any end, as a
 * link.  "S.A.S.", "Ma.Elena" and "CIA.LTDA" are no links. */
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
static const char *const link_ends[] = { "co", "com", "net", "org", "info", "app", "link", "me", "io", "ly", "gov",
    "edu", "site", "online", "shop", "store", "xyz", "top", "club", "biz", "ru", "cn", "tk", "cc", "gl", "us", "es" };

/* "Inversiones ABC.CO" and "Ing.Co SAS": whether only the form of a company follows. */
static bool is_company_end(const char *rest)
{
    static const char *const forms[] = { "", " SAS", " S.A.S.", " S.A.S", " SA", " S.A.", " LTDA", " LTDA.", " EU" };

    for (size_t i = 0; i < COUNT(forms); i++)
        if (strcasecmp(rest, forms[i]) == 0)
            return true;
    return false;
}

/* The name of a company with its ".CO" at the end is none; a telephone shows it as a link all the same, so that no
 * message has it. */
static bool has_link(const char *name)
{
    for (const char *dot = strchr(name, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        const size_t n = strspn(dot + 1, LETTERS);

        if (dot == name || strchr(" .", dot[-1]) != NULL || n < 2)
            continue;
        if (dot[1 + n] == '/')
            return true;
        if (n == strlen("CO") && dot[1] == 'C' && is_company_end(dot + 1 + n))
            continue;
        for (size_t i = 0; i < COUNT(link_ends); i++)
            if (strlen(link_ends[i]) == n && strncasecmp(link_ends[i], dot + 1, n) == 0)
                return true;
    }
    return strstr(name, "://") != NULL;
}

char *normal_name(struct arena *a, const char *s)
{
    char *name = NULL, *folded;
    size_t n;

    s = utf8_visible(a, s);
    if (utf8_clean(s, false))
        name = utf8_trim(a, s);
    if (name == NULL)
        return NULL;
    /* A name of only invisible characters would not be seen, so it is refused. */
    folded = utf8_fold(a, name);
    n = utf8_length(name);
    return n >= NAME_LEAST && n <= NAME_MOST && !is_blank(folded) && !has_link(name) ? name : NULL;
}

char *name_masked(struct arena *a, const char *name)
{
    const char *space = strchr(name, ' ');
    size_t n, at, len;
    uint32_t cp;

    if (space == NULL)
        return arena_strdup(a, name);
    n = strlen(space + 1);
    at = utf8_decode(space + 1, n, &cp);
    /* The initial keeps the marks that belong to it. */
    while (at > 0 && (len = utf8_decode(space + 1 + at, n - at, &cp)) > 0) {
        utf8proc_category_t kind = utf8proc_category((utf8proc_int32_t)cp);

        if (kind != UTF8PROC_CATEGORY_MN && kind != UTF8PROC_CATEGORY_MC)
            break;
        at += len;
    }
    return arena_printf(a, "%.*s %.*s.", (int)(space - name), name, (int)at, space + 1);
}

/* ---- whose names are one person's ---- */

struct name_words { const char *v[NAME_WORDS]; size_t n; };

/* Words, folded, that stand beside many people's names: two who share one of them need not be one. */
static const char *const common_words[] = {
    /* particles, and what is written before a name */
    "del", "las", "los", "san", "santa", "santo", "von", "van", "der", "den", "dos", "das", "para", "con", "por", "att",
    "atn", "atencion", "nombre", "recibe", "entregar",
    /* titles */
    "sra", "srta", "sres", "don", "dona", "senor", "senora", "senorita", "senores", "ing", "ingeniero", "ingeniera", "dra",
    "doc", "doctor", "doctora", "arq", "arquitecto", "arquitecta", "abg", "abogado", "abogada", "lic", "licenciado",
    "licenciada", "prof", "profe", "profesor", "profesora", "padre", "sor", "hermana", "hermano",
    /* kin and collectives */
    "familia", "flia", "fam", "mama", "papa", "abuela", "abuelo", "tia", "tio", "esposa", "esposo", "hija", "hijo",
    "hijos", "hermanos", "hnos", "vda", "viuda", "vecina", "vecino", "cliente",
    /* companies */
    "sas", "ltda", "cia", "compania", "empresa", "grupo", "inversiones", "comercial", "comercializadora",
    "distribuidora", "distribuciones", "transportes", "servicios", "soluciones", "tienda", "almacen", "muebles",
    /* addresses */
    "apto", "apt", "apartamento", "apartaestudio", "torre", "casa", "bloque", "interior", "int", "piso", "edificio",
    "conjunto", "unidad", "etapa", "manzana", "lote", "local", "oficina", "porteria", "barrio", "calle", "carrera", "cra",
    "diagonal", "transversal", "avenida",
};

static bool name_word_counts(const char *word)
{
    return utf8_length(word) >= NAME_WORD_LEAST && strpbrk(word, "0123456789") == NULL
        && !is_one_of(word, common_words, COUNT(common_words));
}

/* The words of a name that count when names are compared, folded, each once. */
static struct name_words name_words(struct arena *a, const char *name)
{
    char *all[NAME_WORDS], *folded = utf8_fold(a, name);
    struct name_words w = { 0 };
    size_t n = folded == NULL ? 0 : utf8_words(folded, all, NAME_WORDS);

    for (size_t i = 0; i < n; i++) {
        bool counts = name_word_counts(all[i]);

        for (size_t j = 0; j < w.n && counts; j++)
            counts = !streq(w.v[j], all[i]);
        if (counts)
            w.v[w.n++] = all[i];
    }
    return w;
}

static size_t words_shared(const struct name_words *x, const struct name_words *y)
{
    size_t n = 0;

    for (size_t i = 0; i < x->n; i++)
        n += is_one_of(x->v[i], y->v, y->n);
    return n;
}

size_t names_shared(struct arena *a, const char *x, const char *y)
{
    const struct name_words mine = name_words(a, x), theirs = name_words(a, y);

    return words_shared(&mine, &theirs);
}

bool names_alike(struct arena *a, const char *x, const char *y)
{
    return names_shared(a, x, y) > 0 || streq(utf8_fold(a, x), utf8_fold(a, y));
}

bool names_same(struct arena *a, const char *x, const char *y)
{
    const struct name_words mine = name_words(a, x), theirs = name_words(a, y);
    const size_t shared = words_shared(&mine, &theirs);

    return (shared >= 2 && (shared == mine.n || shared == theirs.n)) || text_is(utf8_fold(a, x), utf8_fold(a, y));
}

#define DOUBTLESS 3              /* words that two names share, when one of them has more */

bool names_beyond_doubt(struct arena *a, const char *x, const char *y)
{
    const struct name_words mine = name_words(a, x), theirs = name_words(a, y);

    return names_same(a, x, y) && (mine.n == theirs.n || words_shared(&mine, &theirs) >= DOUBTLESS);
}

#define ALPHABET 26

/* How often each letter stands in a name, digits as the letters that they look like; false when one is not of ours. */
static bool letters_count(struct arena *a, const char *name, int count[ALPHABET], int *sum)
{
    static const char *const digits = "olzeasgtbg";      /* 0 is o, 1 is l, and so on to 9 */

    *sum = 0;
    for (const char *p = utf8_fold(a, name); *p != '\0'; p++) {
        char c = *p >= '0' && *p <= '9' ? digits[*p - '0'] : *p;

        if ((unsigned char)c >= 0x80)
            return false;
        if (c >= 'a' && c <= 'z') {
            count[c - 'a']++;
            (*sum)++;
        }
    }
    return true;
}

bool names_look_alike(struct arena *a, const char *x, const char *y)
{
    int mine[ALPHABET] = { 0 }, theirs[ALPHABET] = { 0 }, n, m, differ = 0;

    if (names_alike(a, x, y) || !letters_count(a, x, mine, &n) || !letters_count(a, y, theirs, &m))
        return true;
    for (size_t i = 0; i < ALPHABET; i++)
        differ += abs(mine[i] - theirs[i]);
    return differ <= (n < m ? n : m) * 2 / 5 && differ <= 4;
}

bool name_is_whole(struct arena *a, const char *typed, const char *name)
{
    const struct name_words mine = name_words(a, typed), known = name_words(a, name);

    return known.n > 0 && mine.n <= known.n + 2 && words_shared(&known, &mine) == known.n;
}

/* ---- what of a name a message may say ---- */

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
    return is_one_of(utf8_fold(a, arena_strndup(a, s->name + s->at[from], s->at[i] - s->at[from])), shortened,
                     COUNT(shortened)) ? DOT_SPACED : DOT_BAD;
}

/* True for words that no name has, and that somebody would have others read in the point's name. */
static bool has_bait(struct arena *a, const char *name)
{
    static const char *const bait[] = { "www", "http", "https", "com", "pesos", "mil", "millon", "millones", "dolares",
        "euros", "nequi", "daviplata", "bancolombia", "banco", "clave", "pague", "pagar", "llame", "consigne", "deposite",
        "transfiera", "bloqueado", "bloqueada", "retenido", "retenida" };
    char *words[NAME_WORDS];
    const size_t n = utf8_words(utf8_fold(a, name), words, NAME_WORDS);

    for (size_t i = 0; i < n; i++)
        if (is_one_of(words[i], bait, COUNT(bait)))
            return true;
    return false;
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
    return name_tell(a, &s, told) && utf8_length(told) <= TOLD_MOST && !has_bait(a, told) ? told : otherwise;
}
