#include "domain/message/notification.h"
#include "domain/parcel/package_notify.h"

enum err notify_package_tx(struct ctx *c, const char *event, const struct package *p, int64_t occurrence, int delay)
{
    const struct addressee to = { p->id, p->customer_id, p->customer_phone, p->customer_email };

    return notify_addressee_tx(c, event, &to, occurrence, delay);
}
