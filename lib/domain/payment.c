/* Payments of a package: reading them, and what of them stands. */
#include "domain/deliver.h"
#include "domain/tx.h"

#define PER_PACKAGE 32           /* shown of one */

static const struct stmt payments_by_package = STMT("payments_of_package", "i",
    "SELECT p.id, p.package_id, p.operation_id, p.amount, p.method, p.reference, p.taken_by, p.taken_at,"
    " p.reverses, u.full_name, p.cash_session_id, p.reason FROM payments p JOIN users u ON u.id = p.taken_by"
    " WHERE p.package_id = $1 ORDER BY p.id");
DB_REGISTER(&payments_by_package)

static const struct field payment_rows[] = {
    FIELD(struct payment, id, F_INT, "Número del pago"),
    FIELD(struct payment, package_id, F_INT, "Paquete"),
    FIELD(struct payment, operation_id, F_TEXT, "Operación que los une"),
    FIELD(struct payment, amount, F_MONEY, "Valor; negativo si reversa otro"),
    FIELD(struct payment, method, F_TEXT, "Medio de pago"),
    FIELD(struct payment, reference, F_TEXT, "Referencia"),
    FIELD(struct payment, taken_by, F_ID, "Quién lo recibió"),
    FIELD(struct payment, taken_at, F_INSTANT, "Cuándo"),
    FIELD(struct payment, reverses, F_ID, "Pago que reversa"),
    FIELD(struct payment, taken_by_name, F_TEXT, "Nombre de quien lo recibió"),
    FIELD(struct payment, cash_session_id, F_ID, "Caja en la que está"),
    FIELD(struct payment, reason, F_TEXT, "Por qué se reversó"),
};
const struct fields payment_fields = FIELDS(payment_rows);

enum err payments_of(struct ctx *c, int64_t package_id, struct payments *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &payments_by_package, package_id);

    *out = (struct payments){ .v = arena_alloc(c->a, PER_PACKAGE * sizeof *out->v) };
    if (e != OK)
        return domain_fault(c, e);
    while (out->n < PER_PACKAGE && db_next(&q))
        db_fill(&q, 0, payment_fields, &out->v[out->n++], c->a);
    return domain_fault(c, db_end(&q));
}

bool payment_stands(const struct payments *all, const struct payment *p)
{
    if (p->reverses != 0)
        return false;
    for (size_t i = 0; i < all->n; i++)
        if (all->v[i].reverses == p->id)
            return false;
    return true;
}

struct payments payments_of_handover(struct ctx *c, const struct payments *all, const struct package *p)
{
    struct payments out = { .v = arena_alloc(c->a, (all->n + 1) * sizeof *out.v) };
    const char *operation = NULL;

    for (size_t i = 0; i < all->n; i++)      /* the last is the one that stands */
        if (all->v[i].reverses == 0 && all->v[i].taken_at >= p->delivered_at)
            operation = all->v[i].operation_id;
    for (size_t i = 0; i < all->n; i++)
        if (operation != NULL && streq(all->v[i].operation_id, operation))
            out.v[out.n++] = all->v[i];
    return out;
}

int64_t payments_sum(const struct payments *all)
{
    int64_t sum = 0;

    for (size_t i = 0; i < all->n; i++)
        sum += all->v[i].amount;
    return sum;
}

static bool is_alike(const struct payment *a, const struct payment *b)
{
    return streq(a->method, b->method) && (a->reverses != 0) == (b->reverses != 0)
        && streq(a->reference ? a->reference : "", b->reference ? b->reference : "");
}

static void join(struct payments *to, const struct payment *p)
{
    for (size_t i = 0; i < to->n; i++)
        if (is_alike(&to->v[i], p)) {
            to->v[i].amount += p->amount;
            return;
        }
    to->v[to->n++] = *p;
}

void payments_join(struct arena *a, struct payments *to, const struct payments *more)
{
    struct payment *v = arena_alloc(a, (to->n + more->n + 1) * sizeof *v);

    if (to->n > 0)
        memcpy(v, to->v, to->n * sizeof *v);
    to->v = v;
    for (size_t i = 0; i < more->n; i++)
        join(to, &more->v[i]);
}
