#include "base/clock.h"
#include "domain/ground/tx.h"
#include "domain/outbox/notification_reminders.h"
#include "domain/parcel/package_notify.h"

#define BATCH 100
#define JOIN_S 60                /* seconds in which several parcels of one person join one message */

/* Days are dates in Bogotá: $1 is the number of the day, $2 the seconds between its midnight and
 * Greenwich's, $3 those of a day.  The number of days is the occurrence of the message, so that each is told once. */
#define DUE                                                                                     \
    " FROM packages p WHERE p.state = 'RECIBIDO' AND p.customer_id IS NOT NULL"                     \
    " AND $1 - (p.received_at + $2) / $3 IN (1, 3, 7, 25) AND NOT EXISTS (SELECT 1 FROM"          \
    " notification_packages np WHERE np.package_id = p.id AND np.event = 'pickup_reminder'"         \
    " AND np.occurrence = $1 - (p.received_at + $2) / $3)"
static const struct stmt due = STMT("reminders_due", "iiiii",
    "SELECT p.id, $1 - (p.received_at + $2) / $3" DUE " AND p.id > $4 ORDER BY p.id LIMIT $5");
static const struct stmt due_count = STMT("reminders_due_count", "iii", "SELECT count(*)" DUE);
static const struct stmt written = STMT("reminders_written", "i",
    "SELECT count(*) FROM notifications WHERE event = 'pickup_reminder' AND id > $1");
static const struct stmt last = STMT("reminders_last", "", "SELECT coalesce(max(id), 0) FROM notifications");
DB_REGISTER(&due, &due_count, &written, &last)

enum err notify_reminders_due(struct ctx *c, int64_t *out)
{
    return db_value(c->db, out, &due_count, clock_day(c->now), (int64_t)BOGOTA_OFFSET, (int64_t)DAY_SECONDS);
}

struct reminding {
    struct ctx *c;
    int64_t day;
    int64_t after;               /* the last package of the batch before */
    int64_t last;                /* the last package of this batch */
    size_t found;
    int written;
};

static enum err remind_tx(struct db *db, void *arg)
{
    struct reminding *x = arg;
    struct ctx *c = x->c;
    struct { int64_t id, day; } list[BATCH];
    int64_t before = db_scalar(db, 0, &last);
    struct rows q;
    enum err e = db_query(db, &q, &due, x->day, (int64_t)BOGOTA_OFFSET, (int64_t)DAY_SECONDS,
                          x->after, (int64_t)BATCH);

    if (e != OK)
        return e;
    for (x->found = 0; x->found < BATCH && db_next(&q); x->found++) {
        list[x->found].id = db_int(&q, 0);
        list[x->found].day = db_int(&q, 1);
    }
    e = db_end(&q);
    for (size_t i = 0; i < x->found && e == OK; i++) {
        struct package p;

        x->last = list[i].id;
        e = package_by_id(c, x->last, &p);
        if (e == OK)
            e = notify_package_tx(c, "pickup_reminder", &p, list[i].day, JOIN_S);
    }
    x->written = (int)db_scalar(db, 0, &written, before);
    return e;
}

enum err notify_reminders(struct ctx *c, int64_t day, int *count)
{
    struct reminding x = { .c = c, .day = day, .found = BATCH };
    enum err e = OK;

    *count = 0;
    while (e == OK && x.found == BATCH) {
        e = domain_write(c, remind_tx, &x);
        if (e == OK)
            *count += x.written;
        x.after = x.last;
    }
    return e;
}
