#include "domain/outbox/webhook_delivery.h"

#include "base/clock.h"
#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/ground/news.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/message/notification.h"
#include "domain/outbox/texts.h"
#include "domain/outbox/webhook.h"
#include "json/json.h"
#include "queue/settle.h"

#define LIST_USUAL 50
#define LIST_MAX 200
#define REPLAY_BATCH 200         /* deliveries a transaction */

#define COLUMNS "SELECT id, endpoint_id, message_id, kind, state, created_at, attempts, tried_at, delivered_at, status, error"
static const struct stmt by_id = STMT("webhook_delivery_by_id", "ii",
    COLUMNS ", answer, body FROM webhook_deliveries WHERE id = $2 AND endpoint_id = $1");
static const struct stmt list_all = STMT("webhook_delivery_list", "iisi",
    COLUMNS " FROM webhook_deliveries WHERE endpoint_id = $1 AND id < $2 AND ($3 IS NULL OR kind = $3) ORDER BY id DESC LIMIT $4");
static const struct stmt list_state = STMT("webhook_delivery_list_state", "iissi",
    COLUMNS " FROM webhook_deliveries WHERE endpoint_id = $1 AND state = $4 AND id < $2 AND ($3 IS NULL OR kind = $3)"
    " ORDER BY id DESC LIMIT $5");
static const struct stmt again = STMT("webhook_delivery_again", "ii",
    "UPDATE webhook_deliveries SET state = 'pending', delivered_at = NULL WHERE id = $2 AND endpoint_id = $1"
    " AND state <> 'pending' AND body <> '{}'");
static const struct stmt dead_ids = STMT("webhook_delivery_dead", "isi",
    "SELECT id FROM webhook_deliveries WHERE endpoint_id = $1 AND state = 'dead' AND kind <> $2 AND body <> '{}'"
    " ORDER BY id LIMIT $3");
static const struct stmt forget = STMT("webhook_delivery_forget", "ii",
    "DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries WHERE created_at < $1 AND state <> 'pending'"
    " LIMIT $2)");
static const struct stmt going = STMT("webhook_going", "i",
    "SELECT d.endpoint_id, w.url, d.message_id, d.body, w.secret, iif(w.former_until > unixepoch(), w.former_secret, NULL),"
    " d.kind, w.is_active, w.paused_at, w.retry_at FROM webhook_deliveries d JOIN webhook_endpoints w ON w.id = d.endpoint_id"
    " WHERE d.id = $1 AND d.state <> 'delivered' AND d.body <> '{}'");
static const struct stmt tried = STMT("webhook_tried", "isiIss",
    "UPDATE webhook_deliveries SET state = $2, attempts = attempts + 1, tried_at = $3,"
    " delivered_at = iif($2 = 'delivered', $3, NULL), status = $4, answer = $5, error = $6 WHERE id = $1");
static const struct stmt went_well = STMT("webhook_went_well", "ii",
    "UPDATE webhook_endpoints SET failing_since = NULL, failures = 0, retry_at = 0, last_ok_at = $2 WHERE id = $1");
/* After five failures in a row it is left alone for half a minute, then longer, to ten minutes. */
static const struct stmt went_wrong = STMT("webhook_went_wrong", "ii",
    "UPDATE webhook_endpoints SET failures = failures + 1, failing_since = coalesce(failing_since, $2),"
    " retry_at = iif(failures < 4, 0, $2 + min(600, 30 << min(failures - 4, 5))) WHERE id = $1 RETURNING failing_since");
static const struct stmt pause = STMT("webhook_pause", "iis",
    "UPDATE webhook_endpoints SET paused_at = $2, paused_why = $3, version = version + 1 WHERE id = $1 AND paused_at IS NULL");
static const struct stmt lost = STMT("webhook_lost", "is",
    "UPDATE webhook_deliveries SET state = 'dead', error = coalesce(error, $2) WHERE id = $1 AND state = 'pending'");
DB_REGISTER(&by_id, &list_all, &list_state, &again, &dead_ids, &forget, &going, &tried, &went_well, &went_wrong, &pause, &lost)

