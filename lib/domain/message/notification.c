/* Messages are written with the change that causes them, joined while they wait, taken back by undo,
 * and rendered only when they leave (outbox/notification_render.c). */
#include "json/json.h"
#include "local/normal.h"
#include "base/clock.h"
#include "base/random.h"
#include "domain/ground/setting.h"
#include "domain/ground/throttle.h"
#include "domain/message/account.h"
#include "domain/message/budget.h"
#include "domain/message/hours.h"
#include "domain/message/message_kind.h"
#include "domain/message/notification.h"
#include "domain/message/notification_row.h"
#include "queue/job.h"

#define JOIN_WINDOW_S 600
#define HOUR_S 3600
#define STRANGERS_TIMES 5        /* times announce_per_hour: confirmations to all networks together in an hour */

static const struct stmt template_of = STMT("template_active", "ss",
    "SELECT id, class, channel = 'whatsapp' AND provider_name IS NULL FROM notification_templates WHERE event = $1 AND channel = $2 AND language = 'es'"
    " AND is_active = 1 ORDER BY version DESC LIMIT 1");
/* A message has the code of one of its parcels, which opens only what is in the same name and went to the same phone. */
#define TOLD_AS "coalesce(p.announced_name, c.full_name) || ' ' || coalesce(p.announced_phone, c.phone, '')"
static const struct stmt waiting = STMT("notification_waiting", "isssii",
    "SELECT id, created_at, job_id, not_before FROM notifications WHERE customer_id = $1 AND event = $2"
    " AND channel = $3 AND recipient = $4 AND state = 'queued' AND attempts = 0 AND created_at > $5"
    " AND NOT EXISTS (SELECT 1 FROM notification_packages np JOIN packages p ON p.id = np.package_id"
    " LEFT JOIN customers c ON c.id = p.customer_id WHERE np.notification_id = notifications.id"
    " AND " TOLD_AS " IS NOT (SELECT " TOLD_AS " FROM packages p LEFT JOIN customers c ON c.id = p.customer_id"
    " WHERE p.id = $6)) ORDER BY id DESC LIMIT 1");
static const struct stmt postpone = STMT("notification_postpone", "iii",
    "UPDATE notifications SET not_before = $2, reserve = max(reserve, $3) WHERE id = $1 AND state = 'queued'");
static const struct stmt insert = STMT("notification_insert", "IIsssissiisssIiI",
    "INSERT INTO notifications (customer_id, user_id, event, channel, recipient, template_id, class,"
    " variables, created_at, not_before, dedupe_key, message_id, error, resend_of, reserve, instead_of, state)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
    " CASE WHEN $13 IS NULL THEN 'queued' ELSE 'suppressed' END) RETURNING id");
static const struct stmt told_by = STMT("notification_told_by", "is",
    "SELECT n.channel FROM notification_packages np JOIN notifications n ON n.id = np.notification_id"
    " WHERE np.package_id = $1 AND np.event = $2 AND n.state NOT IN ('suppressed', 'cancelled')");
static const struct stmt set_job = STMT("notification_job", "ii",
    "UPDATE notifications SET job_id = $2 WHERE id = $1");
static const struct stmt link_package = STMT("notification_link", "iissii",
    "INSERT INTO notification_packages (notification_id, package_id, event, channel, occurrence, reader_id)"
    " VALUES ($1, $2, $3, $4, $5, $6)");
/* A message that was tried in vain is `queued` again, and can be taken back as one that was never tried. */
static const struct stmt linked = STMT("notifications_linked", "is",
    "SELECT n.id, np.occurrence, n.event, n.channel FROM notification_packages np"
    " JOIN notifications n ON n.id = np.notification_id WHERE np.package_id = $1 AND n.state = $2");
/* $2 is the state of which the message is true: another of its packages may be in it. */
static const struct stmt cancel_untrue = STMT("notification_cancel_untrue", "iss",
    "UPDATE notifications SET state = 'cancelled', error = $3 WHERE id = $1 AND state = 'queued' AND NOT EXISTS"
    " (SELECT 1 FROM notification_packages np JOIN packages p ON p.id = np.package_id"
    " WHERE np.notification_id = $1 AND p.state = $2 AND p.customer_id IS notifications.customer_id)");
