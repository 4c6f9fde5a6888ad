#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/texts.h"
#include "crypto/crypto.h"
#include "metric/metric.h"
#include "domain/ground/tx.h"

enum err domain_fault(struct ctx *c, enum err e)
{
    if (e == OK || c->fault.err == e)
        return e;
    return ctx_fail(c, e, NULL, e == E_BUSY ? T_BUSY : e == E_FULL ? T_DISK_FULL
                                : e == E_NOT_FOUND ? T_NOT_FOUND : T_INTERNAL, NULL);
}

const char *domain_secret(struct ctx *c, const char *name)
{
    const char *value = secret_read(c->a, c->conf, name);

    if (value == NULL) {
        log_error("secret", "name", name, "error", strerror(errno));
        domain_fault(c, E_INTERNAL);
    }
    return value;
}

struct write {
    struct ctx *c;
    enum err (*fn)(struct db *db, void *arg);
    void *arg;
    struct ctx before;
};

/* A db_write may run fn again: every run begins with the context as it was before the write, without a
 * fault. */
static enum err domain_write_tx(struct db *db, void *arg)
{
    const struct write *x = arg;

    *x->c = x->before;
    return x->fn(db, x->arg);
}

enum err domain_write(struct ctx *c, enum err (*fn)(struct db *db, void *arg), void *arg)
{
    struct write x = { c, fn, arg, *c };

    x.before.fault = c->fault = (struct fault){ 0 };
    return domain_fault(c, db_write(c->db, domain_write_tx, &x));
}

enum err domain_operation(struct ctx *c, const char *op, enum err (*fn)(struct db *db, void *arg),
                          void *arg)
{
    enum err e;

    c->operation_kind = op;
    e = domain_write(c, fn, arg);
    c->operation_kind = NULL;
    metric_inc(M_OPERATIONS, op, e == OK && c->replayed ? "replayed" : err_name(e), NULL);
    return e;
}
