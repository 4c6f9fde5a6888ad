#include "base/clock.h"
#include "json/json.h"
#include "metric/metric.h"
#include "domain/message/hours.h"
#include "domain/ground/setting.h"
#include "domain/outbox/notification_log.h"
#include "domain/outbox/notification_next.h"
#include "domain/people/channel.h"
#include "domain/people/opt_out.h"
#include "jobs/message.h"
#include "send/libcurl.h"

#define MINUTE_S 60

/* A message that another channel has taken over is not sent after all. */
#define NOT_REPLACED " AND NOT EXISTS (SELECT 1 FROM notifications r WHERE r.instead_of = notifications.id)"

static const struct stmt depart = STMT("message_depart", "iis",
    "UPDATE notifications SET state = 'sending', attempts = attempts + 1, sending_at = $2, said = $3, provider_id = NULL"
    " WHERE id = $1 AND state IN ('queued', 'failed') AND not_before <= $2" NOT_REPLACED);
static const struct stmt depart_again = STMT("message_depart_again", "iis",
    "UPDATE notifications SET state = 'sending', attempts = attempts + 1, sending_at = $2, said = $3"
    " WHERE id = $1 AND state IN ('queued', 'failed', 'sending') AND not_before <= $2" NOT_REPLACED);
static const struct stmt state_of = STMT("message_state", "i",
    "SELECT state, not_before FROM notifications WHERE id = $1");
static const struct stmt land = STMT("message_land", "issIIsii",
    "UPDATE notifications SET state = $2, error = $3, parts = $4, cost = $5, provider_id = $6,"
    " sent_at = CASE WHEN $2 = 'sent' THEN $7 END, not_before = CASE WHEN $8 > 0 THEN $8 ELSE not_before END"
    " WHERE id = $1 AND state = 'sending'");
static const struct stmt facts = STMT("message_facts", "i",
    "SELECT class, customer_id, channel, recipient FROM notifications WHERE id = $1");
static const struct stmt lately = STMT("message_lately", "ssi",
    "SELECT count(*) FROM notifications WHERE recipient = $1 AND channel = $2 AND sending_at > $3");
static const struct stmt postpone = STMT("message_postpone", "ii",
    "UPDATE notifications SET not_before = $2 WHERE id = $1 AND state IN ('queued', 'failed')");
/* A message about a package to somebody who is not its customer goes to a number that may be a customer's all the
 * same. */
static const struct stmt opted_out = STMT("message_opted_out", "i",
    "SELECT CASE n.channel WHEN 'sms' THEN c.sms_opt_out WHEN 'email' THEN c.email_opt_out ELSE 0 END"
    " FROM notifications n JOIN customers c ON c.id = n.customer_id"
    " WHERE n.id = $1 AND n.state IN ('queued', 'failed')"
    " UNION ALL SELECT 1 FROM notifications n JOIN customers c ON c.phone = n.recipient"
    " WHERE n.id = $1 AND n.customer_id IS NULL AND n.channel = 'sms' AND c.sms_opt_out = 1"
    " AND n.state IN ('queued', 'failed')"
    " AND EXISTS (SELECT 1 FROM notification_packages np WHERE np.notification_id = n.id) LIMIT 1");
/* A message found in `sending` was left by a crash and may have gone. */
static const struct stmt suppress = STMT("message_suppress", "is",
    "UPDATE notifications SET state = CASE state WHEN 'sending' THEN 'unknown' ELSE 'suppressed' END, error = $2"
    " WHERE id = $1 AND state IN ('queued', 'failed', 'sending')");
/* The provider's webhook came before its answer: what the answer alone says. */
static const struct stmt land_late = STMT("message_land_late", "iis",
    "UPDATE notifications SET parts = coalesce(parts, $2), provider_id = coalesce(provider_id, $3)"
    " WHERE id = $1 AND state IN ('sent', 'delivered')");
static const struct stmt clock_back = STMT("message_clock_back", "ii",
    "UPDATE notifications SET not_before = not_before + $1 - created_at, created_at = $1"
    " WHERE state IN ('queued', 'failed') AND created_at > $2");
DB_REGISTER(&land_late, &clock_back, &depart, &depart_again, &state_of, &facts, &lately, &postpone, &land, &opted_out, &suppress)

struct departing {
    struct ctx *c;
    const struct job *j;
    int64_t id;
    bool again;
    struct message *m;
    bool refused;                /* the message is not to be sent; its row says why */
    int64_t changed;
};

/* Postpones a message outside of the hours in which the law allows it, and an SMS to a person who has had so
 * many in the last minute (S_SMS_PER_MINUTE). */
