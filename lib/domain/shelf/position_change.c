/* An administrator makes and changes positions; each change is audited. */
#include "base/texts.h"
#include "domain/shelf/texts.h"
#include "json/json.h"
#include "base/log.h"
#include "local/normal.h"
#include "base/utf8.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/shelf/position.h"
#include "domain/ground/tx.h"

static const struct stmt insert = STMT("position_insert", "ssisI",
    "INSERT INTO positions (code, zone, walk_order, size_class, capacity) VALUES ($1, $2, $3, $4, $5)"
    " RETURNING id");
static const struct stmt change = STMT("position_change", "isisIi",
    "UPDATE positions SET zone = $2, walk_order = $3, size_class = $4, capacity = $5, is_active = $6,"
    " version = version + 1 WHERE id = $1 AND ($5 IS NULL OR used <= $5) AND ($6 = 1 OR used = 0)");
/* Overflow (no capacity) comes last on the walk, so a new position with a limit is placed before it. */
static const struct stmt last_order = STMT("position_last_order", "i",
    "SELECT coalesce(max(walk_order) + 1, 0) FROM positions WHERE (capacity IS NULL) = $1");
static const struct stmt other_unlimited = STMT("position_other_unlimited", "i",
    "SELECT 1 FROM positions WHERE is_active = 1 AND capacity IS NULL AND id <> $1 LIMIT 1");
DB_REGISTER(&insert, &change, &last_order, &other_unlimited)

/* ---- new positions ---- */

struct range { const char *prefix; int64_t first, last; int width; };

/* The code in upper case; NULL, and a fault at `field`, when it cannot be one.  It must not look like
 * a tracking code, since a scanner could not tell a position's label from a parcel's. */
static const char *position_code_check(struct ctx *c, const char *typed, const char *field)
{
    static const char symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
    const char *code = utf8_upper_ascii(c->a, typed);

    if (strlen(code) > POSITION_CODE_MAX || code[strspn(code, symbols)] != '\0' || code[0] == '-')
        ctx_invalid(c, field, T_POSITION_CODE, NULL);
    else if (normal_code(c->a, code) != NULL)
        ctx_invalid(c, field, T_POSITION_LIKE_CODE, code, NULL);
    else
        return code;
    return NULL;
}

/* Splits off the number at the end of a code: A01 is A, 1, of two digits.  False when there is none. */
static bool code_split(struct ctx *c, const char *code, struct range *out)
{
    size_t n = strlen(code), digits = 0;

    while (digits < n && code[n - digits - 1] >= '0' && code[n - digits - 1] <= '9')
        digits++;
    out->prefix = arena_strndup(c->a, code, n - digits);
    out->width = (int)digits;
    return digits > 0 && parse_int(code + n - digits, &out->first);
}

static enum err range_of(struct ctx *c, const struct position_in *in, struct range *out)
{
    const char *code = position_code_check(c, in->code, "code"), *last;
    struct range end;

    if (code == NULL)
        return ctx_faults(c);
    if (is_blank(in->last)) {
        *out = (struct range){ .prefix = code };
        return OK;
    }
    last = position_code_check(c, in->last, "last");
    if (last == NULL)
        return ctx_faults(c);
    if (!code_split(c, code, out) || !code_split(c, last, &end) || !streq(out->prefix, end.prefix)
        || out->width != end.width || end.first < out->first || end.first - out->first >= POSITIONS_AT_ONCE)
        return ctx_fail(c, E_INVALID, "last", T_POSITION_RANGE,
                        arena_strdup(c->a, NUM(POSITIONS_AT_ONCE)), NULL);
    out->last = end.first;
    return OK;
}

struct position_adding {
    struct ctx *c;
    const struct position_in *in;
    struct range range;
    struct positions *out;
};

static const char *range_code(struct ctx *c, const struct range *r, int64_t i)
{
    const long long number = r->first + i;

    return r->width == 0 ? r->prefix : arena_printf(c->a, "%s%0*lld", r->prefix, r->width, number);
}

static enum err position_insert_one(struct position_adding *x, const char *code, int64_t order, int64_t *id)
{
    const struct position_in *in = x->in;
    enum err e = db_insert(x->c->db, id, &insert, code, in->zone, order, in->size_class, in->capacity);

    return e == E_CONFLICT ? ctx_fail(x->c, e, "code", T_POSITION_TWICE, code, NULL) : e;
}

static enum err positions_audit_added(struct position_adding *x)
{
    const struct positions *all = x->out;
    struct json_object *details = json_of(position_fields, &all->v[0]);

    json_add_text(details, "last", all->v[all->n - 1].code);
    json_add_int(details, "count", (int64_t)all->n);
    return audit_tx(x->c, "position_add", "position", all->v[0].id, details);
}

