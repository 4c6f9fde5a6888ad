#include "local/normal.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "base/random.h"
#include "base/utf8.h"
#include "base/util.h"

#define NAME_LEAST 2
#define NAME_MOST 100
#define EMAIL_MAX 254
#define EMAIL_LOCAL_MAX 64
#define GUIDE_MAX 50
#define GUIDE_KEY_MIN 5
#define CODE_LENGTH 6
#define PHONE_MIN 10
#define PHONE_MAX 15
#define NAME_WORDS 16            /* words of a name that are compared; more are left out */
#define NAME_WORD_LEAST 3        /* letters of one */
#define TYPED_MAX 256            /* bytes; a longer text is no phone, code or guide, and is not even read */

/* The hyphens that keyboards and word processors put between digits. */
static bool is_dash(uint32_t c)
{
    return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xfe63 || c == 0xff0d;
}

/* The text without spaces, without dashes if `dashes`, and without the ASCII characters in `also`; NULL if
 * anything left is not ASCII. */
static char *typed_compact(struct arena *a, const char *s, bool dashes, const char *also)
{
    size_t n = strnlen(s, TYPED_MAX + 1), at = 0;
    uint32_t cp;
    char *out;

    if (n > TYPED_MAX)
        return NULL;
    s = utf8_visible(a, s);
    n = strlen(s);
    out = arena_alloc(a, n + 1);
    for (size_t i = 0, len; i < n; i += len) {
        len = utf8_decode(s + i, n - i, &cp);
        if (len == 0)
            return NULL;
        if (utf8_is_space(cp) || (dashes && is_dash(cp))
            || (cp < 0x80 && strchr(also, (int)cp) != NULL))
            continue;
        if (cp >= 0x80)
            return NULL;
        out[at++] = (char)cp;
    }
    return out;
}

static bool only_of(const char *s, const char *set)
{
    return s[strspn(s, set)] == '\0';
}

char *normal_phone(struct arena *a, const char *s)
{
    const char *prefix;
    size_t digits;
    char *p = typed_compact(a, s, true, "().");

    if (p == NULL)
        return NULL;
    if (has_prefix(p, "00"))
        p = arena_printf(a, "+%s", p + 2);
    prefix = *p == '+' ? "" : has_prefix(p, "57") && strlen(p) >= 12 ? "+" : "+57";
    p = arena_printf(a, "%s%s", prefix, p);
    digits = strlen(p + 1);
    if (!only_of(p + 1, "0123456789") || digits < PHONE_MIN || digits > PHONE_MAX)
        return NULL;
    if (has_prefix(p, "+57") && (digits != 12 || (p[3] != '3' && p[3] != '6')))
        return NULL;
    return p;
}

char *phone_without_plus(struct arena *a, const char *s)
{
    char *p = typed_compact(a, s, true, "().");
    const size_t n = p == NULL ? 0 : strlen(p);

    return n > PHONE_MIN && n <= PHONE_MAX && only_of(p, "0123456789") && *p != '0' && !has_prefix(p, "57") ? p : NULL;
}

bool phone_takes_sms(const char *e164)
{
    return has_prefix(e164, "+573") && strlen(e164) == 13;
}

char *phone_words(struct arena *a, const char *e164)
{
    if (!has_prefix(e164, "+57") || strlen(e164) != 13)
        return arena_strdup(a, e164);
    return arena_printf(a, "%.3s %.3s %s", e164 + 3, e164 + 6, e164 + 9);
}

char *phone_masked(struct arena *a, const char *e164)
{
    size_t n = strlen(e164);

    return arena_printf(a, "•••%s", e164 + (n > 2 ? n - 2 : 0));
}

char *email_masked(struct arena *a, const char *email)
{
    const char *at = strchr(email, '@');
    uint32_t cp;
    int n = (int)utf8_decode(email, strlen(email), &cp);

    return arena_printf(a, "%.*s•••%s", n, email, at ? at : "");
}

/* ---- names ---- */

struct name_words { const char *v[NAME_WORDS]; size_t n; };

static bool is_particle(const char *word)
{
    static const char *const particles[] = { "del", "las", "los" };

    for (size_t i = 0; i < COUNT(particles); i++)
        if (streq(word, particles[i]))
            return true;
    return false;
}

/* The words of a name that count when names are compared, folded, each once. */
static struct name_words name_words(struct arena *a, const char *name)
{
    char *all[NAME_WORDS], *folded = utf8_fold(a, name);
    struct name_words w = { 0 };
    size_t n = folded == NULL ? 0 : utf8_words(folded, all, NAME_WORDS);

    for (size_t i = 0; i < n; i++) {
        bool counts = utf8_length(all[i]) >= NAME_WORD_LEAST && !is_particle(all[i]);

        for (size_t j = 0; j < w.n && counts; j++)
            counts = !streq(w.v[j], all[i]);
        if (counts)
            w.v[w.n++] = all[i];
    }
    return w;
}

size_t names_shared(struct arena *a, const char *x, const char *y)
{
    const struct name_words mine = name_words(a, x), theirs = name_words(a, y);
    size_t n = 0;

    for (size_t i = 0; i < mine.n; i++)
        for (size_t j = 0; j < theirs.n; j++)
            n += streq(mine.v[i], theirs.v[j]);
    return n;
}

bool names_alike(struct arena *a, const char *x, const char *y)
{
    return names_shared(a, x, y) > 0 || streq(utf8_fold(a, x), utf8_fold(a, y));
}

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

/* company: the name of a company with its ".CO" at the end is none; a telephone shows it as a link all the same,
 * so that no message has it. */