static const struct stmt restore = STMT("notification_restore", "ii",
    "UPDATE notifications SET state = 'queued', error = NULL, not_before = max(not_before, $2) WHERE id = $1"
    " AND state = 'cancelled' AND error LIKE '" MESSAGE_UNTRUE "%'");
static const struct stmt unlink_package = STMT("notification_unlink", "iii",
    "DELETE FROM notification_packages WHERE notification_id = $1 AND package_id = $2 AND occurrence = $3");
/* Frees the key of a withdrawn message, which names the package and the occurrence, so that the event may be told
 * again. */
static const struct stmt free_key = STMT("notification_free_key", "i",
    "UPDATE notifications SET dedupe_key = 'withdrawn:' || id WHERE id = $1");
static const struct stmt cancel_empty = STMT("notification_cancel_empty", "i",
    "UPDATE notifications SET state = 'cancelled' WHERE id = $1 AND state = 'queued' AND NOT EXISTS"
    " (SELECT 1 FROM notification_packages WHERE notification_id = $1)");
static const struct stmt admins = STMT("notify_admins", "",
    "SELECT id, email FROM users WHERE role = 'ADMIN' AND is_active = 1");
static const struct stmt told = STMT("notification_told", "s",
    "SELECT 1 FROM notifications WHERE dedupe_key = $1");
DB_REGISTER(&admins, &told, &template_of, &waiting, &postpone, &insert, &told_by,
            &set_job, &link_package,
            &linked, &cancel_untrue, &restore, &unlink_package, &free_key, &cancel_empty)

static const char *mail_host(struct ctx *c)
{
    const char *from = strchr(mail_sender(c), '@');

    return from ? from + 1 : "paqueteria.invalid";
}

/* The job that sends a message. */
static enum err outgoing_job_tx(struct ctx *c, int64_t id, const char *channel, int64_t run_at)
{
    static const struct word kinds[] = {
        { "sms", "sms.send" }, { "email", "mail.send" }, { "whatsapp", "whatsapp.send" }, WORDS_END
    };
    int64_t job;
    enum err e = job_add_tx(c, &(struct job_new){ .kind = words_of(kinds, channel), .about = id, .run_at = run_at }, &job);

    return e != OK ? e : db_exec(c->db, NULL, &set_job, id, job);
}

enum err outgoing_tx(struct ctx *c, const struct outgoing *o, int64_t *id)
{
    struct rows q;
    int64_t template, from;
    const char *class;
    bool unapproved;
    enum err e = db_one(c->db, &q, &template_of, o->event, o->channel);

    *id = 0;
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    template = db_int(&q, 0);
    class = db_dup(&q, 1, c->a);
    unapproved = db_int(&q, 2) != 0;
    e = db_end(&q);
    if (e != OK || unapproved)
        return e;
    from = hours_from(class, o->not_before);
    if (e == OK)
        e = db_insert(c->db, id, &insert, o->customer_id, o->user_id, o->event, o->channel, o->recipient,
                      template, class, o->variables, c->now, from, o->dedupe,
                      arena_printf(c->a, "%s@%s", random_text(c->a, ALPHABET_BASE62, 20), mail_host(c)),
                      o->withheld, o->resend_of, (int64_t)o->reserve, o->instead_of);
    if (e != OK)
        return e;
    return o->withheld != NULL ? notification_news_tx(c, *id) : outgoing_job_tx(c, *id, o->channel, from);
}

/* A message that still waits is joined by another parcel of the same person, in the same name.  Its wait starts again,
 * but ends ten minutes after the message was written. */
static enum err outgoing_join_tx(struct ctx *c, const struct outgoing *o, int64_t package_id, int64_t *id)
{
    struct rows q;
    int64_t job, limit, already, until = o->not_before;
    enum err e = db_one(c->db, &q, &waiting, o->customer_id, o->event, o->channel,
                        o->recipient, c->now - JOIN_WINDOW_S, package_id);

