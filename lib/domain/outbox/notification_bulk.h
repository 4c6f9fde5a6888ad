/* Notification bulk: one text to everybody who has a parcel on the shelf, as "mañana 8 de diciembre no abrimos".  It
 * goes to nobody else, once to each address, within the hours of the law, and never beyond what is left of the budget.
 * Who wants no messages by that channel, and whose parcel is disputed, is left out. */
#ifndef DOMAIN_NOTIFICATION_BULK_H
#define DOMAIN_NOTIFICATION_BULK_H

#include "base/ctx.h"
#include "base/field.h"

#define BULK_MOST 500            /* people of one request */

struct bulk_in {
    const char *channel, *text;  /* as of struct custom_in */
    int64_t days;                /* only those whose parcel has waited for so many days; 0: all */
    int64_t people;              /* how many the preview said; notify_bulk only */
};
struct bulk {
    int64_t people;              /* to whom it goes */
    int64_t opted_out, unreachable;      /* people who want none by this channel, and who have no address for it */
    int64_t parts;               /* parts of one SMS; 0: an e-mail */
    int64_t cost, left;          /* pesos: of all, and what is left of the budgets of the day and of the month */
    int64_t from;                /* when the first leaves */
};
FIELD_TABLE(struct bulk, bulk_fields)

/* The outcome that notify_bulk would have now.  E_INVALID names the text, or a channel by which no message leaves this point. */
enum err notify_bulk_preview(struct ctx *c, const struct bulk_in *in, struct bulk *out) MUST_CHECK;
/* Queues the messages.  E_CONFLICT when it would be nobody, other than in->people, more than BULK_MOST, or dearer than
 * what is left. */
enum err notify_bulk(struct ctx *c, const struct bulk_in *in, struct bulk *out) MUST_CHECK;

#endif
