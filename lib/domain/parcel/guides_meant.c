#include "domain/parcel/guides_meant.h"

#include <ctype.h>
#include <string.h>

#include "base/utf8.h"
#include "base/util.h"
#include "domain/parcel/courier.h"
#include "local/normal.h"

#define SEPARATORS "\t\r\n,;|"
#define AROUND "\"'().:#<>[]{}!?*"       /* signs that may stand around a word of a sentence */
#define ALONE_LEAST 8            /* characters of each of two guides on one line whose form nobody knows */
#define PROSE_LEAST 3            /* words of letters alone that make a sentence */
#define BETWEEN_MOST 3           /* words between "guía" and the guide */
#define WORDS_MAX 400

struct line_words { char *v[WORDS_MAX]; size_t n; };

static bool word_has_digit(const char *word)
{
    return word[strcspn(word, "0123456789")] != '\0';
}

static bool word_is_letters(const char *word)
{
    return strlen(word) > 1 && !word_has_digit(word) && strchr(word, '/') == NULL;
}

static void words_split(struct arena *a, const char *text, const char *separators, struct line_words *out)
{
    char *save = NULL;

    out->n = 0;
    for (char *w = strtok_r(arena_strdup(a, text), separators, &save); w != NULL && out->n < WORDS_MAX;
         w = strtok_r(NULL, separators, &save)) {
        size_t n;

        w += strspn(w, AROUND);
        for (n = strlen(w); n > 0 && strchr(AROUND, w[n - 1]) != NULL; n--)
            w[n - 1] = '\0';
        if (*w != '\0')
            out->v[out->n++] = w;
    }
}

static void meant_add(struct guides_meant *out, const char *guide)
{
    if (out->n < GUIDES_MEANT_MAX)
        out->v[out->n++] = guide;
}

/* ---- a message ---- */

static bool is_sentence(const struct line_words *w)
{
    size_t letters = 0;

    for (size_t i = 0; i < w->n; i++)
        letters += word_is_letters(w->v[i]);
    return letters >= PROSE_LEAST;
}

/* Words behind which a message says its guide. */
static bool word_names_guide(struct arena *a, const char *word)
{
    static const char *const names[] = { "guia", "guias", "rastreo", "rastrear", "tracking", "track", "seguimiento", "remesa", "envio" };
    const char *key = utf8_fold(a, word);

    for (size_t i = 0; key != NULL && i < COUNT(names); i++)
        if (streq(key, names[i]))
            return true;
    return false;
}

static bool word_may_be_guide(struct arena *a, const char *word)
{
    return word_has_digit(word) && normal_guide_key(a, word) != NULL;
}

/* Adds the guides that the message names, else the words with the form of a carrier's that are no telephone. */
static void message_read(struct arena *a, const struct line_words *w, struct guides_meant *out)
{
    int left = 0;                /* words that may still stand before the guide: "la guía número 700011112233" */

    for (size_t i = 0; i < w->n; i++) {
        if (word_names_guide(a, w->v[i]))
            left = BETWEEN_MOST;
        else if (left > 0 && word_may_be_guide(a, w->v[i])) {
            meant_add(out, w->v[i]);
            left = 1;            /* of "700011112233 y 700011112234" the second, but not the telephone behind "Dudas:" */
        } else if (strlen(w->v[i]) > 1)
            left--;
    }
    if (out->n > 0)
        return;
    for (size_t i = 0; i < w->n; i++) {
        const char *key = normal_guide_key(a, w->v[i]);

        if (word_has_digit(w->v[i]) && key != NULL && courier_guess(key) != NULL && normal_phone(a, w->v[i]) == NULL)
            meant_add(out, w->v[i]);
    }
}

/* ---- a line ---- */

/* Whether a piece is two guides or more with spaces between them: together they are no carrier's, and each is one, or is long
 * enough to be. */
static bool piece_is_several(struct arena *a, const char *piece, const struct line_words *w)
{
    const char *whole = normal_guide_key(a, piece);

    if (w->n < 2 || (whole != NULL && courier_knows(whole)))
        return false;
    for (size_t i = 0; i < w->n; i++) {
        const char *key = normal_guide_key(a, w->v[i]);

        if (key == NULL || (!courier_knows(key) && (strlen(key) < ALONE_LEAST || !word_has_digit(key))))
            return false;
    }
    return true;
}

static void line_read(struct arena *a, const char *line, struct guides_meant *out)
{
    char *save = NULL;

    for (char *piece = strtok_r(arena_strdup(a, line), SEPARATORS, &save); piece != NULL; piece = strtok_r(NULL, SEPARATORS, &save)) {
        struct line_words w;

        piece = utf8_trim(a, piece);
        if (is_blank(piece))
            continue;
        words_split(a, piece, " ", &w);
        if (!piece_is_several(a, piece, &w)) {
            meant_add(out, piece);
            continue;
        }
        out->as_typed = false;
        for (size_t i = 0; i < w.n; i++)
            meant_add(out, w.v[i]);
    }
}

void guides_meant(struct arena *a, const char *text, struct guides_meant *out)
{
    struct line_words all;

    *out = (struct guides_meant){ .as_typed = true };
    if (is_blank(text) || utf8_trim(a, text) == NULL)
        return;
    words_split(a, text, " " SEPARATORS, &all);
    if (is_sentence(&all) && strstr(text, "://") == NULL)
        message_read(a, &all, out);
    if (out->n > 0)
        out->as_typed = false;
    else
        line_read(a, text, out);
}
