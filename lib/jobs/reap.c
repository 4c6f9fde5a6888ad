#include "base/clock.h"
#include "base/log.h"
#include "jobs/jobs.h"
#include "queue/doubt.h"

#define EARLIER_S 10             /* a smaller difference is a clock being corrected */

/* Events that a clock wrote that was behind: newer than the one that was last seen while the clock was believed, and of an
 * earlier time. */
#define WRONG " e.id > t.event_id AND e.at < t.event_at - 10"
static const struct stmt any_wrong = STMT("clock_any_wrong", "",
    "SELECT t.event_at FROM clock_trust t WHERE t.was_behind AND EXISTS (SELECT 1 FROM package_events e WHERE" WRONG ")");
/* A package's own instants, each if the event that set it is such a one; the events stay as they are sealed. */
#define DATED(column, kinds) \
    column " = iif(EXISTS (SELECT 1 FROM package_events e, clock_trust t WHERE e.package_id = packages.id AND e.kind IN (" \
    kinds ") AND" WRONG ") AND " column " < (SELECT event_at FROM clock_trust) - 10, $1, " column ")"
static const struct stmt packages_dated = STMT("clock_packages_dated", "i",
    "UPDATE packages SET " DATED("announced_at", "'ANUNCIO', 'RECEPCION'") ", " DATED("received_at", "'RECEPCION'") ", "
    DATED("delivered_at", "'ENTREGA'") ", " DATED("cancelled_at", "'CANCELACION'")
    " WHERE id IN (SELECT e.package_id FROM package_events e, clock_trust t WHERE" WRONG ")");
static const struct stmt authorizations_dated = STMT("clock_authorizations_dated", "i",
    "UPDATE pickup_authorizations SET expires_at = expires_at + $1 - created_at, created_at = $1"
    " WHERE created_at < (SELECT event_at FROM clock_trust) - 10 AND package_id IN (SELECT e.package_id"
    " FROM package_events e, clock_trust t WHERE e.kind = 'AUTORIZACION' AND" WRONG ")");
static const struct stmt seen = STMT("clock_event_seen", "i",
    "UPDATE clock_trust SET event_id = (SELECT coalesce(max(id), 0) FROM package_events), event_at = $1,"
    " was_behind = 0");
static const struct stmt seen_at = STMT("clock_event_at", "", "SELECT event_at FROM clock_trust WHERE event_id IS NOT NULL");
DB_REGISTER(&any_wrong, &packages_dated, &authorizations_dated, &seen, &seen_at)

#define SEEN_S 60                /* so often the newest event is noted */

bool clock_wrote_wrong(struct ctx *c)
{
    int64_t at;

    return db_value(c->db, &at, &any_wrong) != E_NOT_FOUND;
}

/* Dates the rows that a clock wrote that was behind, now that it is right again.  If it is still behind, it is believed
 * for another reason, and what it writes counts. */
static enum err events_mend_tx(struct db *db, void *arg)
{
    struct ctx *c = arg;
    int64_t at = 0, packages = 0;
    enum err e = db_value(db, &at, &any_wrong);

    if (e == OK && c->now >= at - EARLIER_S) {
        e = db_exec(db, &packages, &packages_dated, c->now);
        if (e == OK)
            e = db_exec(db, NULL, &authorizations_dated, c->now);
        if (e == OK)
            log_warn("clock.dated", "packages", NUM(packages));
    }
    return e == OK || e == E_NOT_FOUND ? db_exec(db, NULL, &seen, c->now) : e;
}

/* Parcels that were announced or received while the clock was behind would expire, or owe storage, once it is right. */
static enum err events_watch(struct ctx *c)
{
    int64_t at = 0;
    enum err e;

    if (doubt_look(c))
        return OK;
    e = db_value(c->db, &at, &seen_at);
    if (e == OK && c->now >= at && c->now - at < SEEN_S && !clock_wrote_wrong(c))
        return OK;
    return e == OK || e == E_NOT_FOUND ? db_write(c->db, events_mend_tx, c) : e;
}

enum err jobs_reap(struct ctx *c, int *moved)
{
    enum err e;

    *moved = 0;
    c->now = clock_now();
    e = job_mend_clock(c, message_clock_back);
    if (e == OK)
        e = events_watch(c);
    return e != OK ? e : job_reap(c, message_restore, moved);
}
