/* The rules for passwords (domain.md §6): at least ten characters, and none that everybody tries
 * first.  There are no rules about kinds of characters.  A list of words refuses many more passwords than it
 * has because the usual disguises are undone first: capitals, digits for letters (p4ssw0rd), something
 * before and after (Colombia2024!). */
#include <stdlib.h>

#include "base/texts.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "domain/ground/texts.h"
#include "domain/people/texts.h"
#include "domain/people/user.h"

#define LENGTH_MIN 10
#define LENGTH_MAX 128
#define OWN_MIN 4                /* shorter names are part of many good phrases */
#define LONGEST_PATTERN 4        /* letters of a repeated piece: abcabcabcabc */

static const char *const common[] = {
#define COMMON(...) __VA_ARGS__,
#include "domain/people/common_passwords.def"
#undef COMMON
};

/* Words sorted as strcmp does.  Cells of one width, so that no pointer to each must be written into the memory
 * of every program that loads the library; a word of the whole width has no NUL. */
static const char many[][16] = {
#define MANY(...) __VA_ARGS__,
#include "domain/people/common_passwords_many.def"
#undef MANY
};

static const char *const rows_of_keys[] = {
    "12345678901234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "zxcvbnmasdfghjklqwertyuiop", "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p",
};

static char char_as_letter(char c)
{
    static const char digits[] = "0134578@$!", letters[] = "oieastbasi";
    const char *at = strchr(digits, c);

    return c != '\0' && at != NULL ? letters[at - digits] : c;
}

/* The text in lower case without accents. */
static char *password_fold(struct arena *a, const char *s)
{
    char *out = utf8_fold(a, s);

    return out != NULL ? out : arena_strdup(a, s);
}

static char *text_as_letters(struct arena *a, const char *s)
{
    char *out = arena_strdup(a, s);

    for (char *p = out; *p != '\0'; p++)
        *p = char_as_letter(*p);
    return out;
}

static int cell_order(const void *word, const void *cell)
{
    return strncmp(word, cell, sizeof many[0]);
}

static bool word_is_listed(const char *s)
{
    for (size_t i = 0; i < COUNT(common); i++)
        if (streq(common[i], s))
            return true;
    return strlen(s) <= sizeof many[0] && bsearch(s, many, COUNT(many), sizeof many[0], cell_order) != NULL;
}

static bool char_is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/* True when the text is on the list: as it is, without what stands before and after its letters, or
 * with digits read as letters. */
static bool word_is_common(struct arena *a, const char *s)
{
    size_t from = 0, to = strlen(s);
    const char *core;

    while (from < to && !char_is_letter(s[from]))
        from++;
    while (to > from && !char_is_letter(s[to - 1]))
        to--;
    core = arena_strndup(a, s + from, to - from);
    return word_is_listed(s) || word_is_listed(core) || word_is_listed(text_as_letters(a, s))
        || word_is_listed(text_as_letters(a, core));
}

/* True when one piece is repeated to the end: aaaaaaaaaa, 1212121212, holahola. */
static bool text_is_repeated(const char *s)
{
    size_t n = strlen(s), longest = n / 2 > LONGEST_PATTERN ? n / 2 : LONGEST_PATTERN;

    for (size_t piece = 1; piece <= longest && piece < n; piece++) {
        size_t i = piece;

        while (i < n && s[i] == s[i - piece])
            i++;
        if (i == n)
            return true;
    }
    return false;
}

/* True when the text follows a row of the keyboard or the alphabet, in either direction. */
static bool text_is_row(struct arena *a, const char *s)
{
    size_t n = strlen(s);
    char *back = arena_strdup(a, s);

    for (size_t i = 0; i < n; i++)
        back[i] = s[n - 1 - i];
    for (size_t i = 0; i < COUNT(rows_of_keys); i++)
        if (strstr(rows_of_keys[i], s) != NULL || strstr(rows_of_keys[i], back) != NULL)
            return true;
    return false;
}

static bool password_is_common(struct arena *a, const char *password)
{
    const char *plain = password_fold(a, password);

    return word_is_common(a, plain) || text_is_repeated(plain) || text_is_row(a, plain);
}

/* True when the password contains the user name, or the part of the e-mail before its @. */
static bool password_holds_own(struct arena *a, const char *password, const char *name)
{
    size_t n = is_blank(name) ? 0 : strcspn(name, "@");

    return n >= OWN_MIN
        && strstr(password_fold(a, password), password_fold(a, arena_strndup(a, name, n))) != NULL;
}

enum err password_check(struct ctx *c, const char *field, const char *password,
                        const char *username, const char *email)
{
    size_t n = utf8_valid(password, strlen(password)) ? utf8_length(password) : 0;

    if (n < LENGTH_MIN)
        ctx_invalid(c, field, T_PASSWORD_SHORT, "10", NULL);
    else if (n > LENGTH_MAX)
        ctx_invalid(c, field, T_PASSWORD_LONG, "128", NULL);
    else if (password_is_common(c->a, password))
        ctx_invalid(c, field, T_PASSWORD_COMMON, NULL);
    else if (password_holds_own(c->a, password, username) || password_holds_own(c->a, password, email))
        ctx_invalid(c, field, T_PASSWORD_OWN, NULL);
    return ctx_faults(c);
}

enum err password_busy(struct ctx *c)
{
    enum err e = ctx_fail(c, E_THROTTLED, NULL, T_THROTTLED, "3 segundos", NULL);

    c->fault.retry_after = 3;
    return e;
}

enum err password_make(struct ctx *c, const char *password, const char **hash)
{
    bool busy;

    *hash = password_hash(c->a, c->conf, password, &busy);
    if (*hash != NULL)
        return OK;
    return busy ? password_busy(c) : ctx_fail(c, E_INTERNAL, NULL, T_INTERNAL, NULL);
}
