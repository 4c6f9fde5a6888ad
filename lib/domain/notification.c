/* Messages about packages: written with the change that causes them, grouped
 * while they wait, taken back by undo, rendered only when they leave. */
#include "base/clock.h"
#include "base/json.h"
#include "base/money.h"
#include "base/normal.h"
#include "base/random.h"
#include "domain/fee.h"
#include "domain/notification.h"
#include "domain/package.h"
#include "domain/setting.h"
#include "domain/tx.h"
#include "domain/user.h"
#include "queue/job.h"

#define JOIN_WINDOW_S 600

static const struct stmt template_of = STMT("template_active", "ss",
    "SELECT id, class FROM notification_templates WHERE event = $1 AND channel = $2 AND language = 'es'"
    " AND is_active = 1 ORDER BY version DESC LIMIT 1");
static const struct stmt waiting = STMT("notification_waiting", "issi",
    "SELECT id, created_at, job_id FROM notifications WHERE customer_id = $1 AND event = $2"
    " AND channel = $3 AND state = 'queued' AND attempts = 0 AND created_at > $4"
    " ORDER BY id DESC LIMIT 1");
static const struct stmt postpone = STMT("notification_postpone", "ii",
    "UPDATE notifications SET not_before = $2 WHERE id = $1 AND state = 'queued'");
static const struct stmt insert = STMT("notification_insert", "IIsssissiiss",
    "INSERT INTO notifications (customer_id, user_id, event, channel, recipient, template_id, class,"
    " variables, created_at, not_before, dedupe_key, message_id, state)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'queued')");
static const struct stmt set_job = STMT("notification_job", "ii",
    "UPDATE notifications SET job_id = $2 WHERE id = $1");
static const struct stmt link_package = STMT("notification_link", "iissi",
    "INSERT INTO notification_packages (notification_id, package_id, event, channel, occurrence)"
    " VALUES ($1, $2, $3, $4, $5)");
static const struct stmt of_occurrence = STMT("notification_of_occurrence", "ii",
    "SELECT n.id FROM notification_packages np JOIN notifications n ON n.id = np.notification_id"
    " WHERE np.package_id = $1 AND np.occurrence = $2 AND n.state = 'queued' AND n.attempts = 0");
static const struct stmt unlink_package = STMT("notification_unlink", "iii",
    "DELETE FROM notification_packages WHERE notification_id = $1 AND package_id = $2 AND occurrence = $3");
static const struct stmt cancel_empty = STMT("notification_cancel_empty", "i",
    "UPDATE notifications SET state = 'cancelled' WHERE id = $1 AND state = 'queued' AND NOT EXISTS"
    " (SELECT 1 FROM notification_packages WHERE notification_id = $1)");
static const struct stmt one = STMT("notification_one", "i",
    "SELECT n.event, n.channel, n.recipient, n.class, n.state, n.variables, n.message_id, n.not_before,"
    " t.subject, t.body, c.full_name, u.full_name FROM notifications n"
    " JOIN notification_templates t ON t.id = n.template_id"
    " LEFT JOIN customers c ON c.id = n.customer_id LEFT JOIN users u ON u.id = n.user_id"
    " WHERE n.id = $1");
static const struct stmt packages_of = STMT("notification_packages_of", "i",
    "SELECT package_id FROM notification_packages WHERE notification_id = $1 ORDER BY package_id LIMIT 50");
static const struct stmt log_of = STMT("notifications_of_package", "i",
    "SELECT n.id, n.event, n.channel, n.recipient, n.state, n.error, n.created_at, n.not_before, n.sent_at"
    " FROM notifications n JOIN notification_packages np ON np.notification_id = n.id"
    " WHERE np.package_id = $1 ORDER BY n.id");
DB_REGISTER(&template_of, &waiting, &postpone, &insert, &set_job, &link_package, &of_occurrence,
            &unlink_package, &cancel_empty, &one, &packages_of, &log_of)

#define N struct notification
static const struct field rows[] = {
    FIELD(N, id, F_INT, "Número del mensaje"),
    FIELD(N, event, F_TEXT, "Suceso"),
    FIELD(N, channel, F_TEXT, "sms o email"),
    FIELD(N, recipient, F_TEXT, "A quién"),
    FIELD(N, state, F_TEXT, "Estado del envío"),
    FIELD(N, error, F_TEXT, "Por qué no salió"),
    FIELD(N, created_at, F_INSTANT, "Cuándo se escribió"),
    FIELD(N, not_before, F_INSTANT, "Desde cuándo puede salir"),
    FIELD(N, sent_at, F_INSTANT, "Cuándo salió"),
};
const struct fields notification_fields = FIELDS(rows);

struct outgoing {
    const char *event, *channel, *recipient, *variables, *dedupe;
    int64_t customer_id, user_id, not_before;
};

