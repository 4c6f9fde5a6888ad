/* Sends one SMS.  The provider accepts at most one request for a message: if it is not known whether a
 * request was accepted, the message becomes `unknown` and is not sent again (jobs.md §4). */
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/clock.h"
#include "metric/metric.h"
#include "domain/ground/setting.h"
#include "domain/message/account.h"
#include "domain/message/budget.h"
#include "domain/outbox/notification_next.h"
#include "jobs/message.h"
#include "local/gsm7.h"
#include "send/sms.h"

static const struct stmt token_get = STMT("provider_token_get", "sii",
    "SELECT token FROM provider_tokens WHERE provider = $1 AND expires_at > $2 AND obtained_at > $3");
static const struct stmt token_set = STMT("provider_token_set", "ssiiI",
    "INSERT INTO provider_tokens (provider, token, obtained_at, expires_at, credit)"
    " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (provider) DO UPDATE SET token = $2, obtained_at = $3,"
    " expires_at = $4, credit = coalesce($5, credit)");
DB_REGISTER(&token_get, &token_set)

struct fresh { const char *provider, *token; int64_t good_for_s, credit; };

static enum err keep_token(struct db *db, void *arg)
{
    const struct fresh *f = arg;

    return db_exec(db, NULL, &token_set, f->provider, f->token, clock_now(), clock_now() + f->good_for_s,
                   f->credit > 0 ? f->credit : (int64_t)0);
}

/* A way to the provider: the driver, and the account with which it signs in. */
struct sms_way { const struct sms_driver *driver; struct sms_account account; };

/* The provider's token that all processes share; NULL when there is none, it has expired or may be another account's,
 * or it is the one that the provider refused. */
static const char *token_kept(struct ctx *c, const struct sms_way *w, const char *refused)
{
    struct rows q;
    const char *token;

    if (db_one(c->db, &q, &token_get, w->driver->name, clock_now(), w->account.changed_at) != OK)
        return NULL;
    token = db_dup(&q, 0, c->a);
    if (db_end(&q) != OK || (refused != NULL && streq(token, refused)))
        return NULL;
    return token;
}

/* Gives the shared token, or signs in for a new one under a file lock: a process that waited for the lock
 * finds the token that the other got.  *token stays NULL when there is none. */
static struct send_result token_of(struct ctx *c, const struct sms_way *w, const char *refused,
                                   const char **token)
{
    struct send_result r = { .sent = SENT_YES };
    struct fresh f = { .provider = w->driver->name };
    int lock;

    *token = token_kept(c, w, refused);
    if (*token != NULL)
        return r;
    lock = open(arena_printf(c->a, "%s/%s.token.lock", c->conf->run_dir, w->driver->name),
                O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    while (lock >= 0 && flock(lock, LOCK_EX) != 0 && errno == EINTR)
        ;
    *token = token_kept(c, w, refused);
    if (*token == NULL) {
        r = w->driver->login(c->a, c->conf, &w->account, &f.token, &f.good_for_s, &f.credit);
        if (r.sent == SENT_YES && db_write(c->db, keep_token, &f) == OK)
            *token = f.token;
    }
    if (lock >= 0)
        close(lock);
    return r;
}

static struct sms_way sms_way(struct ctx *c)
{
    const struct sms_account account = sms_account(c);

    return (struct sms_way){ sms_driver_of(account.driver), account };
}

static struct send_result sms_transmit(struct ctx *c, const struct message *m, const char *text)
{
    const struct sms_way w = sms_way(c);
    const char *token = NULL, *refused = NULL;
    bool bad = false;
    struct send_result r = { .sent = SENT_YES };

    for (int renewed = 0; renewed < 2; renewed++, refused = token) {
        if (w.driver->needs_token && (r = token_of(c, &w, refused, &token)).sent != SENT_YES)
            return r;
        if (w.driver->needs_token && token == NULL)
            return (struct send_result){ .sent = SENT_NO, .error = "no se pudo guardar la clave" };
        r = w.driver->send(c->a, c->conf, &w.account, token, m->recipient, text, &bad);
        if (!bad)
            return r;
    }
    r.sent = SENT_NEVER;         /* the provider refused a fresh token too */
    return r;
}

struct job_outcome sms_send_job(struct ctx *c, const struct job *j)
{
    struct job_outcome o;
    struct message m = { 0 };
    struct send_result r = { 0 };
    const char *text;
    int64_t parts, price, cost;
    enum err e;

    if (message_depart(c, j, false, &m, &o) != DEPART_GO)
        return o;
    text = gsm7_plain(c->a, m.text);
    parts = gsm7_parts(text, NULL);
    e = setting_read(c, S_SMS_PRICE, &price);
    cost = parts * price;
    if (e == OK)
        e = sms_over_budget(c, &(struct sms_price){ m.event, m.reserve, cost }, &r.error, &r.again);
    if (e == OK && r.again != 0 && notification_has_next(c, m.id))
        r.again = 0;             /* nobody waits for the budget who can be told by another channel */
    if (e != OK)
        r = (struct send_result){ .sent = SENT_NO, .error = "la base de datos no respondió" };
    else if (r.error == NULL)
        r = sms_transmit(c, &m, text);
    else
        r = (struct send_result){ .sent = r.again != 0 ? SENT_LATER : SENT_WITHHELD, .error = r.error, .again = r.again,
                                  .tell = TELL_BUDGET };
    if (r.sent == SENT_YES) {
        metric_add(M_SMS_PARTS, (uint64_t)parts, NULL);
        metric_add(M_SMS_COST, (uint64_t)cost, NULL);
    }
    return message_landed(c, j, &m, &r, parts, cost);
}
