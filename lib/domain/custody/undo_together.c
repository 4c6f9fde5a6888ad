#include "domain/parcel/texts.h"
#include "domain/custody/undo.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/handover/delivery.h"

/* The pesos that the last undoing gave back.  An earlier undoing in the same second does not count:
 * the package was paid again since. */
static const struct stmt given_back = STMT("payments_given_back", "i",
    "SELECT coalesce(sum(-amount), 0) FROM payments WHERE package_id = $1 AND reverses IS NOT NULL"
    " AND id > coalesce((SELECT max(id) FROM payments WHERE package_id = $1 AND reverses IS NULL), 0) AND taken_at ="
    " (SELECT at FROM package_events WHERE package_id = $1 AND undoes IS NOT NULL ORDER BY id DESC LIMIT 1)");
DB_REGISTER(&given_back)

struct undoing { struct ctx *c; int64_t package_id; struct packages *out; };

/* A twin of this request has undone the hand-over. */
static enum err delivery_undone_before(struct undoing *u, const char *answer)
{
    int64_t *ids;
    size_t n = operation_ids_read(u->c->a, answer, &ids);
    enum err e = OK;

    for (size_t i = 0; e == OK && i < n && i < HANDOVER_MAX; i++) {
        e = package_by_id(u->c, ids[i], &u->out->v[i]);
        u->out->n = i + 1;
    }
    return e;
}

/* The ids of the hand-over's packages.  A package that is not handed over any more is E_CONFLICT, not
 * E_NOT_FOUND. */
static enum err delivery_ids_or_conflict(struct undoing *u, int64_t *ids, size_t *n)
{
    struct package p;
    enum err e = delivery_ids(u->c, u->package_id, ids, n);

    if (e != E_NOT_FOUND || package_by_id(u->c, u->package_id, &p) != OK)
        return e;
    return ctx_fail(u->c, E_CONFLICT, NULL, T_UNDO_NOTHING, NULL);
}

static enum err delivery_undo_tx(struct db *db UNUSED, void *arg)
{
    struct undoing *u = arg;
    int64_t ids[HANDOVER_MAX];
    const char *answer;
    size_t n;
    enum err e = operation_begin_tx(u->c, &answer);

    if (e == OK && answer != NULL)
        return delivery_undone_before(u, answer);
    if (e == OK)
        e = delivery_ids_or_conflict(u, ids, &n);
    if (e != OK)
        return e;
    for (size_t i = 0; e == OK && i < n; i++) {
        e = package_undo_tx(u->c, ids[i], &u->out->v[i]);
        u->out->n = i + 1;
    }
    return e != OK ? e : operation_end_tx(u->c, operation_ids(u->c->a, ids, n));
}

enum err delivery_undo(struct ctx *c, int64_t package_id, struct packages *out, int64_t *give_back)
{
    struct undoing u = { c, package_id, out };
    enum err e;

    *give_back = 0;
    *out = (struct packages){ .v = arena_alloc(c->a, HANDOVER_MAX * sizeof *out->v) };
    e = domain_operation(c, "undo", delivery_undo_tx, &u);
    for (size_t i = 0; e == OK && i < out->n; i++)
        *give_back += db_scalar(c->db, 0, &given_back, out->v[i].id);
    return e;
}