    *id = 0;
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    *id = db_int(&q, 0);
    limit = db_int(&q, 1) + JOIN_WINDOW_S;
    job = db_int(&q, 2);
    already = db_int(&q, 3);
    e = db_end(&q);
    if (until > limit)
        until = limit;
    if (until < already)         /* the message waits for the hours of the law */
        until = already;
    if (e == OK)
        e = db_exec(c->db, NULL, &postpone, *id, until, (int64_t)o->reserve);
    return e != OK ? e : job_reschedule_tx(c, job, until);
}

enum err outgoing_link_tx(struct ctx *c, int64_t id, const char *event, const char *channel,
                          struct message_about about)
{
    return db_exec(c->db, NULL, &link_package, id, about.package_id, event, channel, about.occurrence, about.reader_id);
}

/* Withholds a message that a stranger causes, or puts it off, when all of these together have sent as many in this
 * hour, or spent as much, as they may.  One that waits is not asked for its price before it leaves. */
static enum err strangers_withheld_tx(struct ctx *c, struct outgoing *o, bool waits)
{
    struct sms_price sms = { .event = o->event, .reserve = o->reserve };
    const bool asks = !waits && !streq(o->channel, "email");
    enum err e = !asks ? OK : streq(o->channel, "sms") ? setting_read(c, S_SMS_PRICE, &sms.cost)
        : whatsapp_price(c, NULL, &sms.cost);

    if (e == OK && asks)
        e = sms_over_budget(c, &sms, &o->withheld, NULL);
    if (e != OK || o->withheld != NULL)
        return e != OK ? e : notify_over_budget_tx(c, o->withheld);
    if (!throttle_exempt(c))
        e = throttle_spend_tx(c, "told:all", 1, c->conf->announce_per_hour * STRANGERS_TIMES, HOUR_S);
    if (e != E_THROTTLED)
        return e;
    if (waits)
        o->not_before += c->fault.retry_after;
    else
        o->withheld = "hay demasiados anuncios en esta hora, y no se confirma ninguno";
    c->fault = (struct fault){ 0 };
    return OK;
}

/* Counts a message that a public form causes, or caused: these must not serve to pester a number or a mailbox,
 * however an address of it is written. */
static enum err asked_count_tx(struct ctx *c, struct outgoing *o)
{
    const char *reader = streq(o->channel, "email") ? email_mailbox(c->a, o->recipient) : o->recipient;
    int64_t most;
    enum err e = setting_read(c, S_SMS_PUBLIC_HOUR, &most);

    if (e == OK)
        e = throttle_spend_tx(c, arena_printf(c->a, "asked:%s:%s", o->event, reader), 1, most, HOUR_S);
    if (e != E_THROTTLED)
        return e;
    c->fault = (struct fault){ 0 };
    o->withheld = "demasiados pedidos de mensajes a este destinatario en una hora";
    return OK;
}

enum err outgoing_withheld_tx(struct ctx *c, struct outgoing *o)
{
    const enum message_budget may = message_budget_of(o->event, o->reserve);
    enum err e;

    o->withheld = NULL;
    if (c->actor != ACTOR_CUSTOMER && !o->stranger)
        return OK;
    e = asked_count_tx(c, o);
    return e != OK || o->withheld != NULL || c->actor != ACTOR_CUSTOMER || !budget_is_share(may) ? e
        : strangers_withheld_tx(c, o, may == BUDGET_SHARE_WAITS);
}

struct event_telling { const char *event; const struct message_about *about; size_t n; int delay; };

static enum err notify_channel_tx(struct ctx *c, const struct event_telling *t, const char *channel,
                                  const char *recipient, const struct addressee *to)
{
    struct outgoing o = { .event = t->event, .channel = channel, .recipient = recipient, .variables = "{}",
                          .customer_id = to->customer_id, .not_before = c->now + t->delay, .reserve = to->reserve,
                          .stranger = to->stranger };
    int64_t id = 0;
    enum err e = OK;

    if (t->delay > 0)
        e = outgoing_join_tx(c, &o, t->about[0].package_id, &id);
    if (e == OK && id == 0) {
        o.dedupe = arena_printf(c->a, "%s:%lld:%s:%s:%lld", t->event, (long long)t->about[0].package_id, channel,
                                recipient, (long long)t->about[0].occurrence);
        e = outgoing_withheld_tx(c, &o);
        if (e == OK)
            e = outgoing_tx(c, &o, &id);
    }
    for (size_t i = 0; e == OK && id != 0 && i < t->n; i++)
        e = outgoing_link_tx(c, id, t->event, channel, t->about[i]);
    return e;
}

