#include "domain/outbox/webhook.h"

#include <ctype.h>

#include "base/address.h"
#include "base/conf.h"
#include "base/random.h"
#include "base/texts.h"
#include "crypto/crypto.h"
#include "domain/ground/audit.h"
#include "domain/ground/news.h"
#include "domain/ground/operation.h"
#include "domain/ground/tx.h"
#include "domain/outbox/texts.h"
#include "json/json.h"

#define SECRET_SYMBOLS 44        /* so many of base62, read as base64, are 33 bytes */
#define HOST_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"
#define PORT_MAX 65535

#define SELECT                                                                                   \
    "SELECT w.id, w.url, w.description, w.kinds, w.is_active, w.paused_at, w.paused_why, w.failing_since, w.failures,"  \
    " w.last_ok_at, iif(w.former_until > $1, w.former_until, NULL), w.created_at, u.full_name, w.version,"         \
    " (SELECT count(*) FROM webhook_deliveries d WHERE d.endpoint_id = w.id AND d.state = 'pending'),"           \
    " (SELECT count(*) FROM webhook_deliveries d WHERE d.endpoint_id = w.id AND d.state = 'dead' AND d.kind <> $2)" \
    " FROM webhook_endpoints w LEFT JOIN users u ON u.id = w.created_by"
static const struct stmt list_all = STMT("webhook_list", "is", SELECT " ORDER BY w.id");
static const struct stmt by_id = STMT("webhook_by_id", "isi", SELECT " WHERE w.id = $3");
static const struct stmt count_all = STMT("webhook_count", "", "SELECT count(*) FROM webhook_endpoints");
static const struct stmt insert = STMT("webhook_insert", "ssssiiI",
    "INSERT INTO webhook_endpoints (url, description, kinds, secret, is_active, created_at, created_by)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id");
/* A changed address begins without the failures of the one before. */
static const struct stmt update = STMT("webhook_update", "issssi",
    "UPDATE webhook_endpoints SET version = version + 1,"
    " failing_since = iif(url = $2, failing_since, NULL), failures = iif(url = $2, failures, 0),"
    " retry_at = iif(url = $2, retry_at, 0), url = $2, description = $3, kinds = $4,"
    " is_active = coalesce($5, is_active), paused_at = iif($5 = '1', NULL, paused_at),"
    " paused_why = iif($5 = '1', NULL, paused_why) WHERE id = $1 AND $6 IN (0, version)");
/* A program that is told again has three days to answer well. */
static const struct stmt resume = STMT("webhook_resume", "i",
    "UPDATE webhook_endpoints SET failing_since = NULL, failures = 0, retry_at = 0 WHERE id = $1 AND paused_at IS NOT NULL");
static const struct stmt rotate = STMT("webhook_rotate", "isi",
    "UPDATE webhook_endpoints SET former_secret = secret, former_until = $3, secret = $2, version = version + 1 WHERE id = $1");
DB_REGISTER(&list_all, &by_id, &count_all, &insert, &update, &resume, &rotate)

#define W struct webhook
#define ROWS \
    FIELD(W, id, F_INT, "Número"), \
    FIELD(W, url, F_TEXT, "A dónde se avisa"), \
    FIELD(W, description, F_TEXT, "De quién es, o para qué"), \
    FIELD(W, kinds, F_TEXT, "De qué se avisa: clases con un espacio entre una y otra, o * si de todo"), \
    FIELD(W, is_active, F_BOOL, "Si se le avisa"), \
    FIELD(W, paused_at, F_INSTANT, "Desde cuándo está en pausa, porque dejó de responder"), \
    FIELD(W, paused_why, F_TEXT, "Por qué está en pausa"), \
    FIELD(W, failing_since, F_INSTANT, "Desde cuándo falla; nada si la última vez respondió bien"), \
    FIELD(W, failures, F_INT, "Cuántas veces seguidas ha fallado"), \
    FIELD(W, last_ok_at, F_INSTANT, "Cuándo respondió bien por última vez"), \
    FIELD(W, former_until, F_INSTANT, "Hasta cuándo firma también el secreto anterior"), \
    FIELD(W, created_at, F_INSTANT, "Cuándo se agregó"), \
    FIELD(W, created_by_name, F_TEXT, "Quién la agregó"), \
    FIELD(W, version, F_INT, "Versión, para If-Match"), \
    FIELD(W, pending, F_INT, "Avisos por entregar"), \
    FIELD(W, dead, F_INT, "Avisos que no se pudieron entregar")
