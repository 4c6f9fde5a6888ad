#include "base/clock.h"
#include "base/texts.h"
#include "domain/ground/audit.h"
#include "domain/ground/operation.h"
#include "domain/ground/setting.h"
#include "domain/ground/tx.h"
#include "domain/message/account.h"
#include "domain/message/budget.h"
#include "domain/message/notification.h"
#include "domain/message/texts.h"
#include "domain/message/wording.h"
#include "domain/outbox/notification_log.h"
#include "domain/outbox/notification_next.h"
#include "domain/outbox/notification_render.h"
#include "domain/outbox/texts.h"
#include "domain/parcel/event.h"
#include "domain/parcel/pickup.h"
#include "domain/people/channel.h"
#include "domain/people/customer.h"
#include "json/json.h"
#include "local/normal.h"
#include "base/random.h"
#include "base/utf8.h"
#include "crypto/crypto.h"
#include "domain/message/message_kind.h"

#define CUSTOM_CHARS 612

static const struct stmt by_provider = STMT("notification_by_provider", "s",
    "SELECT id FROM notifications WHERE provider_id = $1");
static const struct stmt said_of = STMT("notification_said", "i", "SELECT said FROM notifications WHERE id = $1");
static const struct stmt user_of = STMT("notification_user", "i",
    "SELECT user_id FROM notifications WHERE id = $1");
static const struct stmt variables_of = STMT("notification_variables", "i",
    "SELECT variables, reserve FROM notifications WHERE id = $1");
static const struct stmt links = STMT("notification_links", "i",
    "SELECT package_id FROM notification_packages WHERE notification_id = $1 ORDER BY package_id");
static const struct stmt settle = STMT("notification_settle", "isi",
    "UPDATE notifications SET state = $2, error = CASE WHEN $2 = 'failed' THEN error END,"
    " sent_at = CASE WHEN $2 = 'sent' THEN $3 END WHERE id = $1 AND state = 'unknown'");
static const struct stmt receipt = STMT("notification_receipt", "isi",
    "UPDATE notifications SET state = $2, sent_at = coalesce(sent_at, $3)"
    " WHERE id = $1 AND state IN ('sent', 'unknown', 'sending')");
static const struct stmt credit = STMT("sms_credit", "",
    "SELECT credit FROM provider_tokens WHERE credit IS NOT NULL ORDER BY obtained_at DESC LIMIT 1");
DB_REGISTER(&by_provider, &said_of, &user_of,
            &variables_of, &links, &settle, &receipt, &credit)

enum err notification_said(struct ctx *c, const struct notification *n, const char **text)
{
    struct message m;
    struct rows q;
    enum err e = db_one(c->db, &q, &said_of, n->id);

    *text = NULL;
    if (e == OK) {
        *text = db_dup(&q, 0, c->a);
        e = db_end(&q);
    }
    if (e != OK || *text != NULL || !streq(n->state, "queued"))
        return domain_fault(c, e);
    e = notification_render(c, n->id, &m);
    *text = m.shown;
    return e;
}

/* ---- sent again, and written by staff ---- */

/* The package's chain of custody gets an event that a message went to its customer, never what it said. */
static enum err contact_event_tx(struct ctx *c, struct package *p, const char *channel, int64_t resend_of)
{
    struct json_object *details = json_object_new_object();

    json_add_text(details, "channel", channel);
    if (resend_of != 0)
        json_add_int(details, "resend_of", resend_of);
    return event_add_tx(c, p, (struct event_new){ .kind = "CONTACTO", .before = p->state,
                                                  .after = p->state, .details = details });
}

struct again {
    struct ctx *c;
    int64_t id, fresh;
    struct notification old;
    int64_t *packages;
    size_t n;
};

static enum err resend_links_read(struct again *x)
{
    struct rows q;
    enum err e = db_query(x->c->db, &q, &links, x->id);

    return e != OK ? e : db_ids_all(&q, x->c->a, &x->packages, &x->n);
}

/* A package of a message that is sent again gets a new pickup code, so that the first message, if it
 * went astray, opens nothing.  Occurrences of reminders are days, so that of a message sent again is
 * negative. */
static enum err resend_package_tx(struct again *x, int64_t package_id)
{
    struct ctx *c = x->c;
    struct package p;
    enum err e = package_by_id(c, package_id, &p);