const struct word delivery_states[] = {
    { "pending", "Por entregar" }, { "delivered", "Entregados" }, { "dead", "Sin entregar" }, WORDS_END
};

#define D struct webhook_delivery
#define ROWS \
    FIELD(D, id, F_INT, "Número"), \
    FIELD(D, endpoint_id, F_INT, "A cuál dirección"), \
    FIELD(D, message_id, F_TEXT, "Su encabezado webhook-id, el mismo en cada intento"), \
    FIELD(D, kind, F_TEXT, "De qué avisa"), \
    FIELD(D, state, F_TEXT, "pending, delivered o dead"), \
    FIELD(D, created_at, F_INSTANT, "Cuándo pasó"), \
    FIELD(D, attempts, F_INT, "Intentos"), \
    FIELD(D, tried_at, F_INSTANT, "Cuándo fue el último intento"), \
    FIELD(D, delivered_at, F_INSTANT, "Cuándo lo recibió"), \
    FIELD(D, status, F_ID, "Con qué código respondió; nada si no respondió"), \
    FIELD(D, error, F_TEXT, "Por qué no se entregó")
static const struct field rows[] = { ROWS };
const struct fields webhook_delivery_fields = FIELDS(rows);
static const struct field whole_rows[] = {
    ROWS,
    FIELD(D, answer, F_TEXT, "El comienzo de lo que respondió"),
    FIELD(D, body, F_TEXT, "Lo que se le envió, JSON"),
};
const struct fields webhook_delivery_whole_fields = FIELDS(whole_rows);

static const struct field replayed_rows[] = {
    FIELD(struct webhook_replayed, replayed, F_INT, "Cuántos se envían otra vez"),
    FIELD(struct webhook_replayed, more, F_BOOL, "Quedan más: repita la acción"),
};
const struct fields webhook_replayed_fields = FIELDS(replayed_rows);

/* ---- the log ---- */

enum err webhook_deliveries_list(struct ctx *c, const struct webhook_delivery_filter *f, struct webhook_deliveries *out,
                                 int64_t *next)
{
    const int64_t limit = f->limit < 1 || f->limit > LIST_MAX ? LIST_USUAL : f->limit;
    const int64_t before = f->before > 0 ? f->before : INT64_MAX;
    const char *kind = is_blank(f->kind) ? NULL : f->kind;
    struct webhook w;
    struct rows q;
    enum err e = webhook_by_id(c, f->endpoint_id, &w);

    *out = (struct webhook_deliveries){ 0 };
    *next = 0;
    if (e != OK)
        return e;
    e = is_blank(f->state) ? db_query(c->db, &q, &list_all, f->endpoint_id, before, kind, limit + 1)
        : db_query(c->db, &q, &list_state, f->endpoint_id, before, kind, f->state, limit + 1);
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, webhook_delivery_fields, sizeof *out->v, &out->n);
    if ((int64_t)out->n > limit) {
        out->n = (size_t)limit;
        *next = out->v[limit - 1].id;
    }
    return domain_fault(c, db_end(&q));
}

enum err webhook_delivery_by_id(struct ctx *c, int64_t endpoint_id, int64_t id, struct webhook_delivery *out)
{
    enum err e;

    *out = (struct webhook_delivery){ 0 };
    e = db_get(c->db, webhook_delivery_whole_fields, out, c->a, &by_id, endpoint_id, id);
    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_DELIVERY_NONE, NULL) : domain_fault(c, e);
}

/* ---- sent again ---- */

struct replaying { struct ctx *c; int64_t endpoint_id, id; struct webhook_replayed *done; struct webhook_delivery *out; };

static enum err replay_one_tx(struct ctx *c, int64_t endpoint_id, int64_t id, int64_t *changed)
{
    enum err e = db_exec(c->db, changed, &again, endpoint_id, id);

    return e != OK || *changed == 0 ? e
        : job_add_tx(c, &(struct job_new){ .kind = "webhook.deliver", .about = id }, NULL);
}

/* Whoever is told nothing would find what is sent again given up at once. */
static enum err replay_check(struct ctx *c, int64_t endpoint_id)
{
    struct webhook w;
    enum err e = webhook_by_id(c, endpoint_id, &w);