static const struct field rows[] = { ROWS };
const struct fields webhook_fields = FIELDS(rows);
static const struct field secret_rows[] = {
    ROWS,
    FIELD(W, secret, F_TEXT, "El secreto con que se firma; se dice una sola vez, y nada si la solicitud se repitió"),
};
const struct fields webhook_secret_fields = FIELDS(secret_rows);

enum err webhook_list(struct ctx *c, struct webhooks *out)
{
    struct rows q;
    enum err e = db_query(c->db, &q, &list_all, c->now, NEWS_TRIAL);

    *out = (struct webhooks){ 0 };
    if (e != OK)
        return domain_fault(c, e);
    out->v = db_all(&q, c->a, webhook_fields, sizeof *out->v, &out->n);
    return domain_fault(c, db_end(&q));
}

enum err webhook_by_id(struct ctx *c, int64_t id, struct webhook *out)
{
    enum err e;

    *out = (struct webhook){ 0 };
    e = db_get(c->db, webhook_fields, out, c->a, &by_id, c->now, NEWS_TRIAL, id);
    return e == E_NOT_FOUND ? ctx_fail(c, e, NULL, T_WEBHOOK_NONE, NULL) : domain_fault(c, e);
}

/* ---- what may be written ---- */

/* Whether a port stands between `at` and the path, or nothing does. */
static bool port_is_well(const char *at)
{
    const size_t n = strcspn(at, "/?");
    int64_t port = 0;

    if (n == 0)
        return true;
    for (size_t i = 1; i < n; i++) {
        if (!isdigit((unsigned char)at[i]) || port > PORT_MAX)
            return false;
        port = 10 * port + (at[i] - '0');
    }
    return at[0] == ':' && port > 0 && port <= PORT_MAX;
}

/* The host of an address as it stands there, "example.com" or "[2606::1]"; NULL when the text is no address that a
 * webhook may have: another scheme, a user's name, a fragment, a character that has no place in one. */
