#include "queue/doubt.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "queue/queue.h"

#define LEAP_S (25 * 3600)       /* a clock that moved ahead by more may have jumped by mistake */
#define WITNESSES 100            /* newest events that were seen while the clock was believed */
#define STEADY_S 3600            /* after so long without a jump the clock is believed */
#define JUMP_S 10                /* a smaller difference is a clock being corrected */
#define NOTE_S 60                /* a clock in order is noted so often */

static const struct stmt trust = STMT("clock_trust", "i",
    "SELECT believed_at, boot_id, boot_ms, doubted_at, doubted_boot_id, doubted_boot_ms,"
    " CASE WHEN doubted_at IS NOT NULL THEN (SELECT coalesce(max(at), 0) FROM (SELECT at FROM package_events"
    " WHERE id <= coalesce(event_id, 0) ORDER BY id DESC LIMIT $1)) END, before_at, before_boot_id, before_boot_ms"
    " FROM clock_trust");
/* The clock goes on.  Once it has passed the time of before by itself, nothing tells any longer which was right. */
static const struct stmt believe = STMT("clock_believe", "isi",
    "INSERT INTO clock_trust (id, believed_at, boot_id, boot_ms) VALUES (1, $1, $2, $3)"
    " ON CONFLICT (id) DO UPDATE SET believed_at = $1, boot_id = $2, boot_ms = $3, doubted_at = NULL,"
    " before_at = nullif(before_at, min(before_at, $1))");
/* A clock that went back is believed; what was believed before is kept. */
static const struct stmt believe_behind = STMT("clock_believe_behind", "isi",
    "UPDATE clock_trust SET before_event_id = iif(before_at IS NULL, event_id, before_event_id),"
    " before_event_at = iif(before_at IS NULL, event_at, before_event_at),"
    " before_boot_id = iif(before_at IS NULL, boot_id, before_boot_id),"
    " before_boot_ms = iif(before_at IS NULL, boot_ms, before_boot_ms), before_at = coalesce(before_at, believed_at),"
    " believed_at = $1, boot_id = $2, boot_ms = $3, doubted_at = NULL");
/* The time of before has come back: what was written since its newest event is of a clock that was behind. */
static const struct stmt believe_back = STMT("clock_believe_back", "isi",
    "UPDATE clock_trust SET event_id = before_event_id, event_at = before_event_at, was_behind = 1, before_at = NULL,"
    " believed_at = $1, boot_id = $2, boot_ms = $3, doubted_at = NULL");
static const struct stmt begin = STMT("clock_doubt", "isi",
    "UPDATE clock_trust SET doubted_at = $1, doubted_boot_id = $2, doubted_boot_ms = $3,"
    " was_behind = max(was_behind, $1 < believed_at)");
/* Events that the clock wrote that was believed, after the newest was noted. */
static const struct stmt events_seen = STMT("clock_events_seen", "ii",
    "UPDATE clock_trust SET event_id = n.id, event_at = max(coalesce(event_at, n.at), n.at)"
    " FROM (SELECT max(e.id) AS id, max(e.at) AS at FROM package_events e, clock_trust t"
    " WHERE e.id > coalesce(t.event_id, 0) AND e.at BETWEEN $1 AND $2) n WHERE n.id IS NOT NULL");
DB_REGISTER(&trust, &believe, &believe_behind, &believe_back, &begin, &events_seen)

/* The clocks at one moment. */
struct reading { int64_t wall, boot_ms; const char *boot_id; };

static struct reading clocks_read(struct ctx *c)
{
    return (struct reading){ clock_now(), clock_boot_ms(), queue_boot(c->a, c->conf) };
}

/* Seconds by which the wall clock moved more than time passed.  Nobody knows how long the machine stood still between
 * two boots: then the whole move of the clock counts. */
static int64_t clock_astray(const struct reading *before, const struct reading *now)
{
    int64_t passed_ms = streq(before->boot_id, now->boot_id) ? now->boot_ms - before->boot_ms : 0;

    return now->wall - before->wall - passed_ms / 1000;
}

/* Whether a clock that moved so far may have jumped by mistake. */
static bool clock_jumped(int64_t astray)
{
    return astray > LEAP_S || astray < -DOUBT_BEHIND_S;
}

struct looking {
    struct ctx *c;
    struct reading now, believed, doubted;
    struct reading before;       /* reading that was believed before a word set the clock back, or none */
    bool known, in_doubt;        /* there is a row; it says that the clock is doubted */
    bool begins;                 /* the doubt begins now */
    int64_t witnessed;           /* the latest time of an event of before the doubt; 0: none */
    const struct stmt *note;     /* statement that writes the clocks down, or NULL */
};

static enum err trust_read(struct looking *x)
{
    struct rows q;
    enum err e = db_one(x->c->db, &q, &trust, (int64_t)WITNESSES);

    x->known = e == OK;
    x->in_doubt = false;
    x->before = (struct reading){ 0 };
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    x->believed = (struct reading){ db_int(&q, 0), db_int(&q, 2), db_dup(&q, 1, x->c->a) };
    x->in_doubt = !db_null(&q, 3);
    if (x->in_doubt)
        x->doubted = (struct reading){ db_int(&q, 3), db_int(&q, 5), db_dup(&q, 4, x->c->a) };
    x->witnessed = x->in_doubt ? db_int(&q, 6) : 0;
    if (!db_null(&q, 7))
        x->before = (struct reading){ db_int(&q, 7), db_int(&q, 9), db_dup(&q, 8, x->c->a) };
    return db_end(&q);
}

