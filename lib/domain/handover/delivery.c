/* A hand-over after it happened: what it held, undoing it, its words. */
#include "domain/ground/texts.h"
#include "domain/handover/deliver.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/parcel/texts.h"

/* Handed over by one person to one customer at one instant; two operations within
 * that second are told apart by their payments. */
static const struct stmt handed_with = STMT("packages_handed_with", "i",
    "SELECT b.id FROM packages a JOIN packages b ON b.delivered_at = a.delivered_at"
    " AND b.delivered_by = a.delivered_by AND b.state = 'ENTREGADO'"
    " AND (b.id = a.id OR b.customer_id = a.customer_id)"
    " WHERE a.id = $1 AND a.state = 'ENTREGADO' AND (b.id = a.id OR NOT EXISTS (SELECT 1 FROM payments x, payments y"
    " WHERE x.package_id = a.id AND y.package_id = b.id AND x.taken_at = a.delivered_at"
    " AND y.taken_at = a.delivered_at AND x.reverses IS NULL AND y.reverses IS NULL"
    " AND x.reason IS NULL AND y.reason IS NULL"
    " AND x.operation_id <> y.operation_id)) ORDER BY b.id LIMIT 100");
static const struct stmt operation_of = STMT("payment_operation", "i",
    "SELECT operation_id FROM payments WHERE package_id = $1 AND reverses IS NULL"
    " AND reason IS NULL ORDER BY id DESC LIMIT 1");
/* By the last undoing. */
static const struct stmt given_back = STMT("payments_given_back", "i",
    "SELECT coalesce(sum(-amount), 0) FROM payments WHERE package_id = $1 AND reverses IS NOT NULL AND taken_at ="
    " (SELECT at FROM package_events WHERE package_id = $1 AND undoes IS NOT NULL ORDER BY id DESC LIMIT 1)");
DB_REGISTER(&handed_with, &operation_of, &given_back)

static enum err ids_handed_with(struct ctx *c, int64_t package_id, int64_t *ids, size_t *n)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &handed_with, package_id);

    *n = 0;
    if (e == OK)
        e = db_ids(&q, ids, HANDOVER_MAX, n);
    if (e == OK && *n == 0)
        return ctx_fail(c, E_NOT_FOUND, NULL, T_PACKAGE_NONE, NULL);
    return e;
}

static enum err operation_read(struct ctx *c, struct delivery *out)
{
    struct rows q;
    enum err e = E_NOT_FOUND;

    for (size_t i = 0; i < out->packages.n && e == E_NOT_FOUND; i++)
        e = db_one(c->db, &q, &operation_of, out->packages.v[i].id);
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;    /* a discount of all: nothing was paid */
    out->operation_id = db_dup(&q, 0, c->a);
    return db_end(&q);
}

/* What stands of it: an ADMIN may have reversed some. */
static enum err paid_read(struct ctx *c, struct delivery *out)
{
    struct payments all, theirs;
    enum err e = OK;

    for (size_t i = 0; e == OK && i < out->packages.n; i++) {
        e = payments_of(c, out->packages.v[i].id, &all);
        if (e != OK)
            return e;
        theirs = payments_of_handover(c, &all, &out->packages.v[i]);
        out->paid += payments_sum(&theirs);
    }
    return e;
}

enum err delivery_of(struct ctx *c, int64_t package_id, struct delivery *out)
{
    int64_t ids[HANDOVER_MAX];
    size_t n;
    enum err e = ids_handed_with(c, package_id, ids, &n);

    *out = (struct delivery){ 0 };
    out->packages.v = arena_alloc(c->a, (n + 1) * sizeof *out->packages.v);
    for (size_t i = 0; e == OK && i < n; i++) {
        struct package *p = &out->packages.v[i];

        e = package_by_id(c, ids[i], p);
        out->packages.n = i + 1;
        out->total += p->total_fee;
        out->discount += p->discount;
    }
    if (e == OK)
        e = operation_read(c, out);
    if (e == OK)
        e = paid_read(c, out);
    return domain_fault(c, e != OK ? e : signature_of(c, package_id, &out->signature));
}

struct undoing { struct ctx *c; int64_t package_id; struct packages *out; };

/* By a twin of this request. */
static enum err undone_before(struct undoing *u, const char *answer)
{
    int64_t *ids;
    size_t n = operation_ids_read(u->c->a, answer, &ids);
    enum err e = OK;

    for (size_t i = 0; e == OK && i < n && i < HANDOVER_MAX; i++) {
        e = package_fetch(u->c, ids[i], &u->out->v[i]);
        u->out->n = i + 1;
    }
    return e;
}

/* It was a hand-over: that it is none any more is not that there is no such package. */
static enum err handed_over(struct undoing *u, int64_t *ids, size_t *n)
{
    struct package p;
    enum err e = ids_handed_with(u->c, u->package_id, ids, n);

    if (e != E_NOT_FOUND || package_fetch(u->c, u->package_id, &p) != OK)
        return e;
    return ctx_fail(u->c, E_CONFLICT, NULL, T_UNDO_NOTHING, NULL);
}

static enum err undo_all_tx(struct db *db UNUSED, void *arg)
{
    struct undoing *u = arg;
    int64_t ids[HANDOVER_MAX];
    const char *answer;
    size_t n;
    enum err e = operation_begin_tx(u->c, &answer);

    if (e == OK && answer != NULL)
        return undone_before(u, answer);
    if (e == OK)
        e = handed_over(u, ids, &n);
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
    e = domain_operation(c, "undo", undo_all_tx, &u);
    for (size_t i = 0; e == OK && i < out->n; i++)
        *give_back += db_scalar(c->db, 0, &given_back, out->v[i].id);
    return e;
}

/* ---- words ---- */

struct words { const char *value, *words; };

static const char *words_of(const struct words *list, size_t n, const char *value)
{
    for (size_t i = 0; value != NULL && i < n; i++)
        if (streq(list[i].value, value))
            return list[i].words;
    return NULL;
}

const char *payment_method_words(const char *method)
{
    static const struct words list[] = {
        { "efectivo", "Efectivo" }, { "nequi", "Nequi" }, { "daviplata", "Daviplata" },
        { "bancolombia", "Bancolombia" }, { "bre_b", "Bre-B" },
        { "transferencia", "Transferencia" }, { "tarjeta", "Tarjeta" },
    };

    return words_of(list, COUNT(list), method);
}

const char *override_reason_words(const char *reason)
{
    static const struct words list[] = {
        { "sin_telefono", "No tiene el celular a mano" },
        { "mensaje_no_llego", "El mensaje no le llegó" },
        { "codigo_olvidado", "Olvidó o borró el código" },
        { "tercero_con_documento", "Viene otra persona con su documento" },
        { "otro", "Otro motivo" },
    };

    return words_of(list, COUNT(list), reason);
}