static bool has_link(const char *name, bool company)
{
    for (const char *dot = strchr(name, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        const size_t n = strspn(dot + 1, LETTERS);

        if (dot == name || strchr(" .", dot[-1]) != NULL || n < 2)
            continue;
        if (dot[1 + n] == '/')
            return true;
        if (company && n == strlen("CO") && dot[1] == 'C' && is_company_end(dot + 1 + n))
            continue;
        for (size_t i = 0; i < COUNT(link_ends); i++)
            if (strlen(link_ends[i]) == n && strncasecmp(link_ends[i], dot + 1, n) == 0)
                return true;
    }
    return strstr(name, "://") != NULL;
}

#define DIGITS "0123456789"
#define PHONE_DIGITS 7

/* Whether seven digits stand together, with no more between them than what numbers are grouped with. */
static bool has_phone(const char *s)
{
    int n = 0;

    for (; *s != '\0' && n < PHONE_DIGITS; s++)
        if (strchr(DIGITS, *s) != NULL)
            n++;
        else if (strchr(" -.()/+", *s) == NULL)
            n = 0;
    return n == PHONE_DIGITS;
}

/* Whether a sign of money is there, or a number before a word for it. */
static bool has_price(const char *s)
{
    static const char *const money[] = { "pesos", "peso", "cop", "mil", "millones", "usd", "dolares", "dólares" };

    if (strchr(s, '$') != NULL || strstr(s, "€") != NULL)
        return true;
    for (s = strpbrk(s, DIGITS); s != NULL; s = strpbrk(s, DIGITS)) {
        s += strspn(s, DIGITS " .,");
        for (size_t i = 0; i < COUNT(money); i++) {
            size_t n = strlen(money[i]);

            if (strncasecmp(s, money[i], n) == 0 && (s[n] == '\0' || strchr(LETTERS, s[n]) == NULL))
                return true;
        }
    }
    return false;
}

const char *name_for_message(const char *name, const char *otherwise)
{
    return name != NULL && (has_link(name, false) || has_phone(name) || has_price(name)) ? otherwise : name;
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
    return n >= NAME_LEAST && n <= NAME_MOST && !is_blank(folded) && !has_link(name, true) ? name : NULL;
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

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

static bool is_label(const char *s, size_t n)
{
    return n >= 1 && n <= 63 && s[0] != '-' && s[n - 1] != '-'
        && strspn(s, LOWER DIGITS "-") >= n;
}

/* True for a domain: at least two labels, of which the last is no number (that would be an IP address). */
static bool is_domain(const char *s)
{
    size_t labels = 0, n;

    for (;; s += n + 1) {
        n = strcspn(s, ".");
        if (!is_label(s, n))
            return false;
        labels++;
        if (s[n] == '\0')
            return labels >= 2 && !only_of(s, DIGITS);
    }
}

static bool is_local_part(const char *s, size_t n)
{
    return n >= 1 && n <= EMAIL_LOCAL_MAX && s[0] != '.' && s[n - 1] != '.'
        && strspn(s, LOWER DIGITS "!#$%&'*+-/=?^_`{|}~.") >= n
        && memmem(s, n, "..", 2) == NULL;
}

char *normal_email(struct arena *a, const char *s)
{
    char *at, *email = strnlen(s, 1024) < 1024 ? utf8_trim(a, utf8_visible(a, s)) : NULL;

    if (email == NULL || strlen(email) > EMAIL_MAX)
        return NULL;
    for (char *p = email; *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    }
    at = strchr(email, '@');
    if (at == NULL || !is_local_part(email, (size_t)(at - email)) || !is_domain(at + 1))
        return NULL;
    return email;
}

/* The scan after its symbology identifier: scanners may send the kind of bar code first, "]C1" (ISO/IEC
 * 15424). */
static const char *after_symbology(const char *s)
{
    bool is = s[0] == ']' && s[1] >= 'A' && s[1] <= 'z' && s[2] >= '0' && s[2] <= '9';

    return is ? s + 3 : s;
}

static char *guide_tidied(struct arena *a, const char *s)
{
    char *t = strnlen(s, TYPED_MAX + 1) <= TYPED_MAX ? utf8_trim(a, utf8_visible(a, s)) : NULL;

    return t == NULL ? NULL : utf8_trim(a, after_symbology(t));
}

static char *guide_key(struct arena *a, const char *guide)
{
    char *key = typed_compact(a, guide, true, "/");
    size_t n;

    if (key == NULL)
        return NULL;
    key = utf8_upper_ascii(a, key);
    n = strlen(key);
    return n >= GUIDE_KEY_MIN && n <= GUIDE_MAX
                && only_of(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        ? key : NULL;
}

char *normal_scan(struct arena *a, const char *s)
{
    char *read = guide_tidied(a, s);

    return read == NULL || *read == '\0' ? NULL : utf8_upper_ascii(a, read);
}

char *normal_guide(struct arena *a, const char *s)
{
    char *guide = guide_tidied(a, s);

    if (guide == NULL || utf8_length(guide) > GUIDE_MAX || guide_key(a, guide) == NULL)
        return NULL;
    return utf8_upper_ascii(a, guide);
}

char *normal_guide_key(struct arena *a, const char *s)
{
    char *guide = guide_tidied(a, s);

    return guide == NULL ? NULL : guide_key(a, guide);
}

char *normal_code(struct arena *a, const char *s)
{
    char *code = typed_compact(a, s, true, "");

    if (code == NULL || strlen(code) != CODE_LENGTH)
        return NULL;
    code = utf8_upper_ascii(a, code);
    return only_of(code, ALPHABET_CODE) ? code : NULL;
}

char *normal_digits(struct arena *a, const char *s, size_t n)
{
    char *p = typed_compact(a, s, false, "");

    return p != NULL && strlen(p) == n && only_of(p, DIGITS) ? p : NULL;
}
