#include "domain/tx.h"

enum err domain_fault(struct ctx *c, enum err e)
{
    if (e == OK || c->fault.err == e)
        return e;
    return ctx_fail(c, e, NULL, e == E_BUSY ? T_BUSY : e == E_NOT_FOUND ? T_PACKAGE_NONE : T_INTERNAL,
                    NULL);
}

enum err domain_write(struct ctx *c, enum err (*fn)(struct db *db, void *arg), void *arg)
{
    c->fault = (struct fault){ 0 };
    return domain_fault(c, db_write(c->db, fn, arg));
}
