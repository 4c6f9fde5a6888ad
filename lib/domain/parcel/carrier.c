#include "domain/parcel/carrier.h"

#include <ctype.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "domain/ground/tx.h"
#include "domain/parcel/courier.h"
#include "domain/parcel/texts.h"

#define NAMES_MAX 200            /* names of one list; more were written by mistake */

static const struct stmt name_of = STMT("carrier_name", "s", "SELECT name FROM carriers WHERE key = $1");
static const struct stmt others = STMT("carrier_others", "i", "SELECT name FROM carriers ORDER BY key LIMIT $1");
static const struct stmt keep = STMT("carrier_keep", "ssIi",
    "INSERT INTO carriers (key, name, created_by, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING");
DB_REGISTER(&name_of, &others, &keep)

/* What makes two spellings one carrier: lower case, without marks, letters and digits alone. */
static const char *carrier_key(struct arena *a, const char *typed)
{
    char *key = utf8_fold(a, typed), *to = key;

    for (const char *s = key; s != NULL && *s != '\0'; s++)
        if ((unsigned char)*s >= 0x80 || isalnum((unsigned char)*s))
            *to++ = *s;
    if (to != NULL)
        *to = '\0';
    return key;
}

static bool key_is_listed(const char *list, const char *key)
{
    const size_t n = strlen(key);

    for (const char *s = list; s != NULL && *s != '\0'; s += strcspn(s, " "), s += *s == ' ')
        if (strncmp(s, key, n) == 0 && (s[n] == ' ' || s[n] == '\0'))
            return true;
    return false;
}

const char *carrier_known(struct ctx *c, const char *typed)
{
    const char *key = is_blank(typed) ? NULL : carrier_key(c->a, typed), *name = NULL;
    struct rows q;

    if (is_blank(key))
        return NULL;
    for (const struct carrier *k = carriers; k->name != NULL; k++)
        if (streq(carrier_key(c->a, k->name), key) || key_is_listed(k->also, key))
            return k->name;
    if (db_one(c->db, &q, &name_of, key) != OK)
        return NULL;
    name = arena_strdup(c->a, db_text(&q, 0));
    return db_end(&q) == OK ? name : NULL;
}

enum err carrier_keep_tx(struct ctx *c, const char *typed, const char **name)
{
    const char *key;

    *name = carrier_known(c, typed);
    if (*name != NULL || is_blank(typed))
        return OK;
    *name = utf8_trim(c->a, typed);
    key = carrier_key(c->a, typed);
    return is_blank(key) ? OK : db_exec(c->db, NULL, &keep, key, *name, c->user_id, c->now);
}

const char *carrier_said(struct ctx *c, const char *carrier, const char *other)
{
    if (is_blank(carrier) || !streq(carrier, CARRIER_OTHER))
        return is_blank(carrier) ? NULL : carrier;
    if (is_blank(other))
        ctx_invalid(c, "carrier_other", T_CARRIER_OTHER, NULL);
    return other;
}

enum err carrier_names(struct ctx *c, struct carrier_names *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &others, (int64_t)NAMES_MAX);

    *out = (struct carrier_names){ .v = arena_alloc(c->a, (CARRIERS_MAX + NAMES_MAX) * sizeof *out->v) };
    if (e != OK)
        return domain_fault(c, e);
    for (const struct carrier *k = carriers; k->name != NULL; k++)
        out->v[out->n++] = k->name;
    while (db_next(&q))
        out->v[out->n++] = arena_strdup(c->a, db_text(&q, 0));
    return domain_fault(c, db_end(&q));
}
