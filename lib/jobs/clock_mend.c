#include "jobs/clock_mend.h"

#include "base/log.h"
#include "jobs/jobs.h"
#include "queue/doubt.h"

#define EARLIER_S 10             /* a smaller difference is a clock being corrected */
#define SEEN_S 60                /* so often the newest event is noted, and rows dated ahead are looked for */

/* ---- by a clock that was behind ---- */

/* Events that a clock wrote that was behind: newer than the one that was last seen while the clock was believed, and of a
 * time that is earlier by more than $1 seconds. */
#define WRONG " e.id > t.event_id AND e.at < t.event_at - $1"
static const struct stmt any_wrong = STMT("clock_any_wrong", "i",
    "SELECT t.event_at FROM clock_trust t WHERE t.was_behind AND EXISTS (SELECT 1 FROM package_events e WHERE" WRONG ")");
/* A package's own instants, each if an event that set it is such a one. */
#define SET_BY(kinds, wrong) " EXISTS (SELECT 1 FROM package_events e, clock_trust t WHERE e.package_id = packages.id" \
    " AND e.kind IN (" kinds ") AND" wrong ")"
#define DATED(column, kinds) column " = iif(" SET_BY(kinds, WRONG) " AND " column \
    " < (SELECT event_at FROM clock_trust) - $1, $2, " column ")"
static const struct stmt packages_dated = STMT("clock_packages_dated", "ii",
    "UPDATE packages SET " DATED("announced_at", "'ANUNCIO', 'RECEPCION'") ", " DATED("received_at", "'RECEPCION'") ", "
    DATED("delivered_at", "'ENTREGA'") ", " DATED("cancelled_at", "'CANCELACION'")
    " WHERE id IN (SELECT e.package_id FROM package_events e, clock_trust t WHERE"
    WRONG ")");
static const struct stmt authorizations_dated = STMT("clock_authorizations_dated", "ii",
    "UPDATE pickup_authorizations SET expires_at = expires_at + $2 - created_at, created_at = $2"
    " WHERE created_at < (SELECT event_at FROM clock_trust) - $1 AND package_id IN (SELECT e.package_id"
    " FROM package_events e, clock_trust t WHERE e.kind = 'AUTORIZACION' AND" WRONG ")");
static const struct stmt seen = STMT("clock_event_seen", "i",
    "UPDATE clock_trust SET event_id = (SELECT coalesce(max(id), 0) FROM package_events), event_at = $1,"
    " was_behind = 0");
static const struct stmt seen_at = STMT("clock_event_at", "", "SELECT event_at FROM clock_trust WHERE event_id IS NOT NULL");

/* ---- by a clock that was ahead ---- */

/* Whether a row is dated after $2, which is now, by more than $1 seconds, and the statement that dates such rows
 * now. Drawers, payments and audit rows may not be changed.  A package that has such an instant has an event of
 * that time.  What was written before the newest event that was seen while the clock was believed stays: if that is
 * later than now, it is this clock that is behind. */
#define AHEAD " > $2 + $1"
#define EARLY " e.id > t.event_id AND e.at" AHEAD
#define OF_EARLY " IN (SELECT e.package_id FROM package_events e, clock_trust t WHERE" EARLY ")"
#define NOT_AHEAD(column) column " = iif(" column AHEAD ", $2, " column ")"
#define MENDED(column, kinds) column " = iif(" column AHEAD " AND" SET_BY(kinds, EARLY) ", $2, " column ")"
static const struct stmt packages_any = STMT("clock_packages_any_ahead", "ii",
    "SELECT 1 FROM packages WHERE id" OF_EARLY " AND (announced_at" AHEAD " OR received_at" AHEAD " OR delivered_at" AHEAD
    " OR cancelled_at" AHEAD ") LIMIT 1");
static const struct stmt packages_ahead = STMT("clock_packages_ahead", "ii",
    "UPDATE packages SET " MENDED("announced_at", "'ANUNCIO', 'RECEPCION'") ", " MENDED("received_at", "'RECEPCION'") ", "
    MENDED("delivered_at", "'ENTREGA'") ", " MENDED("cancelled_at", "'CANCELACION'")
    " WHERE id" OF_EARLY);
static const struct stmt claims_any = STMT("clock_claims_any_ahead", "ii",
    "SELECT 1 FROM claims WHERE package_id" OF_EARLY " AND (at" AHEAD " OR settled_at" AHEAD ") LIMIT 1");