/* Whether the clock has gone on without a jump since `since`. */
static bool clock_steady(const struct reading *since, const struct reading *now)
{
    return streq(since->boot_id, now->boot_id) && llabs(clock_astray(since, now)) <= JUMP_S;
}

/* Whether the clock is not behind what is known to have been: a word set it back, or events were of later times. */
static bool clock_behind_nothing(const struct looking *x)
{
    return x->now.wall >= x->witnessed - DOUBT_BEHIND_S
        && (x->before.boot_id == NULL || x->now.wall >= x->before.wall - DOUBT_BEHIND_S);
}

/* Whether the clock tells what the one would that was believed before it was set back. */
static bool clock_came_back(const struct looking *x)
{
    return x->before.boot_id != NULL && !clock_jumped(clock_astray(&x->before, &x->now));
}

/* Statement that notes a clock which jumped, and is believed. */
static const struct stmt *jump_believe(const struct looking *x, int64_t astray)
{
    if (x->before.boot_id != NULL && x->now.wall >= x->before.wall - DOUBT_BEHIND_S)
        return &believe_back;
    return astray < -DOUBT_BEHIND_S ? &believe_behind : &believe;
}

/* Decides, from the clocks and the row, whether the clock is doubted now and what is to be noted. */
static void doubt_decide(struct looking *x)
{
    const struct reading *now = &x->now;
    const int64_t astray = x->known ? clock_astray(&x->believed, now) : 0;
    bool jumped = clock_jumped(astray), was = x->in_doubt, steady = was && clock_steady(&x->doubted, now);

    x->in_doubt = jumped && !clock_came_back(x)
        && !(steady && now->boot_ms - x->doubted.boot_ms >= STEADY_S * 1000 && clock_behind_nothing(x));
    x->begins = x->in_doubt && !was;
    if (x->in_doubt)
        x->note = steady ? NULL : &begin;
    else if (jumped)
        x->note = jump_believe(x, astray);
    else
        x->note = x->known && !was && llabs(now->wall - x->believed.wall) < NOTE_S ? NULL : &believe;
}

/* Notes the newest event that was written while the clock was believed: it may be a minute younger than the one noted.
 * After another start of the machine nobody knows how long the clock went on before. */
static enum err events_note_tx(struct db *db, const struct looking *x)
{
    int64_t from = x->believed.wall, passed = x->now.wall - from - clock_astray(&x->believed, &x->now);

    return db_exec(db, NULL, &events_seen, from - DOUBT_BEHIND_S,
                   from + passed + (streq(x->believed.boot_id, x->now.boot_id) ? JUMP_S : LEAP_S));
}

static enum err look_tx(struct db *db, void *arg)
{
    struct looking *x = arg;
    enum err e = trust_read(x);

    if (e != OK)
        return e;
    x->now = clocks_read(x->c);      /* the clock may have jumped while the writers' lock was waited for */
    doubt_decide(x);
    if (x->begins)
        e = events_note_tx(db, x);
    return e != OK || x->note == NULL ? e : db_exec(db, NULL, x->note, x->now.wall, x->now.boot_id, x->now.boot_ms);
}

bool doubt_look(struct ctx *c)
{
    struct looking x = { .c = c, .now = clocks_read(c) };
    bool was, doubted;

    if (trust_read(&x) != OK)
        return true;
    was = x.in_doubt;
    doubt_decide(&x);
    doubted = x.in_doubt;
    if (x.note != NULL && db_write_ahead(c->db, look_tx, &x) == OK)
        doubted = x.in_doubt;
    if (doubted != was)
        log_warn(doubted ? "clock.doubted" : "clock.believed", "seconds", NUM(clock_astray(&x.believed, &x.now)));
    return doubted || llabs(c->now - x.now.wall) > LEAP_S;
}

/* The clock that people are charged by, asked of the database; the answer holds for what c->now is. */
static int64_t fair_look(struct ctx *c)
{
    struct looking x = { .c = c, .now = { c->now, clock_boot_ms(), queue_boot(c->a, c->conf) } };
    int64_t astray;

    if (trust_read(&x) != OK || !x.known || !streq(x.believed.boot_id, x.now.boot_id))
        return c->now;
    astray = clock_astray(&x.believed, &x.now);
    doubt_decide(&x);
    return x.in_doubt && astray > 0 ? c->now - astray : c->now;
}

int64_t doubt_fair_now(struct ctx *c)
{
    if (c->fair.at != c->now)
        c->fair = (struct fair){ c->now, fair_look(c) };
    return c->fair.now;
}

enum err doubt_read(struct ctx *c, struct doubt *out)
{
    struct looking x = { .c = c };
    enum err e = trust_read(&x);

    *out = e == OK && x.in_doubt ? (struct doubt){ x.believed.wall, x.doubted.wall } : (struct doubt){ 0 };
    return e;
}

enum err doubt_end_tx(struct ctx *c)
{
    struct looking x = { .c = c, .now = clocks_read(c) };
    enum err e = trust_read(&x);

    c->fair.at = 0;
    if (e == OK && !x.in_doubt)
        return E_CONFLICT;
    return e != OK ? e : db_exec(c->db, NULL, jump_believe(&x, clock_astray(&x.believed, &x.now)), x.now.wall,
                                 x.now.boot_id, x.now.boot_ms);
}