    if (e == OK && streq(p.state, "RECIBIDO") && wording_knows(x->old.event, W_ENTREGA)) {
        p.pickup_version++;
        e = pickup_renew_tx(c, &p);
    }
    if (e == OK)
        e = contact_event_tx(c, &p, x->old.channel, x->id);
    return e != OK ? e : outgoing_link_tx(c, x->fresh, x->old.event, x->old.channel,
                                               (struct message_about){ p.id, -p.last_event_id, 0 });
}

/* A message about a parcel goes to that parcel's phone, which may be another than its person's first one, or to the
 * e-mail that its person has confirmed. */
static enum err resend_recipient(struct again *x, const char **recipient)
{
    struct customer who;
    struct package p = { 0 };
    bool sms = !streq(x->old.channel, "email");
    const char *now;
    enum err e;

    *recipient = x->old.recipient;
    if (x->old.customer_id == 0)
        return OK;
    e = customer_by_id(x->c, x->old.customer_id, &who);
    if (e == OK && x->n > 0)
        e = package_by_id(x->c, x->packages[0], &p);
    if (p.customer_id == who.id)
        now = sms ? p.customer_phone : p.customer_email;
    else
        now = sms ? who.phone : customer_email_confirmed(&who);
    if (e == OK && !is_blank(now))
        *recipient = now;
    return e;
}

static enum err resend_message_tx(struct again *x)
{
    struct ctx *c = x->c;
    struct outgoing o = { .event = x->old.event, .channel = x->old.channel, .not_before = c->now,
                          .customer_id = x->old.customer_id, .resend_of = x->id };
    struct rows q;
    enum err e = db_one(c->db, &q, &variables_of, x->id);

    if (e == OK) {
        o.variables = db_dup(&q, 0, c->a);
        o.reserve = db_int(&q, 1) != 0;
        e = db_end(&q);
    }
    o.user_id = db_scalar(c->db, 0, &user_of, x->id);
    o.dedupe = arena_printf(c->a, "resend:%lld:%s", (long long)x->id, random_text(c->a, ALPHABET_BASE62, 12));
    if (e == OK)
        e = resend_recipient(x, &o.recipient);
    if (e == OK)
        e = outgoing_tx(c, &o, &x->fresh);
    if (e == OK && x->fresh == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_TEMPLATE_NONE, NULL);
    for (size_t i = 0; e == OK && i < x->n; i++)
        e = resend_package_tx(x, x->packages[i]);
    return e != OK ? e : audit_tx(c, "notification_resend", "notification", x->id, NULL);
}

static enum err resend_tx(struct db *db UNUSED, void *arg)
{
    struct again *x = arg;
    const char *answer;
    enum err e = operation_begin_tx(x->c, &answer);

    if (e != OK || answer != NULL) {
        if (e == OK && !parse_int(answer, &x->fresh))
            e = E_INTERNAL;
        return e;
    }
    e = notification_by_id(x->c, x->id, &x->old);
    if (e == OK && (streq(x->old.state, "queued") || streq(x->old.state, "sending")))
        return ctx_fail(x->c, E_CONFLICT, NULL, T_MESSAGE_WAITS, NULL);
    if (e == OK && message_is_once(x->old.event))
        return ctx_fail(x->c, E_CONFLICT, NULL, T_MESSAGE_RESET, NULL);
    if (e == OK)
        e = resend_links_read(x);
    if (e == OK)
        e = resend_message_tx(x);
    return e != OK ? e : operation_end_tx(x->c, operation_ids(x->c->a, &x->fresh, 1));
}

enum err notification_resend(struct ctx *c, int64_t id, int64_t *fresh)
{
    struct again x = { .c = c, .id = id };
    enum err e = domain_write(c, resend_tx, &x);

    *fresh = x.fresh;
    return e;
}

struct custom { struct ctx *c; const struct custom_in *in; int64_t id; };