    if (e != OK)
        return e;
    return w.is_active == 0 || w.paused_at != 0 ? ctx_fail(c, E_CONFLICT, NULL, T_WEBHOOK_STOPPED, NULL) : OK;
}

static enum err webhook_replay_tx(struct db *db UNUSED, void *arg)
{
    struct replaying *x = arg;
    struct ctx *c = x->c;
    int64_t changed = 0;
    enum err e = webhook_delivery_by_id(c, x->endpoint_id, x->id, x->out);

    if (e == OK && streq(x->out->body, "{}"))
        e = ctx_fail(c, E_CONFLICT, NULL, T_DELIVERY_ERASED, NULL);
    if (e == OK)
        e = replay_check(c, x->endpoint_id);
    if (e == OK)
        e = replay_one_tx(c, x->endpoint_id, x->id, &changed);
    if (e == OK && changed == 0)
        return ctx_fail(c, E_CONFLICT, NULL, T_DELIVERY_WAITS, NULL);
    if (e == OK)
        e = audit_tx(c, "webhook_replay", "webhook", x->endpoint_id, NULL);
    return e != OK ? e : webhook_delivery_by_id(c, x->endpoint_id, x->id, x->out);
}

enum err webhook_replay(struct ctx *c, int64_t endpoint_id, int64_t id, struct webhook_delivery *out)
{
    struct replaying x = { .c = c, .endpoint_id = endpoint_id, .id = id, .out = out };
    const enum err e = operation_once(c, "webhook_replay", webhook_replay_tx, &x, NULL);

    return e == OK && c->replayed ? webhook_delivery_by_id(c, endpoint_id, id, out) : e;
}

/* The next of those that were given up, and one more look whether there are others. */
static enum err replay_batch_tx(struct db *db, void *arg)
{
    struct replaying *x = arg;
    struct ctx *c = x->c;
    int64_t ids[REPLAY_BATCH + 1], changed;
    size_t n = 0;
    struct rows q;
    struct json_object *details = NULL;
    enum err e = replay_check(c, x->endpoint_id);

    *x->done = (struct webhook_replayed){ 0 };
    if (e == OK)
        e = db_query(db, &q, &dead_ids, x->endpoint_id, NEWS_TRIAL, (int64_t)COUNT(ids));
    if (e == OK)
        e = db_ids(&q, ids, COUNT(ids), &n);
    x->done->more = n > REPLAY_BATCH;
    for (size_t i = 0; i < n && i < REPLAY_BATCH && e == OK; i++) {
        e = replay_one_tx(c, x->endpoint_id, ids[i], &changed);
        x->done->replayed += changed;
    }
    if (e != OK || x->done->replayed == 0)
        return e;
    details = json_object_new_object();
    json_add_int(details, "amount", x->done->replayed);
    return audit_tx(c, "webhook_replay", "webhook", x->endpoint_id, details);
}

enum err webhook_replay_dead(struct ctx *c, int64_t endpoint_id, struct webhook_replayed *out)
{
    struct webhook_replayed batch = { .more = true };
    struct replaying x = { .c = c, .endpoint_id = endpoint_id, .done = &batch };
    enum err e = OK;

    *out = (struct webhook_replayed){ 0 };
    while (e == OK && batch.more && out->replayed < REPLAY_MAX) {
        e = domain_operation(c, "webhook_replay", replay_batch_tx, &x);
        out->replayed += e == OK ? batch.replayed : 0;
    }
    out->more = batch.more;
    return e;
}

/* ---- kept for a time ---- */

struct forgetting { struct ctx *c; int64_t limit, done; };

static enum err deliveries_forget_tx(struct db *db, void *arg)
{
    struct forgetting *x = arg;

    return db_exec(db, &x->done, &forget, x->c->now - DELIVERY_DAYS * DAY_SECONDS, x->limit);
}

enum err webhook_deliveries_forget(struct ctx *c, int limit, int *done)
{
    struct forgetting x = { c, limit, 0 };
    enum err e = domain_write(c, deliveries_forget_tx, &x);

    *done = e == OK ? (int)x.done : 0;
    return e;
}

/* ---- the job ---- */

