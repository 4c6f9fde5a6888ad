#include "domain/outbox/notification_next.h"

#include "domain/ground/tx.h"
#include "domain/message/notification.h"
#include "domain/message/notification_row.h"
#include "domain/parcel/package_notify.h"
#include "domain/people/channel.h"
#include "domain/people/customer.h"
#include "domain/people/opt_out.h"
#include "queue/settle.h"

/* Somebody may have taken WhatsApp back while a message to them was under way. */
#define ORDER_WITHOUT "whatsapp sms email"

static const struct stmt one = STMT("next_of", "i",
    "SELECT customer_id, event, channel, recipient, variables, reserve, instead_of FROM notifications"
    " WHERE id = $1 AND customer_id IS NOT NULL AND user_id IS NULL AND state NOT IN ('sent', 'delivered', 'unknown')");
static const struct stmt about = STMT("next_about", "i",
    "SELECT package_id, occurrence FROM notification_packages WHERE notification_id = $1 AND reader_id = 0 ORDER BY package_id");
/* Another message tells the same of one of its packages, or may. */
static const struct stmt told = STMT("next_told", "i",
    "SELECT 1 FROM notification_packages a JOIN notification_packages b ON b.package_id = a.package_id"
    " AND b.event = a.event AND b.occurrence = a.occurrence AND b.reader_id = a.reader_id"
    " AND b.notification_id <> a.notification_id JOIN notifications n ON n.id = b.notification_id"
    " WHERE a.notification_id = $1 AND n.state NOT IN ('failed', 'suppressed', 'cancelled')"
    " UNION ALL SELECT 1 FROM notifications WHERE instead_of = $1 LIMIT 1");
static const struct stmt tried = STMT("next_tried", "is",
    "SELECT 1 FROM notification_packages a JOIN notification_packages b ON b.package_id = a.package_id"
    " AND b.event = a.event AND b.occurrence = a.occurrence AND b.reader_id = a.reader_id"
    " WHERE a.notification_id = $1 AND b.channel = $2 LIMIT 1");
static const struct stmt lost = STMT("notification_lost", "iss",
    "UPDATE notifications SET error = coalesce(error, $3), state = CASE state WHEN 'sending' THEN 'unknown'"
    " ELSE $2 END WHERE id = $1 AND state IN ('queued', 'sending')");
static const struct stmt state_of = STMT("next_state", "i", "SELECT state = 'failed' FROM notifications WHERE id = $1");
DB_REGISTER(&one, &about, &told, &tried, &lost, &state_of)

/* The message after a message: the row that failed, its packages, and where the next one goes. */
struct following {
    int64_t id, customer_id, instead_of;
    const char *event, *channel, *was_to, *variables;
    bool reserve;
    struct message_about *of;
    size_t n;
    struct addressee to;
    const char *next, *recipient;    /* NULL: there is none */
};

static enum err following_read(struct ctx *c, struct following *f)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &one, f->id);

    if (e != OK)
        return e;
    f->customer_id = db_int(&q, 0);
    f->event = db_dup(&q, 1, c->a);
    f->channel = db_dup(&q, 2, c->a);
    f->was_to = db_dup(&q, 3, c->a);
    f->variables = db_dup(&q, 4, c->a);
    f->reserve = db_int(&q, 5) != 0;
    f->instead_of = db_int(&q, 6);
    if ((e = db_end(&q)) != OK || (e = db_query(c->db, &q, &about, f->id)) != OK)
        return e;
    while (db_next(&q)) {
        f->of = arena_more(c->a, f->of, f->n, sizeof *f->of);
        f->of[f->n++] = (struct message_about){ db_int(&q, 0), db_int(&q, 1), 0 };
    }
    return db_end(&q);
}

/* Where the customer is told now: of a package by its own phone, else by their first one. */
static enum err following_addressee(struct ctx *c, struct following *f)
{
    struct customer who;
    struct package p;
    enum err e;

    if (f->n > 0) {
        e = package_by_id(c, f->of[0].package_id, &p);
        if (e == OK && p.customer_id != f->customer_id)
            return E_NOT_FOUND;  /* it is another's now */
        return e != OK ? e : package_addressee(c, &p, &f->to);
    }
    e = customer_by_id(c, f->customer_id, &who);
    if (e != OK)
        return e;
    f->to = (struct addressee){ .customer_id = who.id, .phone = who.phone, .email_last = true,
                                .email = who.email_confirmed_at != 0 ? who.email : NULL };
    return channel_order(c, who.id, who.phone, &f->to.order);
}

/* The next channel that was not tried and that they have not opted out of. */
static enum err following_channel(struct ctx *c, struct following *f)
{
    const char *after = f->channel;
    enum err e = OK;

    while (e == OK && (f->next = channel_next(c, f->event, &f->to, after, &f->recipient)) != NULL) {
        struct customer who;
        bool is_out = db_scalar(c->db, 0, &tried, f->id, f->next) != 0;

        e = customer_by_id(c, f->customer_id, &who);
        if (e == OK && !is_out)
            e = opt_out_of_customer(c, &who, f->next, &is_out);
        if (e == OK && !is_out)
            e = opt_out_of_address(c, f->next, f->recipient, &is_out);
        if (!is_out)
            break;
        after = f->next;
    }
    return e;
}

/* f->next stays NULL when nothing is to follow. */
static enum err following_find(struct ctx *c, int64_t id, struct following *f)
{
    enum err e;

    *f = (struct following){ .id = id };
    e = following_read(c, f);
    if (e == OK && db_scalar(c->db, 0, &told, id) != 0)
        return OK;
    if (e == OK)
        e = following_addressee(c, f);
    if (e == OK && f->to.order == NULL && (streq(f->channel, "whatsapp") || f->instead_of != 0))
        f->to.order = ORDER_WITHOUT;
    if (e != OK || f->to.order == NULL)
        return e == E_NOT_FOUND ? OK : e;
    return following_channel(c, f);
}

bool notification_has_next(struct ctx *c, int64_t id)
{
    struct following f;

    return following_find(c, id, &f) == OK && f.next != NULL;
}

enum err notification_next_tx(struct ctx *c, int64_t id)
{
    struct following f;
    struct outgoing o;
    int64_t fresh = 0;
    enum err e = following_find(c, id, &f);

    if (e != OK || f.next == NULL)
        return e;
    o = (struct outgoing){ .event = f.event, .channel = f.next, .recipient = f.recipient, .variables = f.variables,
        .dedupe = arena_printf(c->a, "instead:%lld", (long long)id), .customer_id = f.customer_id, .not_before = c->now,
        .reserve = f.reserve, .instead_of = id };
    e = outgoing_tx(c, &o, &fresh);
    for (size_t i = 0; e == OK && fresh != 0 && i < f.n; i++)
        e = outgoing_link_tx(c, fresh, f.event, f.next, f.of[i]);
    return e;
}

static enum err notification_lost_tx(struct ctx *c, int64_t id, enum job_ending how, const char *why)
{
    int64_t changed = 0;
    enum err e = db_exec(c->db, &changed, &lost, id, how == JOB_DISCARDED ? "cancelled" : "failed", why);

    if (e == OK && changed != 0 && db_scalar(c->db, 0, &state_of, id) != 0)
        e = notification_next_tx(c, id);
    return e != OK || changed == 0 ? e : notification_news_tx(c, id);
}
JOB_SETTLED({ "sms.send", notification_lost_tx }, { "mail.send", notification_lost_tx },
            { "whatsapp.send", notification_lost_tx })
