#include "domain/parcel/guide_reading.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "base/util.h"
#include "domain/parcel/courier.h"
#include "local/normal.h"

#define PARTS_MAX 16             /* parts of a text with separators that are looked at; the rest of it is ignored */
#define HALF_LEAST 8             /* characters; shorter halves are alike by chance */
#define SEPARATORS "\t\r\n,;|"
#define WORD_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

/* ---- links and JSON ---- */

static bool text_is_structured(const char *text)
{
    text += strspn(text, " \t");
    return *text == '{' || *text == '[' || strstr(text, "://") != NULL || has_prefix(text, "WWW.");
}

/* Whether a parameter, member or folder of that name holds a guide or a tracking code. */
static bool name_of_guide(const char *name)
{
    static const char *const parts[] = { "GUIA", "GUIDE", "TRACK", "TRK", "RASTRE", "WAYBILL", "AWB", "REMESA",
                                         "SHIPMENT", "AUTO_SEARCH", "CODIGO", "CODE" };

    for (size_t i = 0; i < COUNT(parts); i++)
        if (strstr(name, parts[i]) != NULL)
            return true;
    return false;
}

/* Whether a parameter of our own pages of that name holds a tracking code, which may be letters only. */
static bool name_of_code(const char *name)
{
    return streq(name, "Q") || streq(name, "AUTO_SEARCH");
}

static bool word_is_guide(struct arena *a, const char *word)
{
    return strpbrk(word, "0123456789") != NULL && normal_guide_key(a, word) != NULL;
}

struct word_found { const char *word; bool several; };

static void word_count(struct word_found *f, const char *word)
{
    f->several = f->several || (f->word != NULL && !streq(f->word, word));
    f->word = word;
}

/* The guide in a link or a JSON text: what stands behind a name that says so, else the one word whose check digit
 * fits, else the one that has the form of a carrier's guide.  NULL when there is none, or several and no name. */
static const char *guide_inside(struct arena *a, const char *text)
{
    struct word_found proven = { 0 }, formed = { 0 };
    const char *name = "";

    for (const char *s = text + strcspn(text, WORD_CHARS); *s != '\0'; s += strcspn(s, WORD_CHARS)) {
        const size_t n = strspn(s, WORD_CHARS);
        const char *word = arena_strndup(a, s, n);

        s += n;
        if ((name_of_guide(name) && word_is_guide(a, word)) || (name_of_code(name) && normal_code(a, word) != NULL))
            return word;
        if (courier_proves(word))
            word_count(&proven, word);
        if (courier_guess(word) != NULL)
            word_count(&formed, word);
        name = word;
    }
    if (proven.word != NULL && !proven.several)
        return proven.word;
    return formed.several ? NULL : formed.word;
}

/* ---- two readings in one text ---- */

static void reading_set_two(struct guide_reading *out, const char *first, const char *second)
{
    out->first = first;
    out->second = second;
}

/* The part of a text with separators that is the guide: the only one with the form of a carrier's, or the only
 * one that is a guide at all.  NULL when there is none; if there are several, out->first and second are set. */
static const char *reading_part(struct arena *a, char *text, struct guide_reading *out)
{
    const char *keys[PARTS_MAX], *formed[PARTS_MAX];
    size_t n = 0, with_form = 0;
    char *save = NULL;

    for (char *part = strtok_r(text, SEPARATORS, &save); part != NULL && n < PARTS_MAX;
         part = strtok_r(NULL, SEPARATORS, &save)) {
        const char *key = normal_guide_key(a, part);

        if (key == NULL)
            continue;
        keys[n++] = part;
        if (courier_guess(key) != NULL)
            formed[with_form++] = part;
    }
    if (with_form == 1 || n == 1)
        return with_form == 1 ? formed[0] : keys[0];
    if (n > 1)
        reading_set_two(out, normal_guide(a, with_form > 1 ? formed[0] : keys[0]),
                        normal_guide(a, with_form > 1 ? formed[1] : keys[1]));
    return NULL;
}