static const char *url_host(struct ctx *c, const char *url)
{
    const bool plain = c->conf->webhook_loopback && has_prefix(url, "http://");
    const char *host = url + strlen(plain ? "http://" : "https://"), *end;
    size_t n;

    if (!plain && !has_prefix(url, "https://"))
        return NULL;
    for (const char *p = url; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~' || strchr("<>\"{}|\\^`#", *p) != NULL)
            return NULL;
    n = *host == '[' ? strcspn(host, "]") + 1 : strspn(host, HOST_CHARS);
    end = host + n;
    if (n == 0 || n > 253 || (*host == '[' && end[-1] != ']') || !port_is_well(end))
        return NULL;
    return arena_strndup(c->a, host, n);
}

static void url_check(struct ctx *c, const char *url)
{
    const char *host = is_blank(url) ? NULL : url_host(c, url);

    if (is_blank(url))
        ctx_invalid(c, "url", T_REQUIRED, NULL);
    else if (host == NULL)
        ctx_invalid(c, "url", T_WEBHOOK_URL, NULL);
    else if (!c->conf->webhook_loopback && address_host_is_inner(host))
        ctx_invalid(c, "url", T_WEBHOOK_INNER, NULL);
}

/* The kinds of a text that has blanks or line ends between them, each once and in the order of news.def; what it names
 * is checked. */
static const char *kinds_read(struct ctx *c, const char *text)
{
    bool named[NEWS_COUNT] = { false }, all = false;
    const char *kinds = "";
    size_t n = 0;

    for (const char *p = text + strspn(text, " \r\n\t"); *p != '\0'; p += n, p += strspn(p, " \r\n\t")) {
        const char *word = arena_strndup(c->a, p, n = strcspn(p, " \r\n\t"));
        size_t i = 0;

        while (i < NEWS_COUNT && !streq(news_kinds[i].value, word))
            i++;
        if (streq(word, WEBHOOK_ALL))
            all = true;
        else if (i == NEWS_COUNT)
            ctx_invalid(c, "kinds", T_WEBHOOK_KIND, word, NULL);
        else
            named[i] = true;
    }
    for (size_t i = 0; i < NEWS_COUNT; i++)
        if (named[i])
            kinds = arena_printf(c->a, "%s%s%s", kinds, *kinds != '\0' ? " " : "", news_kinds[i].value);
    if (!all && *kinds == '\0' && ctx_faults(c) == OK)
        ctx_invalid(c, "kinds", T_WEBHOOK_KINDS, NULL);
    return all ? WEBHOOK_ALL : kinds;
}

/* ---- secrets ---- */

static const char *secret_new(struct ctx *c, const char **sealed)
{
    const char *secret = arena_printf(c->a, "whsec_%s", random_text(c->a, ALPHABET_BASE62, SECRET_SYMBOLS));

    *sealed = seal_text(c->a, c->conf, WEBHOOK_SEAL, secret);
    return *sealed != NULL ? secret : NULL;
}

/* ---- changes ---- */

struct webhook_changing {
    struct ctx *c;
    const struct webhook_in *in;
    const char *kinds, *secret, *sealed;
    struct webhook *out;
};

static enum err webhook_audit_tx(struct ctx *c, const char *action, const struct webhook *before, const struct webhook *after)
{
    struct json_object *details = json_object_new_object();

    json_add_text(details, "before", before != NULL ? arena_printf(c->a, "%s %s%s", before->url, before->kinds,
                                                                   before->is_active ? "" : " (desactivada)") : NULL);
    json_add_text(details, "after", arena_printf(c->a, "%s %s%s", after->url, after->kinds,
                                                 after->is_active ? "" : " (desactivada)"));
    return audit_tx(c, action, "webhook", after->id, details);
}

static enum err webhook_add_tx(struct db *db, void *arg)
{
    struct webhook_changing *x = arg;
    struct ctx *c = x->c;
    const char *answer;
    int64_t *ids, id;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL)
        return operation_ids_read(c->a, answer, &ids) == 1 ? webhook_by_id(c, ids[0], x->out) : E_INTERNAL;
    if (e == OK && db_scalar(db, 0, &count_all) >= WEBHOOKS_MAX)
        return ctx_fail(c, E_CONFLICT, "url", T_WEBHOOK_MANY, arena_printf(c->a, "%d", WEBHOOKS_MAX), NULL);
    if (e == OK)
        e = db_insert(db, &id, &insert, x->in->url, x->in->description != NULL ? x->in->description : "", x->kinds, x->sealed,
                      (int64_t)(x->in->is_active == NULL || *x->in->is_active), c->now, c->user_id);
    if (e == OK)
        e = webhook_by_id(c, id, x->out);
    if (e == OK)
        e = webhook_audit_tx(c, "webhook_add", NULL, x->out);
    x->out->secret = x->secret;
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &id, 1));
}

enum err webhook_add(struct ctx *c, const struct webhook_in *in, struct webhook *out)
{
    struct webhook_changing x = { .c = c, .in = in, .out = out };

    c->fault = (struct fault){ 0 };
    url_check(c, in->url);
    x.kinds = kinds_read(c, in->kinds != NULL ? in->kinds : "");
    if (ctx_faults(c) != OK)
        return ctx_faults(c);
    x.secret = secret_new(c, &x.sealed);
    return x.secret == NULL ? ctx_fail(c, E_CONFLICT, NULL, T_WEBHOOK_UNSEALED, NULL)
        : domain_operation(c, "webhook_add", webhook_add_tx, &x);
}

