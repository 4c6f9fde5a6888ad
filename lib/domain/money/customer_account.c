#include "domain/money/customer_account.h"

#include "domain/ground/tx.h"
#include "domain/parcel/package_fee.h"
#include "domain/parcel/package_list.h"
#include "store/db.h"

#define PAGE 200

static const struct stmt sums = STMT("customer_account", "i",
    "SELECT coalesce(sum(p.state = 'ANUNCIADO'), 0), coalesce(sum(p.state = 'RECIBIDO'), 0),"
    " coalesce(sum(p.state = 'ENTREGADO'), 0), coalesce(sum(p.state = 'CANCELADO'), 0), coalesce(sum(p.paid), 0),"
    " coalesce(sum(iif(p.state = 'ENTREGADO', p.discount, 0)), 0),"
    " coalesce(sum(iif(p.state = 'ENTREGADO', max(p.total_fee - p.discount - p.paid, 0), 0)), 0)"
    " FROM (SELECT k.state, k.discount, k.total_fee, coalesce((SELECT sum(y.amount) FROM payments y"
    " WHERE y.package_id = k.id), 0) AS paid FROM packages k WHERE k.customer_id = $1) p");
DB_REGISTER(&sums)

#define A struct customer_account
static const struct field rows[] = {
    FIELD(A, announced, F_INT, "Cuántos paquetes están anunciados"),
    FIELD(A, waiting, F_INT, "Cuántos están por recoger"),
    FIELD(A, delivered, F_INT, "Cuántos se le entregaron"),
    FIELD(A, cancelled, F_INT, "Cuántos se cancelaron"),
    FIELD(A, paid, F_MONEY, "Lo que ha pagado"),
    FIELD(A, discounts, F_MONEY, "Lo que se le ha descontado"),
    FIELD(A, owed, F_MONEY, "Lo que debe ahora"),
};
const struct fields customer_account_fields = FIELDS(rows);

/* Adds what those on the shelf cost now. */
static enum err account_add_waiting(struct ctx *c, int64_t customer_id, int64_t *owed)
{
    struct package_filter f = { .state = "RECIBIDO", .customer_id = customer_id, .limit = PAGE };

    do {
        struct packages all;
        struct fees_sum sum;
        int64_t next;
        enum err e = package_list(c, &f, &all, &next);

        if (e == OK)
            e = fees_sum(c, &all, &sum);
        if (e != OK)
            return e;
        *owed += sum.total;
        f.before = next;
    } while (f.before != 0);
    return OK;
}

enum err customer_account(struct ctx *c, int64_t customer_id, A *out)
{
    enum err e = db_get(c->db, customer_account_fields, out, c->a, &sums, customer_id);

    return domain_fault(c, e != OK || out->waiting == 0 ? e : account_add_waiting(c, customer_id, &out->owed));
}
