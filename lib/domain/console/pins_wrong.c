#include "domain/console/pins_wrong.h"

#include "domain/console/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/tx.h"

static const struct stmt unseen = STMT("pins_wrong_unseen", "",
    "SELECT count(*), coalesce(max(id), 0) FROM audit_log WHERE action = 'pin_wrong'"
    " AND id > coalesce((SELECT max(id) FROM audit_log WHERE action = 'pin_seen'), 0)");
DB_REGISTER(&unseen)

enum err pins_wrong_read(struct ctx *c, struct pins_wrong *out)
{
    struct rows q;
    enum err e;

    *out = (struct pins_wrong){ 0 };
    if (c->role < ROLE_ADMIN)
        return OK;
    e = db_one(c->db, &q, &unseen);
    if (e != OK)
        return e;
    *out = (struct pins_wrong){ db_int(&q, 0), db_int(&q, 1) };
    return db_end(&q);
}

struct pins_seeing { struct ctx *c; int64_t newest; };

static enum err pins_wrong_seen_tx(struct db *db UNUSED, void *arg)
{
    const struct pins_seeing *x = arg;
    struct pins_wrong now;
    enum err e = pins_wrong_read(x->c, &now);

    if (e == OK && now.newest > x->newest)
        return ctx_fail(x->c, E_CONFLICT, NULL, T_PINS_AGAIN, NULL);
    return e != OK || now.count == 0 ? e : audit_tx(x->c, "pin_seen", "user", x->c->user_id, NULL);
}

enum err pins_wrong_seen(struct ctx *c, int64_t newest)
{
    return domain_write(c, pins_wrong_seen_tx, &(struct pins_seeing){ c, newest });
}
