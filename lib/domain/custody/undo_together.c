#include <stdlib.h>
#include <string.h>

#include "domain/parcel/texts.h"
#include "domain/custody/undo.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/handover/delivery.h"

/* Pesos that were paid for packages and not given back; $1: their ids as a JSON list. */
static const struct stmt paid_for = STMT("undo_paid_for", "s",
    "SELECT coalesce(sum(amount), 0) FROM payments WHERE package_id IN (SELECT value FROM json_each($1))");
DB_REGISTER(&paid_for)

struct undoing { struct ctx *c; int64_t package_id; struct packages *out; int64_t give_back; };

/* The answer that is kept for a twin of the request: "1,2,3;4500", the ids of the packages and the pesos to be
 * given back. */
static const char *undoing_answer(const struct undoing *u, const int64_t *ids, size_t n)
{
    return arena_printf(u->c->a, "%s;%lld", operation_ids(u->c->a, ids, n), (long long)u->give_back);
}

/* A twin of this request has undone the hand-over. */
static enum err delivery_undone_before(struct undoing *u, const char *answer)
{
    const char *pesos = strchr(answer, ';');
    int64_t *ids;
    size_t n = operation_ids_read(u->c->a, answer, &ids);
    enum err e = OK;

    u->give_back = pesos == NULL ? 0 : strtoll(pesos + 1, NULL, 10);

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

static enum err delivery_undo_tx(struct db *db, void *arg)
{
    struct undoing *u = arg;
    int64_t ids[HANDOVER_MAX];
    const char *answer, *list;
    size_t n;
    enum err e = operation_begin_tx(u->c, &answer);

    if (e == OK && answer != NULL)
        return delivery_undone_before(u, answer);
    if (e == OK)
        e = delivery_ids_or_conflict(u, ids, &n);
    if (e != OK)
        return e;
    list = arena_printf(u->c->a, "[%s]", operation_ids(u->c->a, ids, n));
    u->give_back = db_scalar(db, 0, &paid_for, list);
    for (size_t i = 0; e == OK && i < n; i++) {
        e = package_undo_tx(u->c, ids[i], &u->out->v[i]);
        u->out->n = i + 1;
    }
    u->give_back -= db_scalar(db, 0, &paid_for, list);
    return e != OK ? e : operation_end_tx(u->c, undoing_answer(u, ids, n));
}

enum err delivery_undo(struct ctx *c, int64_t package_id, struct packages *out, int64_t *give_back)
{
    struct undoing u = { c, package_id, out, 0 };
    enum err e;

    *out = (struct packages){ .v = arena_alloc(c->a, HANDOVER_MAX * sizeof *out->v) };
    e = domain_operation(c, "undo", delivery_undo_tx, &u);
    *give_back = e == OK ? u.give_back : 0;
    return e;
}
