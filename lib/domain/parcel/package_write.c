#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/parcel/package_write.h"

struct package_writing {
    struct ctx *c;
    int64_t id;
    struct package *out;
    enum err (*step)(void *arg);
    void *arg;
};

static enum err package_write_tx(struct db *db UNUSED, void *arg)
{
    struct package_writing *x = arg;
    const char *answer;
    enum err e = operation_begin_tx(x->c, &answer);

    if (e != OK || answer != NULL)
        return e != OK ? e : package_by_id(x->c, x->id, x->out);
    e = x->step(x->arg);
    return e != OK ? e : operation_end_tx(x->c, operation_ids(x->c->a, &x->id, 1));
}

enum err package_write(struct ctx *c, const char *op, int64_t id, struct package *out,
                       enum err (*step)(void *arg), void *arg)
{
    struct package_writing x = { c, id, out, step, arg };

    return package_fault(c, domain_operation(c, op, package_write_tx, &x));
}