static const char *host_of(struct ctx *c)
{
    const char *from = strchr(c->conf->mail_from, '@');

    return from ? from + 1 : "paqueteria.invalid";
}

/* The row and its job; *id stays 0 when no template of that event is active. */
static enum err outgoing_tx(struct ctx *c, const struct outgoing *o, int64_t *id)
{
    struct rows q;
    int64_t template, job;
    const char *class;
    enum err e = db_one(c->db, &q, &template_of, o->event, o->channel);

    *id = 0;
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    template = db_int(&q, 0);
    class = db_dup(&q, 1, c->a);
    e = db_end(&q);
    if (e == OK)
        e = db_exec(c->db, NULL, &insert, o->customer_id, o->user_id, o->event, o->channel, o->recipient,
                    template, class, o->variables, c->now, o->not_before, o->dedupe,
                    arena_printf(c->a, "%s@%s", random_text(c->a, ALPHABET_BASE62, 20), host_of(c)));
    if (e != OK)
        return e;
    *id = db_last_id(c->db);
    e = job_add_tx(c, &(struct job_new){
        .kind = streq(o->channel, "sms") ? "sms.send" : "mail.send", .run_at = o->not_before,
        .args = arena_printf(c->a, "{\"notification_id\":%lld}", (long long)*id) }, &job);
    return e != OK ? e : db_exec(c->db, NULL, &set_job, *id, job);
}

/* Another parcel of the same person while a message still waits joins it, and
 * the wait starts again, at most ten minutes. */
static enum err join_tx(struct ctx *c, const struct outgoing *o, int64_t *id)
{
    struct rows q;
    int64_t created, job, limit, until = o->not_before;
    enum err e = db_one(c->db, &q, &waiting, o->customer_id, o->event, o->channel,
                        c->now - JOIN_WINDOW_S);

    *id = 0;
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    *id = db_int(&q, 0);
    created = db_int(&q, 1);
    job = db_int(&q, 2);
    e = db_end(&q);
    limit = created + JOIN_WINDOW_S;
    if (until > limit)
        until = limit;
    if (e == OK)
        e = db_exec(c->db, NULL, &postpone, *id, until);
    return e != OK ? e : job_reschedule_tx(c, job, until);
}

static enum err channel_tx(struct ctx *c, const char *event, const char *channel, const char *recipient,
                           const struct package *p, int64_t occurrence, int delay)
{
    struct outgoing o = { .event = event, .channel = channel, .recipient = recipient, .variables = "{}",
                          .customer_id = p->customer_id, .not_before = c->now + delay };
    int64_t id = 0;
    enum err e = OK;

    if (delay > 0)
        e = join_tx(c, &o, &id);
    if (e == OK && id == 0) {
        o.dedupe = arena_printf(c->a, "%s:%lld:%s:%s:%lld", event, (long long)p->id, channel, recipient,
                                (long long)occurrence);
        e = outgoing_tx(c, &o, &id);
    }
    if (e != OK || id == 0)
        return e;
    return db_exec(c->db, NULL, &link_package, id, p->id, event, channel, occurrence);
}

enum err notify_package_tx(struct ctx *c, const char *event, const struct package *p, int64_t occurrence,
                           int delay)
{
    enum err e = OK;

    if (p->customer_id == 0)
        return OK;
    if (p->customer_phone != NULL && phone_takes_sms(p->customer_phone))
        e = channel_tx(c, event, "sms", p->customer_phone, p, occurrence, delay);
    if (e == OK && p->customer_email != NULL)
        e = channel_tx(c, event, "email", p->customer_email, p, occurrence, delay);
    return e;
}

enum err notify_withdraw_tx(struct ctx *c, int64_t package_id, int64_t occurrence)
{
    int64_t ids[8];
    size_t n = 0;
    struct rows q;
    enum err e = db_query(c->db, &q, &of_occurrence, package_id, occurrence);

