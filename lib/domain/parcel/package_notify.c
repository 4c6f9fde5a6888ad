#include "domain/message/notification.h"
#include "domain/parcel/package_notify.h"

enum err notify_package_tx(struct ctx *c, const char *event, const struct package *p, int64_t occurrence, int delay)
{
    const struct addressee to = { p->customer_id, p->customer_phone, p->customer_email };
    enum err e = notify_withdraw_untrue_tx(c, p->id, p->state);

    return e != OK ? e : notify_addressee_tx(c, event, &to, &(struct message_about){ p->id, occurrence }, 1, delay);
}

enum err notify_announced_tx(struct ctx *c, const struct packages *all)
{
    const struct package *first = &all->v[0];
    const struct addressee to = { first->customer_id, first->customer_phone, first->customer_email };
    struct message_about *about = arena_alloc(c->a, all->n * sizeof *about);

    for (size_t i = 0; i < all->n; i++)
        about[i] = (struct message_about){ all->v[i].id, all->v[i].last_event_id };
    return notify_addressee_tx(c, "package_announced", &to, about, all->n, 0);
}
