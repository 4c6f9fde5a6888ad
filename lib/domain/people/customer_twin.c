#include "domain/people/customer_twin.h"

#include "base/utf8.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/people/identity.h"
#include "domain/people/texts.h"
#include "json/json.h"
#include "local/name.h"
#include "local/normal.h"

#define LOOKED_AT 50             /* people of one phone, home or name who are compared */
#define LIST_USUAL 50
#define LIST_MAX 200

static const struct stmt of_document = STMT("twin_document", "ss",
    "SELECT id FROM customers WHERE document_type = $1 AND document_number = $2 AND is_active = 1");
static const struct stmt of_phone = STMT("twin_phone", "si",
    "SELECT id, full_name FROM customers WHERE phone = $1 AND is_active = 1 UNION SELECT c.id, c.full_name FROM customer_phones k"
    " JOIN customers c ON c.id = k.customer_id AND c.is_active = 1 WHERE k.phone = $1 ORDER BY 1 LIMIT $2");
static const struct stmt of_home = STMT("twin_home", "sssi",
    "SELECT id, full_name FROM customers WHERE apartment = $1 AND tower IS $2 AND is_active = 1"
    " AND coalesce(building, $3, '') = coalesce($3, building, '') ORDER BY id LIMIT $4");
static const struct stmt of_name = STMT("twin_name", "ssi",
    "SELECT id FROM customers WHERE search_key = $1 AND is_active = 1 AND (phone IS NULL OR $2 IS NULL) ORDER BY id LIMIT $3");
/* Three reasons for a pair, each by an index; names are compared afterwards.  At least one of the two is known, so that
 * a stranger who announces many names makes no long list. */
#define PAIR "SELECT a.id AS first, b.id AS second, a.full_name AS one, b.full_name AS other, "
#define BOTH " AND b.id > a.id AND b.is_active = 1 AND (a.known_at IS NOT NULL OR b.known_at IS NOT NULL)" \
    " WHERE a.is_active = 1 AND a.id > $1 AND a.id <= $2" \
    " AND NOT EXISTS (SELECT 1 FROM customers_apart x WHERE x.first = a.id AND x.second = b.id) "
/* The first word of a name is in the other: those whose names are the same have that, and few neighbours do. */
#define FIRST_IN(x, y) "instr(' ' || " y ".search_key || ' ', ' ' || substr(" x ".search_key, 1, instr(" x ".search_key || ' ', ' '))) > 0"
static const struct stmt pairs = STMT("twin_pairs", "ii",
    PAIR "'celular' AS reason FROM customers a CROSS JOIN customers b ON b.phone = a.phone" BOTH
    " UNION ALL " PAIR "'vivienda' FROM customers a CROSS JOIN customers b ON b.apartment = a.apartment AND b.tower IS a.tower"
    " AND coalesce(b.building, a.building, '') = coalesce(a.building, b.building, '') AND (" FIRST_IN("a", "b") " OR "
    FIRST_IN("b", "a") ")" BOTH " AND a.phone IS NOT b.phone"
    " UNION ALL " PAIR "'nombre' FROM customers a CROSS JOIN customers b INDEXED BY customers_without_phone"
    " ON b.search_key = a.search_key AND b.phone IS NULL"
    BOTH " AND a.search_key <> '' AND a.phone IS NOT NULL"
    " UNION ALL " PAIR "'nombre' FROM customers a CROSS JOIN customers b ON b.search_key = a.search_key"
    BOTH " AND a.search_key <> '' AND a.phone IS NULL"
    " ORDER BY 1, 2");
static const struct stmt newest = STMT("twin_newest", "", "SELECT coalesce(max(id), 0) FROM customers");
static const struct stmt apart = STMT("customers_apart", "iiii",
    "INSERT INTO customers_apart (first, second, at, said_by) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING");
static const struct stmt together = STMT("customers_together", "ii", "DELETE FROM customers_apart WHERE first = $1 AND second = $2");
DB_REGISTER(&of_document, &of_phone, &of_home, &of_name, &pairs, &newest, &apart, &together)

const struct word twin_reasons[] = {
    { "documento", "El mismo documento" }, { "celular", "El mismo celular" }, { "vivienda", "La misma vivienda" },
    { "nombre", "El mismo nombre" }, WORDS_END
};

