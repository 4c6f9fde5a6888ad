/* Notification row: messages as they are read, and told to programs of others. */
#ifndef DOMAIN_NOTIFICATION_ROW_H
#define DOMAIN_NOTIFICATION_ROW_H

#include "base/ctx.h"
#include "base/field.h"
#include "base/words.h"

struct notification {
    int64_t id;
    const char *event, *channel, *recipient, *state, *error;
    int64_t created_at, not_before, sent_at;
    int64_t customer_id;
    const char *customer_name, *class, *provider_id;
    int64_t parts, cost, attempts, package_id, resend_of;    /* package_id: the first of its packages */
    int64_t instead_of, delivered_at, read_at;   /* the latter two are known of WhatsApp */
};
/* Words for people: "Sin confirmar"; NULL for an unknown state. */
extern const struct word notification_states[], notification_channels[];
FIELD_TABLE(struct notification, notification_fields)
enum err notification_by_id(struct ctx *c, int64_t id, struct notification *out) MUST_CHECK;
struct notifications { struct notification *v; size_t n; };
/* Messages, the newest first; a filter NULL or "" takes any.  before: id of the last one seen, 0 at
 * first; *next is the `before` of the next page, 0 after the last. */
struct notification_filter { const char *state, *event, *channel; int64_t customer_id, before, limit; };
enum err notification_list(struct ctx *c, const struct notification_filter *f, struct notifications *out,
                           int64_t *next) MUST_CHECK;
enum err notifications_of_package(struct ctx *c, int64_t package_id, struct notifications *out) MUST_CHECK;
/* Inside a db_write that changed what became of a message: programs of others are told (ground/news.h). */
enum err notification_news_tx(struct ctx *c, int64_t id) MUST_CHECK;

#endif
