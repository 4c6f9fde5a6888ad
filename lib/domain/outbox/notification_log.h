/* Notification log: the messages that were written, what became of each, and what staff do
 * with one. */
#ifndef DOMAIN_NOTIFICATION_LOG_H
#define DOMAIN_NOTIFICATION_LOG_H

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
};
extern const struct word notification_states[], notification_channels[];
/* For people: "Sin confirmar". */
FIELD_TABLE(struct notification, notification_fields)
struct notifications { struct notification *v; size_t n; };
enum err notification_by_id(struct ctx *c, int64_t id, struct notification *out) MUST_CHECK;
/* Newest first, keyset by id; NULL or "": any. */
struct notification_filter { const char *state, *event, *channel; int64_t customer_id, before, limit; };
enum err notification_list(struct ctx *c, const struct notification_filter *f, struct notifications *out,
                           int64_t *next) MUST_CHECK;
/* The same message again, as a new row that names the old one; a pickup code in it is a
 * new code.  E_CONFLICT while the old one still waits or is on its way. */
enum err notification_resend(struct ctx *c, int64_t id, int64_t *fresh) MUST_CHECK;
/* A doubtful one that a person has asked about: it went, or it did not.  E_CONFLICT
 * unless it is `unknown`. */
enum err notification_settle(struct ctx *c, int64_t id, bool sent) MUST_CHECK;
/* The provider's receipt for a message it named so. */
enum err notification_receipt(struct ctx *c, const char *provider_id, bool delivered) MUST_CHECK;

/* The same by the address that only the provider knows (secret sms_hook_key);
 * E_NOT_FOUND, like any unknown address, when it is wrong. */
enum err notification_hook(struct ctx *c, const char *secret, const char *provider_id,
                           bool delivered) MUST_CHECK;

/* Pesos of SMS today and this month with their budgets; credit −1: not known. */
struct sms_budget { int64_t day, day_budget, month, month_budget, price, credit; };
enum err notification_budget(struct ctx *c, struct sms_budget *out) MUST_CHECK;

enum err notifications_of_package(struct ctx *c, int64_t package_id, struct notifications *out) MUST_CHECK;

/* A text of staff's own to a customer, about a package or about nothing in particular;
 * at most 612 characters.  One channel; E_INVALID when that person has none such. */
struct custom_in { int64_t customer_id, package_id; const char *channel, *text; };
enum err notify_custom(struct ctx *c, const struct custom_in *in, int64_t *id) MUST_CHECK;
/* A test of the provider, to any number or address; its row shows what became of it. */
enum err notify_test(struct ctx *c, const char *channel, const char *recipient, int64_t *id) MUST_CHECK;

#endif
