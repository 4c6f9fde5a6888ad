#include "users.h"

#include <criterion/criterion.h>

#include "domain/people/user_change.h"

struct ctx user_made(struct fixture *f, const char *username, const char *role)
{
    struct user_in in = { username, arena_printf(f->a, "%s@example.com", username), "Nombre Común", role, GOOD, true };
    struct ctx c = f->c;
    char *made;

    cr_assert_eq(user_add(&f->c, &in, &c.user_id, &made), OK, "%s", fixture_fault(f));
    c.actor = ACTOR_USER;
    c.role = role_parse(role);
    return c;
}

enum err user_disable(struct ctx *c, const char *username)
{
    struct ctx system = *c;
    struct user u;
    enum err e = user_by_name(c, username, &u);

    system.actor = ACTOR_SYSTEM;
    if (e == OK)
        e = user_set_active(&system, u.id, false);
    c->fault = system.fault;
    return e;
}