static enum err custom_recipient(struct ctx *c, const struct custom_in *in, int64_t customer_id, const struct package *p,
                                 const char **recipient)
{
    struct customer who;
    const char *phone, *email, *order;
    enum err e = customer_id == 0 ? E_NOT_FOUND : customer_by_id(c, customer_id, &who);

    if (e != OK)
        return e == E_NOT_FOUND ? ctx_fail(c, E_INVALID, "customer_id", T_CUSTOMER_NONE, NULL) : e;
    phone = p->id != 0 ? p->customer_phone : who.phone;
    if (streq(in->channel, "sms") && !phone_takes_sms(phone))
        return ctx_fail(c, E_INVALID, "channel", T_NO_SMS_NUMBER, NULL);
    email = p->id != 0 ? package_email(c, p) : customer_email_confirmed(&who);
    if (streq(in->channel, "email") && email == NULL)
        return ctx_fail(c, E_INVALID, "channel", T_NO_EMAIL, NULL);
    if (streq(in->channel, "whatsapp")) {
        e = channel_order(c, who.id, phone, &order);
        if (e == OK && order == NULL)
            return ctx_fail(c, E_INVALID, "channel", T_NO_WHATSAPP, NULL);
    }
    *recipient = streq(in->channel, "email") ? email : phone;
    return e;
}

static enum err custom_one_tx(struct custom *x)
{
    struct ctx *c = x->c;
    struct json_object *variables = json_object_new_object();
    struct outgoing o = { .event = "custom_message", .channel = x->in->channel, .not_before = c->now,
                          .customer_id = x->in->customer_id,
                          .dedupe = arena_printf(c->a, "custom:%s", random_text(c->a, ALPHABET_BASE62, 16)) };
    struct package p = { 0 };
    enum err e = x->in->package_id == 0 ? OK : package_by_id(c, x->in->package_id, &p);

    json_add_text(variables, "texto", x->in->text);
    o.variables = json_text(c->a, variables);
    json_object_put(variables);
    if (p.id != 0)
        o.customer_id = p.customer_id;
    if (e == OK)
        e = custom_recipient(c, x->in, o.customer_id, &p, &o.recipient);
    if (e == OK)
        e = outgoing_tx(c, &o, &x->id);
    if (e == OK && x->id == 0)
        return ctx_fail(c, E_CONFLICT, NULL, streq(o.channel, "whatsapp") ? T_WHATSAPP_TEMPLATE : T_TEMPLATE_NONE, NULL);
    if (e != OK || p.id == 0)
        return e;
    e = contact_event_tx(c, &p, o.channel, 0);
    return e != OK ? e : outgoing_link_tx(c, x->id, o.event, o.channel,
                                               (struct message_about){ p.id, p.last_event_id, 0 });
}

static enum err custom_tx(struct db *db UNUSED, void *arg)
{
    struct custom *x = arg;
    const char *answer;
    enum err e = operation_begin_tx(x->c, &answer);

    if (e != OK || answer != NULL) {
        if (e == OK && !parse_int(answer, &x->id))
            e = E_INTERNAL;
        return e;
    }
    e = custom_one_tx(x);
    if (e == OK)
        e = audit_tx(x->c, "notification_custom", "notification", x->id, NULL);
    return e != OK ? e : operation_end_tx(x->c, operation_ids(x->c->a, &x->id, 1));
}

void notify_text_faults(struct ctx *c, const char *text)
{
    if (is_blank(text) || !utf8_clean(text, true) || utf8_length(text) > CUSTOM_CHARS)
        ctx_invalid(c, "text", is_blank(text) ? T_REQUIRED : T_TOO_LONG, "612", NULL);
}

enum err notify_custom(struct ctx *c, const struct custom_in *in, int64_t *id)
{
    struct custom x = { .c = c, .in = in };
    enum err e;

    c->fault = (struct fault){ 0 };
    notify_text_faults(c, in->text);
    if ((e = ctx_faults(c)) != OK)
        return e;
    e = domain_write(c, custom_tx, &x);
    *id = x.id;
    return e;
}

struct testing { struct ctx *c; const char *channel, *recipient; int64_t id; };

static enum err notify_test_tx(struct db *db UNUSED, void *arg)
{
    struct testing *x = arg;
    struct ctx *c = x->c;
    struct outgoing o = { .event = "custom_message", .channel = x->channel, .recipient = x->recipient,
                          .variables = "{\"texto\":\"Esta es una prueba.\"}", .not_before = c->now,
                          .user_id = c->user_id,
                          .dedupe = arena_printf(c->a, MESSAGE_TRIAL "%s", random_text(c->a, ALPHABET_BASE62, 16)) };
    enum err e = outgoing_tx(c, &o, &x->id);

    if (e == OK && x->id == 0)
        return ctx_fail(c, E_CONFLICT, NULL, streq(x->channel, "whatsapp") ? T_WHATSAPP_TEMPLATE : T_TEMPLATE_NONE, NULL);
    return e != OK ? e : audit_tx(c, "notification_test", "notification", x->id, NULL);
}

