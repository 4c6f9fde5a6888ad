#include "domain/console/clock_jump.h"

#include "domain/console/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/tx.h"
#include "json/json.h"
#include "queue/doubt.h"

#define J struct clock_jump
static const struct field rows[] = {
    FIELD(J, from, F_INSTANT, "La última hora que se tuvo por buena"),
    FIELD(J, to, F_INSTANT, "La hora a la que pasó el reloj"),
    FIELD(J, now, F_INSTANT, "La hora del servidor"),
};
const struct fields clock_jump_fields = FIELDS(rows);

enum err clock_jump_read(struct ctx *c, struct clock_jump *out)
{
    struct doubt d;
    enum err e = doubt_read(c, &d);

    *out = (struct clock_jump){ d.from, d.to, c->now };
    return domain_fault(c, e);
}

struct accepting { struct ctx *c; int64_t to; };

static enum err clock_jump_accept_tx(struct db *db UNUSED, void *arg)
{
    const struct accepting *x = arg;
    struct ctx *c = x->c;
    struct json_object *details;
    struct doubt d;
    enum err e = doubt_read(c, &d);

    if (e == OK && d.to != 0 && d.to != x->to)
        return ctx_fail(c, E_CONFLICT, NULL, T_CLOCK_AGAIN, NULL);
    details = json_object_new_object();
    json_add_int(details, "from", d.from);
    json_add_int(details, "to", d.to);
    if (e == OK)
        e = doubt_end_tx(c);
    if (e == OK)
        return audit_tx(c, "clock_accept", "clock", 0, details);
    json_object_put(details);
    return e == E_CONFLICT ? ctx_fail(c, e, NULL, T_CLOCK_BELIEVED, NULL) : e;
}

enum err clock_jump_accept(struct ctx *c, int64_t to)
{
    return domain_write(c, clock_jump_accept_tx, &(struct accepting){ c, to });
}