static enum err webhook_change_tx(struct db *db, void *arg)
{
    struct webhook_changing *x = arg;
    const struct webhook_in *in = x->in;
    struct ctx *c = x->c;
    struct webhook before;
    int64_t changed;
    enum err e = webhook_by_id(c, in->id, &before);

    if (e == OK && in->is_active != NULL && *in->is_active)
        e = db_exec(db, NULL, &resume, in->id);
    if (e == OK)
        e = db_exec(db, &changed, &update, in->id, in->url != NULL ? in->url : before.url,
                    in->description != NULL ? in->description : before.description, x->kinds != NULL ? x->kinds : before.kinds,
                    in->is_active == NULL ? NULL : *in->is_active ? "1" : "0", in->version);
    if (e == OK && changed == 0)
        return ctx_fail(c, E_PRECONDITION, NULL, T_WEBHOOK_CHANGED, NULL);
    if (e == OK)
        e = webhook_by_id(c, in->id, x->out);
    return e != OK ? e : webhook_audit_tx(c, "webhook_change", &before, x->out);
}

enum err webhook_change(struct ctx *c, const struct webhook_in *in, struct webhook *out)
{
    struct webhook_changing x = { .c = c, .in = in, .out = out };
    enum err e;

    c->fault = (struct fault){ 0 };
    if (in->url != NULL)
        url_check(c, in->url);
    if (in->kinds != NULL)
        x.kinds = kinds_read(c, in->kinds);
    if ((e = ctx_faults(c)) == OK)
        e = operation_once(c, "webhook_change", webhook_change_tx, &x, NULL);
    return e == OK && c->replayed ? webhook_by_id(c, in->id, out) : e;
}

static enum err webhook_rotate_tx(struct db *db, void *arg)
{
    struct webhook_changing *x = arg;
    struct ctx *c = x->c;
    const char *answer;
    int64_t id = x->in->id;
    enum err e = operation_begin_tx(c, &answer);

    if (e == OK && answer != NULL)
        return webhook_by_id(c, id, x->out);
    if (e == OK)
        e = webhook_by_id(c, id, x->out);
    if (e == OK)
        e = db_exec(db, NULL, &rotate, id, x->sealed, c->now + WEBHOOK_FORMER_S);
    if (e == OK)
        e = audit_tx(c, "webhook_rotate", "webhook", id, NULL);
    if (e == OK)
        e = webhook_by_id(c, id, x->out);
    x->out->secret = x->secret;
    return e != OK ? e : operation_end_tx(c, operation_ids(c->a, &id, 1));
}

enum err webhook_rotate(struct ctx *c, int64_t id, struct webhook *out)
{
    const struct webhook_in in = { .id = id };
    struct webhook_changing x = { .c = c, .in = &in, .out = out };

    x.secret = secret_new(c, &x.sealed);
    return x.secret == NULL ? ctx_fail(c, E_CONFLICT, NULL, T_WEBHOOK_UNSEALED, NULL)
        : domain_operation(c, "webhook_rotate", webhook_rotate_tx, &x);
}

/* ---- a trial ---- */

struct webhook_trying { struct ctx *c; int64_t id, delivery; };

static enum err webhook_trial_tx(struct db *db UNUSED, void *arg)
{
    struct webhook_trying *x = arg;
    struct webhook w;
    const struct news news = { .kind = NEWS_TRIAL, .parts = { NEWS_PART("webhook", webhook_fields, &w) } };
    enum err e = webhook_by_id(x->c, x->id, &w);

    if (e == OK)
        e = news_to_tx(x->c, x->id, &news, &x->delivery);
    return e != OK ? e : audit_tx(x->c, "webhook_test", "webhook", x->id, NULL);
}

enum err webhook_trial(struct ctx *c, int64_t id, int64_t *delivery)
{
    struct webhook_trying x = { c, id, 0 };
    enum err e = operation_once(c, "webhook_test", webhook_trial_tx, &x, &x.delivery);

    *delivery = x.delivery;
    return e;
}