static enum err positions_read_added(struct position_adding *x, const int64_t *ids, size_t n)
{
    enum err e = OK;

    *x->out = (struct positions){ .v = arena_alloc(x->c->a, n * sizeof *x->out->v) };
    for (size_t i = 0; i < n && e == OK; i++)
        e = position_by_id(x->c, ids[i], &x->out->v[x->out->n++]);
    return e;
}

static enum err position_add_tx(struct db *db, void *arg)
{
    struct position_adding *x = arg;
    struct ctx *c = x->c;
    size_t n = (size_t)(x->range.last - x->range.first) + 1;
    int64_t *ids = arena_alloc(c->a, n * sizeof *ids);
    int64_t order = x->in->walk_order;
    const char *answer;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL) {
        n = operation_ids_read(c->a, answer, &ids);
        return positions_read_added(x, ids, n);
    }
    if (order == 0)
        order = db_scalar(db, 0, &last_order, (int64_t)(x->in->capacity == 0));
    for (size_t i = 0; i < n && e == OK; i++)
        e = position_insert_one(x, range_code(c, &x->range, (int64_t)i), order + (int64_t)i, &ids[i]);
    if (e == OK)
        e = positions_read_added(x, ids, n);
    if (e == OK)
        e = positions_audit_added(x);
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, ids, n));
}

enum err position_add(struct ctx *c, const struct position_in *in, struct positions *out)
{
    struct position_adding x = { .c = c, .in = in, .out = out };
    enum err e;

    c->fault = (struct fault){ 0 };
    if (is_blank(in->code))
        return ctx_fail(c, E_INVALID, "code", T_REQUIRED, NULL);
    e = range_of(c, in, &x.range);
    return e != OK ? e : domain_operation(c, "position_add", position_add_tx, &x);
}

/* ---- changes ---- */

struct position_changing {
    struct ctx *c;
    const struct position_edit *in;
    struct position before, *out;    /* out: the position as asked for, and at the end as it was written */
};

static enum err position_refuse_change(struct position_changing *x)
{
    const struct position *before = &x->before;
    const char *lying = arena_strdup(x->c->a, NUM(before->used));

    if (!x->out->is_active && before->used > 0)
        return ctx_fail(x->c, E_CONFLICT, "is_active", T_POSITION_IN_USE, before->code, lying, NULL);
    return ctx_fail(x->c, E_CONFLICT, "capacity", T_POSITION_HOLDS, before->code, lying, NULL);
}

static bool position_is_overflow(const struct position *p)
{
    return p->capacity == 0 && p->is_active;
}

static void position_overlay(struct position *p, const struct position_edit *in)
{
    if (!is_blank(in->zone))
        p->zone = in->zone;
    if (!is_blank(in->size_class))
        p->size_class = in->size_class;
    if (in->walk_order != NULL)
        p->walk_order = *in->walk_order;
    if (in->capacity != NULL)
        p->capacity = *in->capacity;
    if (in->is_active != NULL)
        p->is_active = *in->is_active;
}

static enum err position_audit_change(struct position_changing *x)
{
    struct json_object *details = json_object_new_object();

    json_add(details, "before", json_of(position_fields, &x->before));
    json_add(details, "after", json_of(position_fields, x->out));
    return audit_tx(x->c, "position_change", "position", x->in->id, details);
}

static enum err position_change_tx(struct db *db, void *arg)
{
    struct position_changing *x = arg;
    const struct position_edit *in = x->in;
    struct position *p = x->out;
    struct ctx *c = x->c;
    int64_t changed;
    enum err e = position_by_id(c, in->id, &x->before);

    if (e != OK)
        return e;
    if (in->version != 0 && in->version != x->before.version)
        return ctx_fail(c, E_PRECONDITION, NULL, T_POSITION_CHANGED, NULL);
    *p = x->before;
    position_overlay(p, in);
    if (position_is_overflow(&x->before) && !position_is_overflow(p)
        && db_scalar(db, 0, &other_unlimited, in->id) == 0)
        return ctx_fail(c, E_CONFLICT, p->is_active ? "capacity" : "is_active", T_POSITION_LAST, p->code, NULL);
    e = db_exec(db, &changed, &change, in->id, p->zone, p->walk_order, p->size_class, p->capacity, p->is_active);
    if (e == OK && changed != 1)
        return position_refuse_change(x);
    if (e == OK)
        e = position_by_id(c, in->id, p);
    return e != OK ? e : position_audit_change(x);
}

enum err position_change(struct ctx *c, const struct position_edit *in, struct position *out)
{
    struct position_changing x = { .c = c, .in = in, .out = out };
    const enum err e = operation_once(c, "position_change", position_change_tx, &x, NULL);

    return e == OK && c->replayed ? position_by_id(c, in->id, out) : e;
}