static enum err wait_tx(struct ctx *c, int64_t id)
{
    int64_t now = clock_now(), at;
    const char *class, *channel, *recipient;
    int64_t customer;
    struct rows q;
    enum err e = db_one(c->db, &q, &facts, id);

    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    class = db_dup(&q, 0, c->a);
    customer = db_int(&q, 1);
    channel = db_dup(&q, 2, c->a);
    recipient = db_dup(&q, 3, c->a);
    if ((e = db_end(&q)) != OK)
        return e;
    at = hours_from_tx(c, class, customer, id, now);
    if (streq(channel, "sms")
        && db_scalar(c->db, 0, &lately, recipient, channel, now - MINUTE_S) >= setting_int(c, S_SMS_PER_MINUTE))
        at = at > now + MINUTE_S ? at : now + MINUTE_S;
    return at <= now ? OK : db_exec(c->db, NULL, &postpone, id, at);
}

/* Sets *agreed to whether a customer may be written to by WhatsApp, which needs their own consent; anybody may by another
 * channel, and a trial by hand goes to no customer. */
static enum err consent_check(const struct departing *d, bool *agreed)
{
    const char *order = NULL;
    enum err e = OK;

    if (streq(d->m->channel, "whatsapp") && d->m->customer_id != 0) {
        e = channel_order(d->c, d->m->customer_id, d->m->recipient, &order);
        *agreed = order != NULL;
    }
    return e;
}

/* *why: the reason for which a message must not be sent at all, as it was rendered; NULL: it may go. */
static enum err refusal_of(const struct departing *d, const char **why)
{
    bool is_out = false, agreed = true;
    enum err e = d->m->to_staff ? OK : opt_out_of_address(d->c, d->m->channel, d->m->recipient, &is_out);

    if (e == OK)
        e = consent_check(d, &agreed);
    if (!agreed)
        *why = "la persona no quiere, o ya no, que le escriban por WhatsApp";
    else if (db_scalar(d->c->db, 0, &opted_out, d->id) != 0)
        *why = "el cliente no quiere mensajes por este medio";
    else
        *why = is_out ? "a esa dirección pidieron no escribirle más" : d->m->untrue;
    return e;
}

/* The text is made in the transaction that commits the departure, so that whatever makes it untrue either
 * comes before and withholds it, or after and finds it gone. */
static enum err depart_tx(struct db *db, void *arg)
{
    struct departing *d = arg;
    const char *why = NULL;
    enum err e = job_renew_tx(d->c, d->j);   /* fails if the job was taken away: then nothing is sent */

    d->refused = false;
    d->changed = 0;
    if (e == OK)
        e = wait_tx(d->c, d->id);
    if (e == OK)
        e = notification_render(d->c, d->id, d->m);
    if (e == OK)
        e = refusal_of(d, &why);
    if (e != OK)
        return e;
    d->refused = why != NULL;
    if (why != NULL) {
        e = db_exec(db, &d->changed, &suppress, d->id, why);
        if (e == OK && d->changed != 0 && why != d->m->untrue)
            e = notification_next_tx(d->c, d->id);
        return e != OK || d->changed == 0 ? e : notification_news_tx(d->c, d->id);
    }
    return db_exec(db, &d->changed, d->again ? &depart_again : &depart, d->id, clock_now(), d->m->shown);
}

enum err message_clock_back(struct ctx *c, int64_t now, int64_t future)
{
    return db_exec(c->db, NULL, &clock_back, now, future);
}

struct landing {
    int64_t id, parts, cost, again;
    const char *state, *error, *provider_id;
    enum telling tell;
};

static enum err land_tx(struct ctx *c, void *arg)
{
    const struct landing *l = arg;
    int64_t changed = 0;
    enum err e = l->tell == TELL_BUDGET ? notify_over_budget_tx(c, l->error)
        : l->tell == TELL_MEND ? notify_to_mend_tx(c, l->error) : OK;

    if (e == OK)
        e = db_exec(c->db, &changed, &land, l->id, l->state, l->error, l->parts, l->cost, l->provider_id,
                    clock_now(), l->again);
    if (e == OK && changed == 0 && streq(l->state, "sent"))
        e = db_exec(c->db, NULL, &land_late, l->id, l->parts, l->provider_id);
    if (e == OK && changed != 0 && (streq(l->state, "failed") || streq(l->state, "suppressed")))
        e = notification_next_tx(c, l->id);
    return e != OK || changed == 0 ? e : notification_news_tx(c, l->id);
}

/* Gives the values that land_tx writes as JSON: the memo of an outcome, by which another process can write them. */
static const char *landing_memo(struct ctx *c, const struct landing *l)
{
    struct json_object *o = json_object_new_object();
    const char *text;

    json_add_int(o, "id", l->id);
    json_add_int(o, "parts", l->parts);
    json_add_int(o, "cost", l->cost);
    json_add_int(o, "again", l->again);
    json_add_text(o, "state", l->state);
    json_add_text(o, "error", l->error);
    json_add_text(o, "provider_id", l->provider_id);
    json_add_int(o, "over_budget", l->tell);     /* its name since before there was more to tell */
    text = json_text(c->a, o);
    json_object_put(o);
    return text;
}