static bool whatsapp_approved(struct ctx *c, const char *event)
{
    struct rows q;
    bool approved;

    if (db_one(c->db, &q, &template_of, event, "whatsapp") != OK)
        return false;
    approved = db_int(&q, 2) == 0;
    return db_end(&q) == OK && approved;
}

/* Where a message of that event to them goes by that channel; NULL: it cannot. */
static const char *channel_recipient(struct ctx *c, const char *event, const struct addressee *to, const char *channel)
{
    if (!channel_is_on(c, channel))
        return NULL;
    if (streq(channel, "email"))
        return to->email;
    if (to->phone == NULL || (streq(channel, "sms") ? !phone_takes_sms(to->phone) : !whatsapp_approved(c, event)))
        return NULL;
    return to->phone;
}

const char *channel_next(struct ctx *c, const char *event, const struct addressee *to, const char *after,
                         const char **recipient)
{
    char *rest = arena_printf(c->a, to->email_last ? "%s email" : "%s", to->order), *channel;
    bool past = after == NULL, seen_email = false;

    while ((channel = strsep(&rest, " ")) != NULL) {
        if (to->email_last && streq(channel, "email") && !seen_email) {
            seen_email = true;   /* it stands at the end once more */
            continue;
        }
        if (past && (*recipient = channel_recipient(c, event, to, channel)) != NULL)
            return channel;
        past = past || streq(channel, after);
    }
    return NULL;
}

enum err notify_addressee_tx(struct ctx *c, const char *event, const struct addressee *to,
                             const struct message_about *about, size_t n, int delay)
{
    const struct event_telling t = { event, about, n, delay };
    const char *channel, *recipient;
    enum err e = OK;

    if (to->customer_id == 0)
        return OK;
    if (to->order != NULL)
        return (channel = channel_next(c, event, to, NULL, &recipient)) == NULL ? OK
            : notify_channel_tx(c, &t, channel, recipient, to);
    if (to->phone != NULL && phone_takes_sms(to->phone))
        e = notify_channel_tx(c, &t, "sms", to->phone, to);
    if (e == OK && to->email != NULL)
        e = notify_channel_tx(c, &t, "email", to->email, to);
    return e;
}

enum err notify_told(struct ctx *c, int64_t package_id, const char *event, struct message_told *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &told_by, package_id, event);

    *out = (struct message_told){ 0 };
    if (e != OK)
        return e;
    while (db_next(&q))
        *(streq(db_text(&q, 0), "email") ? &out->email : &out->phone) = true;
    return db_end(&q);
}

/* A message that speaks of a package. */
struct message_link { int64_t id, occurrence; const char *event, *channel; };

static enum err links_of(struct ctx *c, int64_t package_id, const char *message_state, struct message_link **list,
                         size_t *n)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &linked, package_id, message_state);

    *list = NULL;
    if (e != OK)
        return e;
    for (*n = 0; db_next(&q); ++*n) {
        *list = arena_more(c->a, *list, *n, sizeof **list);
        (*list)[*n] = (struct message_link){ db_int(&q, 0), db_int(&q, 1), db_dup(&q, 2, c->a), db_dup(&q, 3, c->a) };
    }
    return db_end(&q);
}

/* Takes the package out of the message; a message without packages is cancelled. */
static enum err notify_withdraw_one_tx(struct ctx *c, int64_t package_id, const struct message_link *l)
{
    enum err e = db_exec(c->db, NULL, &unlink_package, l->id, package_id, l->occurrence);