enum err notify_test(struct ctx *c, const char *channel, const char *recipient, int64_t *id)
{
    bool sms = streq(channel, "sms"), email = streq(channel, "email");
    struct testing x = { .c = c, .channel = channel,
        .recipient = is_blank(recipient) ? NULL : email ? normal_email(c->a, recipient) : normal_phone(c->a, recipient) };
    enum err e;

    if (x.recipient == NULL || (sms && !phone_takes_sms(x.recipient)))
        return ctx_fail(c, E_INVALID, "recipient", email ? T_EMAIL_BAD : T_PHONE_BAD, NULL);
    if (!channel_is_on(c, channel))
        return ctx_fail(c, E_INVALID, "channel", sms ? T_SMS_OFF : email ? T_MAIL_OFF : T_WHATSAPP_OFF, NULL);
    e = domain_write(c, notify_test_tx, &x);
    *id = x.id;
    return e;
}

/* ---- what became of a message ---- */


struct message_settling { struct ctx *c; int64_t id; bool sent; };

static enum err notification_settle_tx(struct db *db, void *arg)
{
    struct message_settling *x = arg;
    struct json_object *details;
    int64_t changed;
    enum err e = db_exec(db, &changed, &settle, x->id, x->sent ? "sent" : "failed", x->c->now);

    if (e == OK && changed != 1)
        return ctx_fail(x->c, E_CONFLICT, NULL, T_MESSAGE_KNOWN, NULL);
    if (e != OK)
        return e;
    details = json_object_new_object();
    json_add_bool(details, "sent", x->sent);
    e = audit_tx(x->c, "notification_settle", "notification", x->id, details);
    if (e == OK && !x->sent)
        e = notification_next_tx(x->c, x->id);
    return e != OK ? e : notification_news_tx(x->c, x->id);
}

enum err notification_settle(struct ctx *c, int64_t id, bool sent)
{
    struct message_settling x = { c, id, sent };
    struct notification n;
    enum err e = notification_by_id(c, id, &n);

    return e != OK ? e : operation_once(c, "notification_settle", notification_settle_tx, &x, NULL);
}

static enum err notification_receipt_tx(struct db *db, void *arg)
{
    struct message_settling *x = arg;
    int64_t changed;
    enum err e = db_exec(db, &changed, &receipt, x->id, x->sent ? "delivered" : "failed", x->c->now);

    if (e == OK && changed != 0 && !x->sent)
        e = notification_next_tx(x->c, x->id);
    return e != OK || changed == 0 ? e : notification_news_tx(x->c, x->id);
}

enum err notification_receipt(struct ctx *c, const char *provider_id, bool delivered)
{
    struct message_settling x = { .c = c, .sent = delivered };
    enum err e = db_value(c->db, &x.id, &by_provider, provider_id);

    if (e != OK)
        return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_MESSAGE_NONE, NULL) : domain_fault(c, e);
    return domain_write(c, notification_receipt_tx, &x);
}

enum err notification_hook(struct ctx *c, const char *secret, const char *provider_id, bool delivered)
{
    const char *ours = domain_secret(c, "sms_hook_key");

    if (ours == NULL)
        return E_INTERNAL;
    if (is_blank(ours) || !same_text(ours, secret))
        return ctx_fail(c, E_NOT_FOUND, NULL, T_NOT_FOUND, NULL);
    return notification_receipt(c, provider_id, delivered);
}

enum err notification_budget(struct ctx *c, struct sms_budget *out)
{
    struct date d = clock_date(c->now);
    enum err e = setting_read(c, S_SMS_BUDGET_DAY, &out->day_budget);

    if (e == OK)
        e = setting_read(c, S_SMS_BUDGET_MONTH, &out->month_budget);
    if (e == OK)
        e = setting_read(c, S_SMS_PRICE, &out->price);
    out->day = sms_spent(c, clock_day_start(clock_day(c->now)));
    out->whatsapp_day = whatsapp_spent(c, clock_day_start(clock_day(c->now)));
    out->whatsapp_month = whatsapp_spent(c, clock_from_date(d.year, d.month, 1));
    out->month = sms_spent(c, clock_from_date(d.year, d.month, 1));
    out->credit = db_scalar(c->db, -1, &credit);
    return e;
}
