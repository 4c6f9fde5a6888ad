#include "domain/message/notification.h"
#include "domain/parcel/package_notify.h"

enum err notify_package_tx(struct ctx *c, const char *event, const struct package *p, int64_t occurrence, int delay)
{
    const struct addressee to = { p->id, p->customer_id, p->customer_phone, p->customer_email };
    enum err e = notify_withdraw_untrue_tx(c, p->id, p->state);

    return e != OK ? e : notify_addressee_tx(c, event, &to, occurrence, delay);
}