    if (e != OK)
        return e;
    while (n < COUNT(ids) && db_next(&q))
        ids[n++] = db_int(&q, 0);
    e = db_end(&q);
    for (size_t i = 0; i < n && e == OK; i++) {
        e = db_exec(c->db, NULL, &unlink_package, ids[i], package_id, occurrence);
        if (e == OK)
            e = db_exec(c->db, NULL, &cancel_empty, ids[i]);
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

struct variable { const char *name, *value; };

/* "{nombre}" by the table; an unknown name stays as it is, so that it is seen. */
static char *fill(struct arena *a, const char *body, const struct variable *v, size_t n)
{
    struct buf b = { 0 };
    char *out;

    buf_str(&b, "");
    while (*body != '\0') {
        const char *end = *body == '{' ? strchr(body, '}') : NULL;
        bool done = false;

        for (size_t i = 0; end != NULL && i < n && !done; i++)
            if (strlen(v[i].name) == (size_t)(end - body - 1)
                && strncmp(v[i].name, body + 1, (size_t)(end - body - 1)) == 0) {
                buf_str(&b, v[i].value ? v[i].value : "");
                body = end + 1;
                done = true;
            }
        if (!done)
            buf_char(&b, *body++);
    }
    out = arena_strdup(a, b.data);
    buf_free(&b);
    return out;
}

struct summary { int64_t total, grows_at, next; size_t n; struct package first; };

static enum err summary_of(struct ctx *c, int64_t id, struct summary *s)
{
    int64_t ids[50];
    struct rows q;
    struct fee f;
    enum err e = db_query(c->db, &q, &packages_of, id);

    if (e != OK)
        return e;
    while (s->n < COUNT(ids) && db_next(&q))
        ids[s->n++] = db_int(&q, 0);
    e = db_end(&q);
    for (size_t i = 0; i < s->n && e == OK; i++) {
        struct package p;

        e = package_by_id(c, ids[i], &p);
        if (e == OK && i == 0)
            s->first = p;
        if (e == OK && (e = fee_of(c, &p, &f)) == OK) {
            s->total += f.total;
            s->next += f.next_total;
            if (f.grows_at != 0 && (s->grows_at == 0 || f.grows_at < s->grows_at))
                s->grows_at = f.grows_at;
        }
    }
    return e;
}

static enum err fill_package(struct ctx *c, struct message *m, const struct summary *s, const char *name,
                             const char *subject, const char *body)
{
    const struct package *p = &s->first;
    const char *guide = s->n > 1 ? arena_printf(c->a, "%zu paquetes", s->n) : p->guide_number;
    const char *code = streq(p->state, "RECIBIDO") ? package_pickup_code(c, p) : NULL;
    const struct variable v[] = {
        { "nombre", name }, { "guia", guide }, { "codigo", p->tracking_code },
        { "entrega", code ? code : "" },
        { "enlace", arena_printf(c->a, "%s/t/%s", c->conf->public_url, p->public_token) },
        { "costo", money_text(c->a, s->total) }, { "desde", clock_words(c->a, s->grows_at, c->now) },
        { "manana", money_text(c->a, s->next) }, { "punto", setting_text(c, S_SITE_NAME) },
        { "horario", setting_text(c, S_SITE_HOURS) }, { "direccion", setting_text(c, S_SITE_ADDRESS) },
    };

    m->subject = subject ? fill(c->a, subject, v, COUNT(v)) : NULL;
    m->text = fill(c->a, body, v, COUNT(v));
    return OK;
}

static enum err fill_user(struct ctx *c, struct message *m, const char *variables, const char *name,
                          const char *subject, const char *body)
{
    enum text why;
    struct json_object *o = json_parse(variables, strlen(variables), &why);
    int64_t reset = 0;
    bool has = o != NULL && json_get_int(o, "reset_id", &reset);
    const struct variable v[] = {
        { "nombre", name }, { "punto", setting_text(c, S_SITE_NAME) },
        { "enlace", has ? user_reset_link(c, reset) : NULL },
    };

    json_object_put(o);
    m->subject = subject ? fill(c->a, subject, v, COUNT(v)) : NULL;
    m->text = fill(c->a, body, v, COUNT(v));
    return OK;
}

enum err notification_render(struct ctx *c, int64_t id, struct message *m)
{
    struct rows q;
    struct summary s = { 0 };
    const char *variables, *subject, *body, *customer, *user;
    enum err e = db_one(c->db, &q, &one, id);

    *m = (struct message){ .id = id };
    if (e != OK)
        return domain_fault(c, e);
    m->event = db_dup(&q, 0, c->a);
    m->channel = db_dup(&q, 1, c->a);
    m->recipient = db_dup(&q, 2, c->a);
    m->class = db_dup(&q, 3, c->a);
    m->state = db_dup(&q, 4, c->a);
    variables = db_dup(&q, 5, c->a);
    m->message_id = db_dup(&q, 6, c->a);
    m->not_before = db_int(&q, 7);
    subject = db_dup(&q, 8, c->a);
    body = db_dup(&q, 9, c->a);
    customer = db_dup(&q, 10, c->a);
    user = db_dup(&q, 11, c->a);
    e = db_end(&q);
    if (e == OK)
        e = summary_of(c, id, &s);
    if (e == OK)
        e = s.n > 0 ? fill_package(c, m, &s, customer, subject, body)
                    : fill_user(c, m, variables, user, subject, body);
    return domain_fault(c, e);
}

enum err notifications_of_package(struct ctx *c, int64_t package_id, struct notifications *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &log_of, package_id);

    *out = (struct notifications){ .v = arena_alloc(c->a, 64 * sizeof *out->v) };
    if (e != OK)
        return domain_fault(c, e);
    while (out->n < 64 && db_next(&q))
        db_fill(&q, 0, notification_fields, &out->v[out->n++], c->a);
    return domain_fault(c, db_end(&q));
}
