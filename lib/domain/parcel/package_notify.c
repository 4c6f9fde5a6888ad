#include "domain/message/notification.h"
#include "domain/parcel/claim.h"
#include "domain/parcel/email_proof.h"
#include "domain/parcel/package_notify.h"
#include "domain/people/channel.h"

enum err package_addressee(struct ctx *c, const struct package *p, struct addressee *to)
{
    *to = (struct addressee){ .customer_id = p->customer_id, .phone = p->customer_phone, .email = package_email(c, p),
                              .reserve = p->received_at != 0 };
    to->email_last = to->email != NULL && !package_email_may_know(c, p, to->email);
    return channel_order(c, p->customer_id, p->customer_phone, &to->order);
}

enum err notify_package_tx(struct ctx *c, const char *event, const struct package *p, int64_t occurrence, int delay)
{
    struct addressee to;
    enum err e = notify_withdraw_untrue_tx(c, p->id, p->state);

    if (e == OK && p->disputed && streq(event, "package_received"))
        return claims_tell_tx(c, p, occurrence, delay);
    if (e == OK)
        e = package_addressee(c, p, &to);
    if (e == OK)
        e = notify_addressee_tx(c, event, &to, &(struct message_about){ p->id, occurrence, 0 }, 1, delay);
    return e == OK && streq(p->state, "RECIBIDO") ? email_ask_tx(c, p) : e;
}

/* Queues a message about all these packages, to leave at once. */
static enum err notify_together_tx(struct ctx *c, const char *event, const struct addressee *to,
                                   const struct packages *all)
{
    struct message_about *about = arena_alloc(c->a, all->n * sizeof *about);

    for (size_t i = 0; i < all->n; i++)
        about[i] = (struct message_about){ all->v[i].id, all->v[i].last_event_id, 0 };
    return notify_addressee_tx(c, event, to, about, all->n, 0);
}

enum err notify_announced_tx(struct ctx *c, const struct packages *all)
{
    const struct package *first = &all->v[0];
    struct addressee to;
    enum err e = package_addressee(c, first, &to);

    if (e == OK)
        e = notify_together_tx(c, "package_announced", &to, all);
    return e == OK ? email_ask_tx(c, first) : e;
}

enum err notify_email_tx(struct ctx *c, const char *event, const struct packages *all)
{
    const struct package *first = &all->v[0];
    const struct addressee to = { .customer_id = first->customer_id, .email = first->announced_email };
    const char *order;
    enum err e = channel_order(c, first->customer_id, first->customer_phone, &order);

    /* Whoever chose an order of channels has been told by the first of them. */
    return e != OK || order != NULL ? e : notify_together_tx(c, event, &to, all);
}
