#include "approval.h"

#include "base/log.h"
#include "domain/people/pin.h"

struct approval *approval_typed(const struct req *r, struct approval *a)
{
    return req_is_api(r) ? NULL : a;
}

enum err approval_fill(struct req *r)
{
    struct users all = { 0 };
    enum err e = r->c->role >= ROLE_ADMIN ? OK : pin_people(r->c, ROLE_ADMIN, &all);

    for (size_t i = 0; e == OK && i < all.n; i++)
        view_option(r->page, "approvers", arena_strdup(r->c->a, NUM(all.v[i].id)), all.v[i].full_name);
    return e;
}

enum err approval_again(struct req *r, const struct approval *a, enum err e)
{
    struct fault kept = r->c->fault;
    struct users all;

    if (a->of == NULL)
        return e;
    req_retype(r, "approval_of", a->of);
    if (a->by == 0 && pin_people(r->c, ROLE_ADMIN, &all) == OK && all.n == 1)
        req_retype(r, "approver", NUM(all.v[0].id));
    r->c->fault = kept;
    return e;
}
