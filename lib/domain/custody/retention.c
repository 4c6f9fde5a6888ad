#include "domain/custody/retention.h"

#include "base/clock.h"
#include "domain/ground/setting.h"
#include "domain/ground/tx.h"
#include "domain/parcel/photo.h"

#define OVER                                                                                 \
    " FROM package_files f JOIN packages p ON p.id = f.package_id WHERE f.purge_at IS NULL"      \
    " AND p.state IN ('ENTREGADO', 'CANCELADO') AND coalesce(p.delivered_at, p.cancelled_at) < $1"
static const struct stmt over = STMT("photos_over", "ii", "SELECT f.id, p.id" OVER " LIMIT $2");
static const struct stmt over_count = STMT("photos_over_count", "i", "SELECT count(*)" OVER);
static const struct stmt signatures_over = STMT("signatures_over", "i",
    "SELECT count(*) FROM delivery_signatures WHERE signed_at < $1");
static const struct stmt signatures_purge = STMT("signatures_purge", "ii",
    "DELETE FROM delivery_signatures WHERE operation_id IN"
    " (SELECT operation_id FROM delivery_signatures WHERE signed_at < $1 LIMIT $2)");
DB_REGISTER(&over, &over_count, &signatures_over, &signatures_purge)

enum err retention_before(struct ctx *c, int64_t at, int64_t *before)
{
    int64_t days = 0;
    enum err e = setting_read(c, S_KEEP_PHOTOS, &days);

    *before = e == OK && days > 0 ? at - days * DAY_SECONDS : 0;
    return e;
}

enum err retention_due(struct ctx *c, int64_t *out)
{
    int64_t photos = 0, signatures = 0, before;
    enum err e = retention_before(c, c->now, &before);

    if (e == OK)
        e = db_value(c->db, &photos, &over_count, before);
    if (e == OK)
        e = db_value(c->db, &signatures, &signatures_over, before);
    *out = photos + signatures;
    return e;
}

struct expiring { struct ctx *c; int limit, count; };

static enum err retention_photos_tx(struct db *db, void *arg)
{
    struct expiring *x = arg;
    struct ctx *c = x->c;
    struct { int64_t file, package; } *list = arena_alloc(c->a, (size_t)x->limit * sizeof *list);
    struct rows q;
    int64_t before;
    int n = 0;
    enum err e = retention_before(c, c->now, &before);

    if (e == OK)
        e = db_query(db, &q, &over, before, (int64_t)x->limit);
    if (e != OK)
        return e;
    for (; n < x->limit && db_next(&q); n++) {
        list[n].file = db_int(&q, 0);
        list[n].package = db_int(&q, 1);
    }
    e = db_end(&q);
    for (int i = 0; i < n && e == OK; i++)
        e = file_take_out_tx(c, list[i].package, list[i].file, "vencida");
    x->count = n;
    return e;
}

enum err retention_photos(struct ctx *c, int limit, int *expired)
{
    struct expiring x = { c, limit, 0 };
    enum err e = domain_write(c, retention_photos_tx, &x);

    *expired = x.count;
    return e;
}

static enum err retention_signatures_tx(struct db *db, void *arg)
{
    struct expiring *x = arg;
    int64_t gone = 0, before;
    enum err e = retention_before(x->c, x->c->now, &before);

    if (e == OK)
        e = db_exec(db, &gone, &signatures_purge, before, (int64_t)x->limit);

    x->count = e == OK ? (int)gone : 0;
    return e;
}

enum err retention_signatures(struct ctx *c, int limit, int *expired)
{
    struct expiring x = { c, limit, 0 };
    enum err e = domain_write(c, retention_signatures_tx, &x);

    *expired = x.count;
    return e;
}