bool message_restore(struct ctx *c, const char *memo, struct job_outcome *out)
{
    struct landing *l = arena_alloc(c->a, sizeof *l);
    const struct text *why;
    struct json_object *o = json_parse(memo, strlen(memo), &why);
    int64_t tell = 0;
    bool whole = o != NULL && json_get_int(o, "id", &l->id) && json_get_int(o, "parts", &l->parts)
        && json_get_int(o, "cost", &l->cost) && json_get_int(o, "again", &l->again)
        && json_get_int(o, "over_budget", &tell);

    if (whole) {
        l->tell = tell == TELL_BUDGET || tell == TELL_MEND ? (enum telling)tell : TELL_NOBODY;
        l->state = json_dup_text(c->a, o, "state");
        l->error = json_dup_text(c->a, o, "error");
        l->provider_id = json_dup_text(c->a, o, "provider_id");
        out->effect = land_tx;
        out->arg = l;
    }
    json_object_put(o);
    return whole && l->state != NULL;
}

/* Outcome for a message that cannot be sent now: it is too early, it was sent already, or a crash during a
 * try left it in `sending`, and it becomes `unknown`. */
static enum departure not_now(struct ctx *c, int64_t id, struct job_outcome *o)
{
    struct landing *l;
    struct rows q;
    const char *state;
    int64_t not_before;

    *o = job_again("la base de datos no respondió");
    if (db_one(c->db, &q, &state_of, id) != OK)
        return DEPART_OVER;
    state = db_dup(&q, 0, c->a);
    not_before = db_int(&q, 1);
    if (db_end(&q) != OK)
        return DEPART_OVER;
    *o = job_done();
    if (streq(state, "queued") || (streq(state, "failed") && not_before > clock_now())) {
        *o = (struct job_outcome){ .result = JOB_SNOOZE, .run_at = not_before };
        return DEPART_LATER;
    }
    if (streq(state, "sending")) {
        l = arena_alloc(c->a, sizeof *l);
        *l = (struct landing){ .id = id, .state = "unknown",
                               .error = "el envío se interrumpió; no se sabe si salió" };
        o->effect = land_tx;
        o->arg = l;
    }
    return DEPART_OVER;
}

enum departure message_depart(struct ctx *c, const struct job *j, bool again, struct message *m,
                              struct job_outcome *o)
{
    struct departing d = { .c = c, .j = j, .id = job_arg(j->args, "notification_id"), .again = again, .m = m };
    struct send_result r = { .sent = SENT_NEVER };

    libcurl();                   /* a system without it ends the process here, before the message has departed */
    if (db_write(c->db, depart_tx, &d) != OK) {
        *o = job_again("la base de datos no respondió, o falta un secreto: lo dice el registro");
        return DEPART_OVER;
    }
    if (d.refused) {
        if (d.changed != 0)
            metric_inc(M_NOTIFICATIONS, m->channel, m->event, "suppressed", NULL);
        *o = job_done();
        return DEPART_OVER;
    }
    if (d.changed == 0)
        return not_now(c, d.id, o);
    if (m->text != NULL)
        return DEPART_GO;
    r.error = arena_printf(c->a, "al mensaje le falta {%s}", m->missing);
    *o = message_landed(c, j, m, &r, 0, 0);
    return DEPART_OVER;
}

struct job_outcome message_landed(struct ctx *c, const struct job *j, const struct message *m,
                                  const struct send_result *r, int64_t parts, int64_t cost)
{
    static const struct { const char *state; enum job_result result; } by_outcome[] = {
        [SENT_WITHHELD] = { "suppressed", JOB_DONE }, [SENT_LATER] = { "queued", JOB_SNOOZE },
        [SENT_YES] = { "sent", JOB_DONE }, [SENT_NO] = { "queued", JOB_RETRY },
        [SENT_NEVER] = { "failed", JOB_DEAD }, [SENT_UNKNOWN] = { "unknown", JOB_DONE },
    };
    struct landing *l = arena_alloc(c->a, sizeof *l);
    bool last = r->sent == SENT_NO && j->attempt >= j->max_attempts;
    enum job_result result = by_outcome[r->sent].result;
    const char *state = last ? "failed" : by_outcome[r->sent].state;

    if (m->trial && result == JOB_DEAD)
        result = JOB_DONE;
    *l = (struct landing){ m->id, parts, r->sent == SENT_YES ? cost : 0, r->again, state, r->error, r->id,
                           r->tell };
    metric_inc(M_NOTIFICATIONS, m->channel, m->event, state, NULL);
    return (struct job_outcome){ .result = result, .error = r->error, .run_at = r->again,
        .provider_failed = r->provider_failed, .provider_answered = !r->provider_failed && (r->sent == SENT_YES || r->sent == SENT_NEVER),
        .effect = land_tx, .arg = l, .memo = landing_memo(c, l) };
}