#define T struct twin
static const struct field twin_rows[] = {
    FIELD_PART(T, who, customer_fields),
    FIELD(T, reason, F_TEXT, "Por qué puede ser la misma persona"),
    FIELD(T, home, F_TEXT, "Dónde vive, en palabras"),
};
const struct fields twin_fields = FIELDS(twin_rows);
#define P struct twin_pair
static const struct field pair_rows[] = {
    FIELD_OBJECT(P, first, customer_fields, "Quien se escribió primero"),
    FIELD_OBJECT(P, second, customer_fields, "Quien puede ser la misma persona"),
    FIELD(P, first_home, F_TEXT, "Dónde vive, en palabras"),
    FIELD(P, second_home, F_TEXT, "Dónde vive, en palabras"),
    FIELD(P, reason, F_TEXT, "Por qué pueden ser una sola persona"),
};
const struct fields twin_pair_fields = FIELDS(pair_rows);

static const char *home_of(struct ctx *c, const struct customer *who)
{
    return customer_home(c->a, who->building, who->tower, who->apartment);
}

/* ---- one who is being written down ---- */

static enum err twin_take(struct ctx *c, int64_t id, const char *reason, struct twins *out)
{
    struct twin *t = &out->v[out->n];
    enum err e;

    for (size_t i = 0; i < out->n; i++)
        if (out->v[i].who.id == id)
            return OK;
    if (out->n == TWINS_MAX)
        return OK;
    e = customer_by_id(c, id, &t->who);
    t->reason = reason;
    t->home = e == OK ? home_of(c, &t->who) : NULL;
    out->n += e == OK;
    return e;
}

/* Takes those of an open result whose names may be the typed one's; every one when there is no name to compare. */
static enum err twins_take(struct ctx *c, struct rows *q, bool (*alike)(struct arena *, const char *, const char *),
                           const char *name, const char *reason, struct twins *out)
{
    int64_t ids[TWINS_MAX];
    size_t n = 0;
    enum err e;

    while (db_next(q))
        if (n < TWINS_MAX && (alike == NULL || alike(c->a, db_text(q, 1), name)))
            ids[n++] = db_int(q, 0);
    e = db_end(q);
    for (size_t i = 0; i < n && e == OK; i++)
        e = twin_take(c, ids[i], reason, out);
    return e;
}

enum err customer_twins(struct ctx *c, const struct twin_of *typed, struct twins *out)
{
    const char *name = is_blank(typed->name) ? NULL : normal_name(c->a, typed->name);
    const char *phone = is_blank(typed->phone) ? NULL : normal_phone(c->a, typed->phone);
    const char *number = is_blank(typed->document_number) ? NULL : identity_number(c->a, typed->document_number);
    const char *tower = is_blank(typed->tower) ? NULL : typed->tower;
    const char *building = is_blank(typed->building) ? NULL : typed->building;
    struct rows q;
    enum err e = OK;

    *out = (struct twins){ .v = arena_alloc(c->a, TWINS_MAX * sizeof *out->v) };
    if (number != NULL && !is_blank(typed->document_type)
        && (e = db_query(c->db, &q, &of_document, typed->document_type, number)) == OK)
        e = twins_take(c, &q, NULL, NULL, "documento", out);
    if (e == OK && name != NULL && phone != NULL && (e = db_query(c->db, &q, &of_phone, phone, (int64_t)LOOKED_AT)) == OK)
        e = twins_take(c, &q, names_look_alike, name, "celular", out);
    if (e == OK && name != NULL && !is_blank(typed->apartment)
        && (e = db_query(c->db, &q, &of_home, typed->apartment, tower, building, (int64_t)LOOKED_AT)) == OK)
        e = twins_take(c, &q, names_same, name, "vivienda", out);
    if (e == OK && name != NULL
        && (e = db_query(c->db, &q, &of_name, utf8_fold(c->a, name), phone, (int64_t)TWINS_MAX)) == OK)
        e = twins_take(c, &q, NULL, NULL, "nombre", out);
    return domain_fault(c, e);
}

/* ---- all who are there ---- */

#define WINDOW 200               /* people whose twins are looked for by one statement … */
#define WINDOWS 25               /* … and so many statements for a page */

static bool pair_is_one(struct ctx *c, const char *one, const char *other, const char *reason)
{
    return streq(reason, "nombre") || names_same(c->a, one, other) || names_equal(c->a, one, other)
        || (streq(reason, "celular") && names_look_alike(c->a, one, other) && !names_alike(c->a, one, other));
}

struct found { int64_t first, second; const char *reason; };
struct founds { struct found *v; size_t n; };

