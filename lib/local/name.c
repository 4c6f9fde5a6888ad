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
        && !text_is_one_of(word, common_words, COUNT(common_words));
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
        n += text_is_one_of(x->v[i], y->v, y->n);
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

#define WORDS_MORE 2             /* that somebody may type beside those of a name */

bool names_same_typed(struct arena *a, const char *typed, const char *name)
{
    return names_same(a, typed, name) && name_words(a, typed).n <= name_words(a, name).n + WORDS_MORE;
}

bool names_equal(struct arena *a, const char *x, const char *y)
{
    const struct name_words mine = name_words(a, x), theirs = name_words(a, y);
    const size_t shared = words_shared(&mine, &theirs);

    return text_is(utf8_fold(a, x), utf8_fold(a, y)) || (shared >= 2 && shared == mine.n && shared == theirs.n);
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

/* Takes the first word that begins so out of those that are left; false when none does. */
static bool word_take(char *words[], size_t n, const char *start, size_t len)
{
    for (size_t i = 0; i < n; i++)
        if (words[i] != NULL && strncmp(words[i], start, len) == 0) {
            words[i] = NULL;
            return true;
        }
    return false;
}

/* True when one name is nothing but the beginnings of words of the other, each of another word: "R. P.", "RP", "Ro Pru" of
 * Rosa Prueba. */
static bool name_abbreviates(struct arena *a, const char *x, const char *y)
{
    char *mine[NAME_WORDS], *theirs[NAME_WORDS], *left[NAME_WORDS];
    char *short_one = utf8_fold(a, x), *long_one = utf8_fold(a, y);
    const size_t n = short_one == NULL ? 0 : utf8_words(short_one, mine, NAME_WORDS);
    const size_t m = long_one == NULL ? 0 : utf8_words(long_one, theirs, NAME_WORDS);
    bool starts = n > 0, initials = n > 0;

    memcpy(left, theirs, m * sizeof *left);
    for (size_t i = 0; i < n; i++)
        starts = starts && word_take(left, m, mine[i], strlen(mine[i]));
    memcpy(left, theirs, m * sizeof *left);
    for (size_t i = 0; i < n; i++)
        for (const char *p = mine[i]; *p != '\0'; p++)
            initials = initials && word_take(left, m, p, 1);
    return starts || initials;
}

bool names_look_alike(struct arena *a, const char *x, const char *y)
{
    int mine[ALPHABET] = { 0 }, theirs[ALPHABET] = { 0 }, n, m, differ = 0;

    if (name_abbreviates(a, x, y) || name_abbreviates(a, y, x))
        return true;
    if (names_alike(a, x, y) || !letters_count(a, x, mine, &n) || !letters_count(a, y, theirs, &m))
        return true;
    for (size_t i = 0; i < ALPHABET; i++)
        differ += abs(mine[i] - theirs[i]);
    return differ <= (n < m ? n : m) * 2 / 5 && differ <= 4;
}

bool name_is_whole(struct arena *a, const char *typed, const char *name)
{
    const struct name_words mine = name_words(a, typed), known = name_words(a, name);

    return known.n > 0 && mine.n <= known.n + WORDS_MORE && words_shared(&known, &mine) == known.n;
}
