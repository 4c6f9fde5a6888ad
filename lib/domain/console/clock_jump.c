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

static enum err clock_jump_accept_tx(struct db *db UNUSED, void *arg)
{
    struct ctx *c = arg;
    struct json_object *details = json_object_new_object();
    struct doubt d;
    enum err e = doubt_read(c, &d);

    json_add_int(details, "from", d.from);
    json_add_int(details, "to", d.to);
    if (e == OK)
        e = doubt_end_tx(c);
    if (e == OK)
        return audit_tx(c, "clock_accept", "clock", 0, details);
    json_object_put(details);
    return e == E_CONFLICT ? ctx_fail(c, e, NULL, T_CLOCK_BELIEVED, NULL) : e;
}

enum err clock_jump_accept(struct ctx *c)
{
    return domain_write(c, clock_jump_accept_tx, c);
}
