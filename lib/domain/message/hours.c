#include "domain/message/hours.h"

#include "base/clock.h"
#include "local/holiday.h"
#include "store/db.h"

#define HOUR 3600

/* The SMS and the e-mail of one event are one contact: $4 is the message that asks. */
static const struct stmt contacted = STMT("contacted", "iiii",
    "SELECT count(*) FROM notifications WHERE customer_id = $1 AND class <> 'informativa'"
    " AND coalesce(sent_at, sending_at) >= $2 AND coalesce(sent_at, sending_at) < $3"
    " AND state IN ('sending', 'sent', 'delivered', 'unknown') AND NOT EXISTS (SELECT 1"
    " FROM notification_packages a JOIN notification_packages b ON b.package_id = a.package_id"
    " AND b.event = a.event AND b.occurrence = a.occurrence"
    " WHERE a.notification_id = $4 AND b.notification_id = notifications.id)");
DB_REGISTER(&contacted)

/* The hours of cobranza and publicidad by weekday, Sunday first; equal: none. */
static const struct { int from, to; } hours[] = {
    { 0, 0 }, { 7, 19 }, { 7, 19 }, { 7, 19 }, { 7, 19 }, { 7, 19 }, { 8, 15 },
};

int64_t hours_from(const char *class, int64_t t)
{
    if (streq(class, "informativa"))
        return t;
    for (int64_t day = clock_day(t);; day++) {
        int64_t start = clock_day_start(day);
        int weekday = clock_date(start).weekday;

        if (holiday_name(day) != NULL || hours[weekday].to == 0 || t >= start + hours[weekday].to * HOUR)
            continue;
        return t > start + hours[weekday].from * HOUR ? t : start + hours[weekday].from * HOUR;
    }
}

int64_t hours_from_tx(struct ctx *c, const char *class, int64_t customer_id, int64_t message_id, int64_t t)
{
    t = hours_from(class, t);
    while (!streq(class, "informativa") && customer_id != 0) {
        int64_t start = clock_day_start(clock_day(t));

        if (db_scalar(c->db, 0, &contacted, customer_id, start, start + DAY_SECONDS, message_id) == 0)
            break;
        t = hours_from(class, start + DAY_SECONDS);
    }
    return t;
}
