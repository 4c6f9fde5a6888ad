#include "base/clock.h"
#include "base/log.h"
#include "jobs/jobs.h"
#include "queue/doubt.h"

/* The last event that another clock wrote than the one that was behind. */
static const struct stmt last_right = STMT("clock_last_right", "ii",
    "SELECT coalesce(max(id), 0) FROM package_events WHERE at NOT BETWEEN $1 AND $2");
/* A package's own instants, each if the event that set it was written then; the events stay as they are sealed. */
#define DATED(column, kind) \
    column " = " column " + iif(EXISTS (SELECT 1 FROM package_events e WHERE e.package_id = packages.id AND e.id > $1" \
    " AND e.kind IN (" kind ")) AND " column " BETWEEN $2 AND $3, $4, 0)"
static const struct stmt packages_dated = STMT("clock_packages_dated", "iiii",
    "UPDATE packages SET " DATED("announced_at", "'ANUNCIO', 'RECEPCION'") ", " DATED("received_at", "'RECEPCION'") ", "
    DATED("delivered_at", "'ENTREGA'") ", " DATED("cancelled_at", "'CANCELACION'")
    " WHERE id IN (SELECT package_id FROM package_events WHERE id > $1)");
DB_REGISTER(&last_right, &packages_dated)

static enum err behind_mend_tx(struct db *db, void *arg)
{
    struct ctx *c = arg;
    struct behind b;
    int64_t right = 0, changed = 0;
    enum err e = doubt_behind(c, &b);

    if (e != OK || b.by == 0)
        return e;
    e = db_value(db, &right, &last_right, b.from, b.to);
    if (e == OK)
        e = db_exec(db, &changed, &packages_dated, right, b.from, b.to, b.by);
    if (e == OK)
        log_warn("clock.dated", "packages", NUM(changed), "seconds", NUM(b.by));
    return e != OK ? e : doubt_dated_tx(c);
}

/* Parcels that were announced or received while the clock was behind would expire, or owe storage, when it is right again. */
static enum err behind_mend(struct ctx *c)
{
    struct behind b;
    enum err e = doubt_behind(c, &b);

    return e != OK || b.by == 0 ? e : db_write(c->db, behind_mend_tx, c);
}

enum err jobs_reap(struct ctx *c, int *moved)
{
    enum err e;

    *moved = 0;
    c->now = clock_now();
    e = job_mend_clock(c, message_clock_back);
    if (e == OK)
        e = behind_mend(c);
    return e != OK ? e : job_reap(c, message_restore, moved);
}