/* Whether the words of a text are a carrier's guides each. */
static void reading_find_spaced(struct arena *a, const char *text, struct guide_reading *out)
{
    const char *words[2] = { NULL, NULL };
    char *save = NULL;
    size_t n = 0;

    for (char *w = strtok_r(arena_strdup(a, text), " ", &save); w != NULL; w = strtok_r(NULL, " ", &save)) {
        const char *key = normal_guide_key(a, w);

        if (key == NULL || courier_guess(key) == NULL)
            return;
        if (n < COUNT(words))
            words[n] = key;
        n++;
    }
    if (n > 1)
        reading_set_two(out, words[0], words[1]);
}

/* Whether a key that has no known form has two halves that are the same guide, or guides of the same carrier. */
static void reading_find_joined(struct arena *a, const char *key, struct guide_reading *out)
{
    const size_t half = strlen(key) / 2;
    const char *first = arena_strndup(a, key, half), *second = key + half, *carrier = courier_guess(first);

    if (half < HALF_LEAST || strlen(second) != half)
        return;
    if (streq(first, second) || (carrier != NULL && text_is(courier_guess(second), carrier)))
        reading_set_two(out, first, second);
}

/* ---- one reading ---- */

static void reading_fill(struct arena *a, const char *text, struct guide_reading *out)
{
    const char *key = normal_guide_key(a, text), *number = normal_guide(a, text);

    if (key == NULL)
        return;
    out->number = number != NULL ? number : key;
    out->key = courier_printed(a, key);
    out->keys[0] = key;
    out->n = 1 + courier_numbers(a, key, out->keys + 1, READING_KEYS - 1);
    if (courier_knows(key))
        return;
    reading_find_spaced(a, out->number, out);
    if (out->first == NULL)
        reading_find_joined(a, key, out);
}

/* Whether a text is a guide but for signs that a scanner writes when the computer takes it for a keyboard of another
 * language: ' for -, - for /, Ñ for : and the like. */
static bool reading_of_other_layout(struct arena *a, const char *text)
{
    static const char *const signs[] = { "'", "`", "´", "¿", "¡", "?", "=", "&", "(", ")", "+", "_", "<", "Ñ", "ñ", "ç", "Ç" };
    struct buf rest = { 0 };
    bool is;

    for (const char *s = text; *s != '\0';) {
        size_t n = 0;

        for (size_t i = 0; i < COUNT(signs) && n == 0; i++)
            n = has_prefix(s, signs[i]) ? strlen(signs[i]) : 0;
        if (n == 0)
            buf_char(&rest, *s++);
        s += n;
    }
    is = rest.data != NULL && rest.len < strlen(text) && normal_guide_key(a, rest.data) != NULL;
    buf_free(&rest);
    return is;
}

/* Whether a text is what people write where a box has no readable guide. */
static bool text_says_none(struct arena *a, const char *text)
{
    static const char *const sayings[] = { "singuia", "sinnumero", "sinnumerodeguia", "sinnumeroguia", "sinnum", "sg", "sn", "na", "notiene",
                                           "notieneguia", "notraeguia", "notrae", "nohay", "nohayguia", "noguia", "ninguna",
                                           "ninguno", "ilegible", "guiailegible", "noselee" };
    char *key = utf8_fold(a, text), *to = key;

    for (const char *s = key; s != NULL && *s != '\0'; s++)
        if (isalnum((unsigned char)*s))
            *to++ = *s;
    if (key == NULL)
        return false;
    *to = '\0';
    for (size_t i = 0; i < COUNT(sayings); i++)
        if (streq(key, sayings[i]))
            return true;
    return false;
}

void guide_read(struct arena *a, const char *text, struct guide_reading *out)
{
    char *read;

    *out = (struct guide_reading){ 0 };
    if (text == NULL || strnlen(text, READING_MAX * 4 + 1) > READING_MAX * 4)
        return;
    read = utf8_upper_ascii(a, utf8_visible(a, text));
    if ((out->says_none = text_says_none(a, read)))
        return;
    text = text_is_structured(read) ? guide_inside(a, read) : reading_part(a, read, out);
    if (text != NULL)
        reading_fill(a, text, out);
    else if (out->first == NULL)
        out->other_layout = reading_of_other_layout(a, read);
}