static enum err going_secrets(struct ctx *c, const char *const sealed[2], struct webhook_going *out)
{
    for (size_t i = 0; i < 2; i++) {
        out->secrets[i] = sealed[i] != NULL ? seal_open(c->a, c->conf, WEBHOOK_SEAL, sealed[i]) : NULL;
        if (sealed[i] != NULL && out->secrets[i] == NULL)
            return E_INTERNAL;
    }
    return OK;
}

enum err webhook_going(struct ctx *c, int64_t id, struct webhook_going *out)
{
    const char *sealed[2];
    struct rows q;
    enum err e = db_one(c->db, &q, &going, id);

    *out = (struct webhook_going){ .id = id };
    if (e != OK)
        return e;
    out->endpoint_id = db_int(&q, 0);
    out->url = db_dup(&q, 1, c->a);
    out->message_id = db_dup(&q, 2, c->a);
    out->body = db_dup(&q, 3, c->a);
    sealed[0] = db_dup(&q, 4, c->a);
    sealed[1] = db_dup(&q, 5, c->a);
    out->trial = streq(db_text(&q, 6), NEWS_TRIAL);
    if (!out->trial && db_int(&q, 7) == 0)
        out->given_up = "la dirección está desactivada";
    else if (!out->trial && !db_null(&q, 8))
        out->given_up = "la dirección está en pausa";
    else if (!out->trial && db_int(&q, 9) > clock_now())
        out->not_before = db_int(&q, 9);
    e = db_end(&q);
    return e != OK ? e : going_secrets(c, sealed, out);
}

enum err webhook_given_up_tx(struct ctx *c, void *arg)
{
    const struct webhook_going *g = arg;

    return db_exec(c->db, NULL, &lost, g->id, g->given_up);
}

static enum err webhook_pause_tx(struct ctx *c, const struct webhook_gone *g, const char *why)
{
    struct json_object *details;
    struct webhook w;
    int64_t changed;
    enum err e = db_exec(c->db, &changed, &pause, g->endpoint_id, clock_now(), why);

    if (e != OK || changed == 0)
        return e;
    details = json_object_new_object();
    json_add_text(details, "reason", why);
    e = audit_tx(c, "webhook_pause", "webhook", g->endpoint_id, details);
    if (e == OK)
        e = webhook_by_id(c, g->endpoint_id, &w);
    return e != OK ? e : notify_admins_tx(c, arena_printf(c->a, "Dejamos de avisar a %s: %s. Lo último que pasó: %s. Lo que pase"
            " mientras tanto no se guarda para ella. Se puede reanudar, y enviar otra vez lo que quedó sin entregar, en Ajustes,"
            " Avisos a otros programas.", w.url, why, g->error),
        arena_printf(c->a, "webhook_pause:%lld:%lld", (long long)w.id, (long long)w.version));
}

static enum err program_failed_tx(struct ctx *c, const struct webhook_gone *g)
{
    const int64_t now = clock_now();
    int64_t since = now;
    enum err e = db_value(c->db, &since, &went_wrong, g->endpoint_id, now);

    if (e != OK)
        return e;
    if (g->unwanted)
        return webhook_pause_tx(c, g, "respondió que ya no quiere avisos");
    return now - since >= WEBHOOK_PAUSE_S && !g->clock_doubted ? webhook_pause_tx(c, g, "lleva tres días sin responder bien") : OK;
}

enum err webhook_gone_tx(struct ctx *c, void *gone)
{
    const struct webhook_gone *g = gone;
    const int64_t now = clock_now();
    const bool over = g->trial || g->unwanted;
    enum err e = db_exec(c->db, NULL, &tried, g->id, g->delivered ? "delivered" : over ? "dead" : "pending", now, g->status,
                         g->answer, g->error);

    if (e != OK)
        return e;
    if (g->delivered)
        return db_exec(c->db, NULL, &went_well, g->endpoint_id, now);
    return g->trial ? OK : program_failed_tx(c, g);
}

static enum err delivery_lost_tx(struct ctx *c, int64_t id, enum job_ending how UNUSED, const char *why)
{
    return db_exec(c->db, NULL, &lost, id, why);
}
JOB_SETTLED({ "webhook.deliver", delivery_lost_tx })