    if (e == OK)
        e = db_exec(c->db, NULL, &free_key, l->id);
    return e != OK ? e : db_exec(c->db, NULL, &cancel_empty, l->id);
}

enum err notify_withdraw_tx(struct ctx *c, int64_t package_id, int64_t occurrence)
{
    struct message_link *list;
    size_t n;
    enum err e = links_of(c, package_id, "queued", &list, &n);

    for (size_t i = 0; e == OK && i < n; i++)
        if (occurrence == 0 || list[i].occurrence == occurrence)
            e = notify_withdraw_one_tx(c, package_id, &list[i]);
    return e;
}

enum err notify_withdraw_untrue_tx(struct ctx *c, int64_t package_id, const char *state)
{
    struct message_link *list;
    size_t n;
    enum err e = links_of(c, package_id, "queued", &list, &n);

    for (size_t i = 0; e == OK && i < n; i++) {
        const char *why = message_untrue(c->a, list[i].event, state);

        if (why != NULL)
            e = db_exec(c->db, NULL, &cancel_untrue, list[i].id, message_kind_of(list[i].event)->state, why);
    }
    return e;
}

enum err notify_restore_tx(struct ctx *c, int64_t package_id, const char *state, int delay)
{
    struct message_link *list;
    size_t n;
    int64_t changed;
    enum err e = links_of(c, package_id, "cancelled", &list, &n);

    for (size_t i = 0; e == OK && i < n; i++) {
        if (message_untrue(c->a, list[i].event, state) != NULL)
            continue;
        changed = 0;
        e = db_exec(c->db, &changed, &restore, list[i].id, c->now + delay);
        if (e == OK && changed != 0)
            e = outgoing_job_tx(c, list[i].id, list[i].channel, c->now + delay);
    }
    return e;
}

enum err notify_user_tx(struct ctx *c, const char *event, int64_t user_id, const char *email,
                        const char *variables_json, const char *dedupe)
{
    struct outgoing o = { .event = event, .channel = "email", .recipient = email,
                          .variables = variables_json, .dedupe = dedupe, .user_id = user_id,
                          .not_before = c->now };
    int64_t id;

    return outgoing_tx(c, &o, &id);
}

enum err notify_admins_tx(struct ctx *c, const char *text, const char *dedupe)
{
    struct { int64_t id; const char *email; } *list = NULL;
    struct json_object *o = json_object_new_object();
    const char *variables;
    size_t n = 0;
    struct rows q;
    enum err e = db_query(c->db, &q, &admins);

    json_add_text(o, "texto", text);
    variables = json_text(c->a, o);
    json_object_put(o);
    if (e != OK)
        return e;
    while (db_next(&q)) {
        list = arena_more(c->a, list, n, sizeof *list);
        list[n].id = db_int(&q, 0);
        list[n++].email = db_dup(&q, 1, c->a);
    }
    e = db_end(&q);
    for (size_t i = 0; i < n && e == OK; i++) {
        const char *key = arena_printf(c->a, "%s:%lld", dedupe, (long long)list[i].id);

        if (db_scalar(c->db, 0, &told, key) == 0)
            e = notify_user_tx(c, "custom_message", list[i].id, list[i].email, variables, key);
    }
    return e;
}

enum err notify_over_budget_tx(struct ctx *c, const char *why)
{
    const char *text = arena_printf(c->a, "Hay SMS que no están saliendo: %s. Quien tiene correo recibe el aviso por"
                                    " correo; los avisos de lo que ya llegó esperan a que haya presupuesto.", why);

    return notify_admins_tx(c, text, arena_printf(c->a, "withheld:%lld:%s", (long long)clock_day(c->now), why));
}

enum err notify_to_mend_tx(struct ctx *c, const char *why)
{
    const char *text = arena_printf(c->a, "Hay avisos que no salen por WhatsApp: %s. Mientras tanto salen por el otro medio que"
                                    " cada persona eligió. Se arregla en Ajustes, WhatsApp, o en Mensajes, Plantillas.", why);

    return notify_admins_tx(c, text, arena_printf(c->a, "mend:%lld:%s", (long long)clock_day(c->now), why));
}
