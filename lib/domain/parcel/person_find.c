/* The words and the order are those of the index person_words, which triggers keep (docs/search.md). */
#include "domain/parcel/person_find.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "domain/ground/tx.h"
#include "domain/people/customer.h"
#include "local/normal.h"

#define WORDS_MAX 8              /* words that are looked for; more are left out */
#define LEAST 2                  /* characters of which a search is made */
#define CLASS(n) ((int64_t)(n) << 40)    /* 1: not known, with a parcel here; 2: known; 3: known, with a parcel here */

#define SELECT "SELECT c.id, c.full_name, c.phone, c.building, c.tower, c.apartment, c.known_at,"                       \
    " (SELECT count(*) FROM packages p WHERE p.customer_id = c.id AND p.state = 'RECIBIDO'), o.full_name, NULL"
static const struct stmt find = STMT("person_find", "siii",
    SELECT " FROM (SELECT rowid AS number FROM person_words WHERE person_words MATCH $1 AND rowid >= $2 AND rowid < $3"
    " ORDER BY rowid DESC LIMIT $4) hit CROSS JOIN customers c ON c.id = hit.number & 1099511627775"
    " LEFT JOIN customers o ON o.id = c.phone_of ORDER BY hit.number DESC");
static const struct stmt known = STMT("person_known", "i",
    SELECT " FROM customers c LEFT JOIN customers o ON o.id = c.phone_of"
    " WHERE c.id = $1 AND c.known_at IS NOT NULL AND c.is_active = 1");
DB_REGISTER(&find, &known)

#define P struct person
static const struct field rows[] = {
    FIELD(P, id, F_INT, "Número del cliente"),
    FIELD(P, full_name, F_TEXT, "Nombre completo"),
    FIELD(P, phone, F_PHONE, "Celular, E.164; nada si no tiene"),
    FIELD(P, building, F_TEXT, "Edificio o conjunto"),
    FIELD(P, tower, F_TEXT, "Torre"),
    FIELD(P, apartment, F_TEXT, "Apartamento"),
    FIELD(P, known_at, F_INSTANT, "Desde cuándo lo conoce el punto; nada si solo lo nombra un anuncio"),
    FIELD(P, waiting, F_INT, "Cuántos paquetes suyos están por recoger"),
    FIELD(P, phone_of, F_TEXT, "De quién es el celular, si es de otra persona"),
    FIELD(P, home, F_TEXT, "Dónde vive, en palabras"),
};
const struct fields person_fields = FIELDS(rows);

/* ---- what is looked for ---- */

/* Words that people say before the number of a home. */
static bool word_is_of_home(const char *word, size_t n)
{
    static const char *const words[] = { "torre", "t", "tor", "bloque", "bl", "interior", "int", "apartamento", "apto", "apt",
                                         "ap", "a", "casa", "cs", "oficina", "of", "local", "no", "numero" };

    for (size_t i = 0; i < COUNT(words); i++)
        if (strlen(words[i]) == n && strncmp(words[i], word, n) == 0)
            return true;
    return false;
}

static bool word_begins_with_digit(const char *word)
{
    return word != NULL && isdigit((unsigned char)*word);
}

/* A word as the index is asked for it: without "torre", "apto" or the like that stand in one with a number ("t2");
 * a number whole, other words only begun. */
static void match_add(struct buf *match, const char *word)
{
    const size_t letters = strcspn(word, "0123456789");

    if (letters > 0 && word[letters] != '\0' && word_is_of_home(word, letters))
        word += letters;
    buf_printf(match, "%s\"%s\"%s", match->len > 0 ? " AND " : "", word, word[strspn(word, "0123456789")] == '\0' ? "" : "*");
}

/* A document's number as people write it, "1.020.304", is one word of the index; NULL: the text is none. */
static const char *match_of_document(struct arena *a, const char *text)
{
    char *out = arena_strdup(a, text), *to = out;

    for (const char *p = out; *p != '\0'; p++) {
        if (isdigit((unsigned char)*p))
            *to++ = *p;
        else if (*p != '.')
            return NULL;
    }
    *to = '\0';
    return to - out < 5 ? NULL : arena_printf(a, "\"%s\"", out);
}

/* Words are quoted, so that none is an operator. */
const char *person_match(struct arena *a, const char *text)
{
    const char *phone = normal_phone(a, text);
    char *words[WORDS_MAX], *folded = utf8_fold(a, text);
    struct buf match = { 0 };
    const char *out;
    size_t n;

    if (phone != NULL)
        return arena_printf(a, "\"%s\"", phone + 1);
    if (strchr(text, '.') != NULL && match_of_document(a, text) != NULL)
        return match_of_document(a, text);
    if (folded == NULL || utf8_length(folded) < LEAST)
        return "";
    n = utf8_words(folded, words, WORDS_MAX);
    for (size_t i = 0; i < n; i++)
        if (!(i + 1 < n && word_begins_with_digit(words[i + 1]) && word_is_of_home(words[i], strlen(words[i]))))
            match_add(&match, words[i]);
    out = match.len > 0 ? arena_strdup(a, match.data) : "";
    buf_free(&match);
    return out;
}

/* ---- finding ---- */

/* Adds the people of the classes from `low` to below `high`, up to the limit. */
static enum err people_add(struct ctx *c, const char *match, int64_t low, int64_t high, size_t limit, struct people *out)
{
    struct person *fresh;
    struct rows q;
    size_t n;
    enum err e;

    if (out->n >= limit)
        return OK;
    e = db_query(c->db, &q, &find, match, low, high, (int64_t)(limit - out->n));
    if (e != OK)
        return e;
    fresh = db_all(&q, c->a, person_fields, sizeof *fresh, &n);
    e = db_end(&q);
    for (size_t i = 0; e == OK && i < n; i++) {
        fresh[i].home = customer_home(c->a, fresh[i].building, fresh[i].tower, fresh[i].apartment);
        out->v[out->n++] = fresh[i];
    }
    return e;
}

enum err person_find(struct ctx *c, const char *q, enum person_scope scope, size_t limit, struct people *out)
{
    const char *match = is_blank(q) ? "" : person_match(c->a, q);
    enum err e;

    *out = (struct people){ .v = arena_alloc(c->a, (limit + 1) * sizeof *out->v) };
    if (*match == '\0')
        return OK;
    if (scope == PERSON_KNOWN)
        return domain_fault(c, people_add(c, match, CLASS(2), CLASS(4), limit, out));
    if (scope == PERSON_ANY)
        return domain_fault(c, people_add(c, match, CLASS(1), CLASS(4), limit, out));
    e = people_add(c, match, CLASS(3), CLASS(4), limit, out);
    if (e == OK)
        e = people_add(c, match, CLASS(1), CLASS(2), limit, out);
    return domain_fault(c, e);
}

enum err person_known(struct ctx *c, int64_t id, struct person *out)
{
    enum err e = db_get(c->db, person_fields, out, c->a, &known, id);

    if (e == OK)
        out->home = customer_home(c->a, out->building, out->tower, out->apartment);
    return e;
}