/* Adds the pairs whose first one is in a window of ids. */
static enum err pairs_add(struct ctx *c, int64_t after, int64_t last, struct founds *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &pairs, after, last);

    if (e != OK)
        return e;
    while (db_next(&q)) {
        const struct found *before = out->n > 0 ? &out->v[out->n - 1] : NULL;
        struct found f = { .first = db_int(&q, 0), .second = db_int(&q, 1), .reason = NULL };

        if (before != NULL && before->first == f.first && before->second == f.second)
            continue;
        if (!pair_is_one(c, db_text(&q, 2), db_text(&q, 3), db_text(&q, 4)))
            continue;
        f.reason = db_dup(&q, 4, c->a);
        out->v = arena_more(c->a, out->v, out->n, sizeof *out->v);
        out->v[out->n++] = f;
    }
    return db_end(&q);
}

static const struct customer *customer_among(const struct customers *all, int64_t id)
{
    size_t i = 0;

    while (i < all->n && all->v[i].id != id)
        i++;
    return i < all->n ? &all->v[i] : NULL;
}

/* Reads the people of all pairs at once. */
static enum err pairs_read(struct ctx *c, const struct founds *found, struct twin_pairs *out)
{
    int64_t *ids = arena_alloc(c->a, (2 * found->n + 1) * sizeof *ids);
    struct customers people;
    enum err e;

    for (size_t i = 0; i < found->n; i++) {
        ids[2 * i] = found->v[i].first;
        ids[2 * i + 1] = found->v[i].second;
    }
    *out = (struct twin_pairs){ .v = arena_alloc(c->a, (found->n + 1) * sizeof *out->v) };
    e = customers_by_ids(c, ids, 2 * found->n, &people);
    for (size_t i = 0; i < found->n && e == OK; i++) {
        const struct customer *first = customer_among(&people, found->v[i].first);
        const struct customer *second = customer_among(&people, found->v[i].second);

        if (first != NULL && second != NULL)
            out->v[out->n++] = (struct twin_pair){ *first, *second, home_of(c, first), home_of(c, second), found->v[i].reason };
    }
    return e;
}

enum err customer_twin_pairs(struct ctx *c, const struct twin_filter *f, struct twin_pairs *out, int64_t *next)
{
    const size_t limit = f->limit < 1 || f->limit > LIST_MAX ? LIST_USUAL : (size_t)f->limit;
    const int64_t last = db_scalar(c->db, 0, &newest);
    struct founds all = { 0 };
    int64_t after = f->after;
    enum err e = OK;

    for (int i = 0; e == OK && i < WINDOWS && after < last && all.n <= limit; i++, after += WINDOW)
        e = pairs_add(c, after, after + WINDOW, &all);
    *next = after < last ? after : 0;
    /* A page ends after all pairs of one person. */
    if (all.n > limit) {
        size_t n = limit;

        while (n < all.n && all.v[n].first == all.v[n - 1].first)
            n++;
        if (n < all.n)
            *next = all.v[n - 1].first;
        all.n = n;
    }
    return domain_fault(c, e == OK ? pairs_read(c, &all, out) : e);
}

/* ---- who are two ---- */

struct parting { struct ctx *c; int64_t first, second; bool apart; };

static enum err customer_part_tx(struct db *db, void *arg)
{
    const struct parting *x = arg;
    struct ctx *c = x->c;
    struct json_object *details;
    struct customer who;
    int64_t changed = 0;
    enum err e = customer_by_id(c, x->first, &who);

    if (e == OK)
        e = customer_by_id(c, x->second, &who);
    if (e == OK)
        e = x->apart ? db_exec(db, &changed, &apart, x->first, x->second, c->now, c->user_id)
            : db_exec(db, &changed, &together, x->first, x->second);
    if (e != OK || changed == 0)
        return e;
    details = json_object_new_object();
    json_add_int(details, "other", x->second);
    return audit_tx(c, x->apart ? "customer_apart" : "customer_together", "customer", x->first, details);
}

enum err customer_part(struct ctx *c, const struct part_in *in, bool are_two)
{
    struct parting x = { c, in->id < in->with ? in->id : in->with, in->id < in->with ? in->with : in->id, are_two };

    if (in->id == in->with)
        return ctx_fail(c, E_INVALID, "with", T_PART_SELF, NULL);
    return operation_once(c, are_two ? "customer_apart" : "customer_together", customer_part_tx, &x, NULL);
}
