/* Notification render: the text of a message at the moment when it goes out. */
#ifndef DOMAIN_NOTIFICATION_RENDER_H
#define DOMAIN_NOTIFICATION_RENDER_H

#include "base/ctx.h"

struct message {
    int64_t id;
    const char *event, *channel, *recipient, *class, *state;
    const char *subject, *text;  /* NULL: it cannot be sent, see untrue and missing */
    const char *shown;           /* the text for staff: without codes and the secret parts of links */
    const char *untrue;          /* why it is not true now, for the log; NULL: it is */
    const char *missing;         /* the variable that has no value; NULL: none */
    const char *message_id;
    const char *provider_name, *provider_language, *category;    /* of WhatsApp: its template (message/template.h) */
    const char *const *values;   /* of WhatsApp: values_n texts for the template's places */
    size_t values_n;
    bool to_staff;               /* to a user of the system: nobody stops such messages */
    const char *opt_out;         /* link by which its reader stops such messages; NULL: to staff, or it asks */
    bool asks;                   /* it asks whose its e-mail is, and says nothing that its customer knows */
    bool reserve;                /* the parcel that it is about has been on the shelf (message_budget_of) */
    int64_t not_before;
    bool trial;                  /* only sent to see whether messages leave (MESSAGE_TRIAL) */
    int64_t customer_id;         /* 0: it goes to no customer */
    int64_t document_id;         /* a document to attach (paper/document.h), or 0 */
};
/* Renders the row of a message as it goes out now: codes are derived here and stored nowhere.  It speaks
 * of those of its packages of which it is true as they are now.  E_NOT_FOUND when there is no such row. */
enum err notification_render(struct ctx *c, int64_t id, struct message *out) MUST_CHECK;

#endif