static const struct stmt claims_ahead = STMT("clock_claims_ahead", "ii",
    "UPDATE claims SET " NOT_AHEAD("at") ", " NOT_AHEAD("settled_at") " WHERE package_id" OF_EARLY " AND (at" AHEAD
    " OR settled_at" AHEAD ")");
static const struct stmt authorizations_any = STMT("clock_authorizations_any_ahead", "ii",
    "SELECT 1 FROM pickup_authorizations WHERE package_id" OF_EARLY " AND created_at" AHEAD " LIMIT 1");
static const struct stmt authorizations_ahead = STMT("clock_authorizations_ahead", "ii",
    "UPDATE pickup_authorizations SET expires_at = expires_at + $2 - created_at, created_at = $2 WHERE package_id" OF_EARLY
    " AND created_at" AHEAD);
static const struct stmt throttles_any = STMT("clock_throttles_any_ahead", "ii",
    "SELECT 1 FROM throttles WHERE window_start" AHEAD " LIMIT 1");
static const struct stmt throttles_ahead = STMT("clock_throttles_ahead", "ii",
    "UPDATE throttles SET blocked_until = max(0, blocked_until + $2 - window_start), window_start = $2"
    " WHERE window_start" AHEAD);
static const struct { const struct stmt *any, *date; } ahead[] = {
    { &packages_any, &packages_ahead }, { &claims_any, &claims_ahead }, { &authorizations_any, &authorizations_ahead },
    { &throttles_any, &throttles_ahead },
};
DB_REGISTER(&any_wrong, &packages_dated, &authorizations_dated, &seen, &seen_at, &packages_any, &packages_ahead, &claims_any,
            &claims_ahead, &authorizations_any, &authorizations_ahead, &throttles_any, &throttles_ahead)

bool clock_wrote_wrong(struct ctx *c)
{
    int64_t at;

    return db_value(c->db, &at, &any_wrong, (int64_t)EARLIER_S) != E_NOT_FOUND;
}

static enum err ahead_any(struct ctx *c, bool *any)
{
    enum err e = E_NOT_FOUND;

    for (size_t i = 0; e == E_NOT_FOUND && i < COUNT(ahead); i++) {
        int64_t found;

        e = db_value(c->db, &found, ahead[i].any, (int64_t)DOUBT_BEHIND_S, c->now);
    }
    *any = e == OK;
    return e == E_NOT_FOUND ? OK : e;
}

/* A clock that is believed is not behind by more than DOUBT_BEHIND_S, so that what is dated later was dated by one that
 * was ahead. */
static enum err ahead_mend_tx(struct ctx *c)
{
    int64_t rows = 0, n;
    enum err e = OK;

    for (size_t i = 0; e == OK && i < COUNT(ahead); i++) {
        e = db_exec(c->db, &n, ahead[i].date, (int64_t)DOUBT_BEHIND_S, c->now);
        rows += n;
    }
    if (e == OK && rows > 0)
        log_warn("clock.dated_ahead", "rows", NUM(rows));
    return e;
}

/* Dates the rows that a clock wrote that was behind, now that it is right again.  If it is still behind, it is believed
 * for another reason, and what it writes counts. */
static enum err behind_mend_tx(struct ctx *c)
{
    int64_t at = 0, packages = 0;
    enum err e = db_value(c->db, &at, &any_wrong, (int64_t)EARLIER_S);

    if (e == OK && c->now >= at - EARLIER_S) {
        e = db_exec(c->db, &packages, &packages_dated, (int64_t)EARLIER_S, c->now);
        if (e == OK)
            e = db_exec(c->db, NULL, &authorizations_dated, (int64_t)EARLIER_S, c->now);
        if (e == OK)
            log_warn("clock.dated", "packages", NUM(packages));
    }
    return e == E_NOT_FOUND ? OK : e;
}

struct mending { struct ctx *c; bool ahead; };

static enum err clock_mend_tx(struct db *db, void *arg)
{
    const struct mending *x = arg;
    enum err e = behind_mend_tx(x->c);

    if (e == OK && x->ahead)
        e = ahead_mend_tx(x->c);
    return e != OK ? e : db_exec(db, NULL, &seen, x->c->now);
}

enum err clock_mend(struct ctx *c)
{
    struct mending x = { .c = c };
    int64_t at = 0;
    enum err e;

    if (doubt_look(c))
        return OK;
    e = db_value(c->db, &at, &seen_at);
    if (e == OK && c->now >= at && c->now - at < SEEN_S && !clock_wrote_wrong(c))
        return OK;
    if (e == OK || e == E_NOT_FOUND)
        e = ahead_any(c, &x.ahead);
    return e != OK ? e : db_write(c->db, clock_mend_tx, &x);
}
