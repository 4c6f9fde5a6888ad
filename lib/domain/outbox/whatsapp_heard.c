#include "domain/outbox/whatsapp_heard.h"

#include "base/log.h"
#include "base/texts.h"
#include "base/utf8.h"
#include "base/whatsapp_fault.h"
#include "crypto/crypto.h"
#include "domain/ground/setting.h"
#include "domain/ground/tx.h"
#include "domain/message/budget.h"
#include "domain/message/notification.h"
#include "domain/message/notification_row.h"
#include "domain/outbox/notification_next.h"
#include "domain/outbox/texts.h"
#include "domain/people/channel.h"
#include "json/json.h"

#define SIGNED "sha256="
#define PHONE_MOST 15            /* digits of a number, E.164 */
#define PHONE_LEAST 8
#define WORD_MOST 40             /* bytes of an answer that may be a word to stop */

static const struct stmt by_wamid = STMT("heard_by_wamid", "s",
    "SELECT n.id, t.category FROM notifications n JOIN notification_templates t ON t.id = n.template_id"
    " WHERE n.provider_id = $1 AND n.channel = 'whatsapp'");
/* A message whose answer was lost, or has not come yet, has no id of Meta's. */
static const struct stmt by_reference = STMT("heard_by_reference", "s",
    "SELECT n.id, t.category FROM notifications n JOIN notification_templates t ON t.id = n.template_id"
    " WHERE n.message_id = $1 AND n.channel = 'whatsapp' AND n.provider_id IS NULL");
/* States come doubled and in any order, and none goes back: a message that arrived did, whatever else is told of it. */
static const struct stmt taken = STMT("heard_taken", "isii",
    "UPDATE notifications SET state = 'sent', provider_id = $2, sent_at = coalesce(sent_at, $3), cost = coalesce(cost, $4),"
    " error = NULL WHERE id = $1 AND state IN ('sending', 'unknown')");
static const struct stmt arrived = STMT("heard_arrived", "isiii",
    "UPDATE notifications SET state = 'delivered', provider_id = $2, sent_at = coalesce(sent_at, $3),"
    " cost = coalesce(nullif(cost, 0), $4), delivered_at = coalesce(delivered_at, $3),"
    " read_at = CASE WHEN $5 THEN coalesce(read_at, $3) ELSE read_at END,"
    " error = CASE WHEN state = 'unknown' THEN NULL ELSE error END WHERE id = $1"
    " AND (state IN ('sending', 'unknown', 'sent', 'failed') OR (state = 'delivered' AND $5 AND read_at IS NULL))");
static const struct stmt failed = STMT("heard_failed", "iss",
    "UPDATE notifications SET state = 'failed', provider_id = $2, error = $3, cost = 0"
    " WHERE id = $1 AND state IN ('sending', 'unknown', 'sent')");
static const struct stmt failed_beside = STMT("heard_failed_beside", "is",
    "UPDATE notifications SET error = $2 WHERE id = $1 AND state = 'delivered'");
DB_REGISTER(&by_wamid, &by_reference, &taken, &arrived, &failed, &failed_beside)

enum err whatsapp_verify(struct ctx *c, const char *mode, const char *token)
{
    const char *ours = setting_secret(c, S_WHATSAPP_VERIFY);

    return !is_blank(ours) && token != NULL && text_is(mode, "subscribe") && same_text(ours, token) ? OK
        : ctx_fail(c, E_NOT_FOUND, NULL, T_NOT_FOUND, NULL);
}

/* ---- one status ---- */

struct heard { const char *wamid, *reference, *status; int64_t code; };

static enum err heard_find(struct ctx *c, const struct heard *h, int64_t *id, const char **category)
{
    struct rows q;
    enum err e = db_one(c->db, &q, &by_wamid, h->wamid);

    if (e == E_NOT_FOUND && h->reference != NULL)
        e = db_one(c->db, &q, &by_reference, h->reference);
    if (e != OK)
        return e;
    *id = db_int(&q, 0);
    *category = db_dup(&q, 1, c->a);
    return db_end(&q);
}

static enum err heard_failed_tx(struct ctx *c, const struct heard *h, int64_t id, int64_t *changed)
{
    const struct whatsapp_fault f = whatsapp_fault(h->code);
    enum err e = db_exec(c->db, changed, &failed, id, h->wamid, f.words);

    if (e == OK && *changed == 0)
        return db_exec(c->db, NULL, &failed_beside, id, f.words);
    if (e == OK && f.to_mend)
        e = notify_to_mend_tx(c, f.words);
    return e != OK ? e : notification_next_tx(c, id);
}

static enum err heard_tx(struct ctx *c, const struct heard *h)
{
    const char *category;
    int64_t id, changed = 0, price = 0;
    enum err e = heard_find(c, h, &id, &category);

    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    e = whatsapp_price(c, category, &price);
    if (e == OK && streq(h->status, "sent"))
        e = db_exec(c->db, &changed, &taken, id, h->wamid, c->now, price);
    else if (e == OK && (streq(h->status, "delivered") || streq(h->status, "read")))
        e = db_exec(c->db, &changed, &arrived, id, h->wamid, c->now, price, (int64_t)streq(h->status, "read"));
    else if (e == OK && streq(h->status, "failed"))
        e = heard_failed_tx(c, h, id, &changed);
    return e != OK || changed == 0 ? e : notification_news_tx(c, id);
}

/* ---- what a body holds ---- */

struct hearing {
    struct ctx *c;
    struct heard *v;
    size_t n;
    const char **stops;          /* phones, E.164 */
    size_t stops_n;
};

static struct json_object *heard_list(struct json_object *o, const char *name)
{
    struct json_object *list;

    return json_object_object_get_ex(o, name, &list) && json_object_is_type(list, json_type_array) ? list : NULL;
}

#define EACH(list, i) (size_t i = 0; (list) != NULL && i < json_object_array_length(list); i++)

static void hear_status(struct hearing *x, struct json_object *o)
{
    struct json_object *errors = heard_list(o, "errors");
    struct heard h = { .code = -1, .wamid = json_dup_text(x->c->a, o, "id"), .status = json_dup_text(x->c->a, o, "status"),
                       .reference = json_dup_text(x->c->a, o, "biz_opaque_callback_data") };

    if (errors != NULL && !json_get_int(json_object_array_get_idx(errors, 0), "code", &h.code))
        h.code = -1;
    if (is_blank(h.wamid) || is_blank(h.status))
        return;
    x->v = arena_more(x->c->a, x->v, x->n, sizeof *x->v);
    x->v[x->n++] = h;
}

/* Whether somebody wrote that they want no more: that word and nothing else. */
static bool is_stop(struct arena *a, const char *text)
{
    static const char *const words[] = { "baja", "stop", "alto", "salir", "cancelar", "dar de baja", "no mas", "unsubscribe" };
    char *folded;
    size_t n;

    if (text == NULL || strlen(text) > WORD_MOST)
        return false;
    folded = arena_strdup(a, utf8_fold(a, text));
    folded += strspn(folded, " \n\t\"'.,;:!");
    for (n = strlen(folded); n > 0 && strchr(" \n\t\"'.,;:!", folded[n - 1]) != NULL; n--)
        folded[n - 1] = '\0';
    return text_is_one_of(folded, words, COUNT(words));
}

static void hear_message(struct hearing *x, struct json_object *o)
{
    struct json_object *text, *button;
    const char *from = json_dup_text(x->c->a, o, "from"), *said = NULL;

    if (json_object_object_get_ex(o, "text", &text))
        said = json_dup_text(x->c->a, text, "body");
    else if (json_object_object_get_ex(o, "button", &button))
        said = json_dup_text(x->c->a, button, "text");
    if (from == NULL || !is_stop(x->c->a, said) || from[strspn(from, "0123456789")] != '\0' || strlen(from) < PHONE_LEAST
        || strlen(from) > PHONE_MOST)
        return;
    x->stops = arena_more(x->c->a, x->stops, x->stops_n, sizeof *x->stops);
    x->stops[x->stops_n++] = arena_printf(x->c->a, "+%s", from);
}

static void hear_body(struct hearing *x, struct json_object *body)
{
    struct json_object *entries = heard_list(body, "entry"), *value;

    for EACH(entries, i) {
        struct json_object *changes = heard_list(json_object_array_get_idx(entries, i), "changes");

        for EACH(changes, k) {
            struct json_object *statuses, *messages;

            if (!json_object_object_get_ex(json_object_array_get_idx(changes, k), "value", &value))
                continue;
            statuses = heard_list(value, "statuses");
            messages = heard_list(value, "messages");
            for EACH(statuses, s)
                hear_status(x, json_object_array_get_idx(statuses, s));
            for EACH(messages, m)
                hear_message(x, json_object_array_get_idx(messages, m));
        }
    }
}

static enum err hearing_tx(struct db *db UNUSED, void *arg)
{
    const struct hearing *x = arg;
    enum err e = OK;

    for (size_t i = 0; e == OK && i < x->n; i++)
        e = heard_tx(x->c, &x->v[i]);
    for (size_t i = 0; e == OK && i < x->stops_n; i++)
        e = channel_stop_tx(x->c, x->stops[i]);
    return e;
}

static bool is_signed(struct ctx *c, const char *key, const char *body, size_t n, const char *signature)
{
    unsigned char sum[HASH_BYTES];

    hmac256(sum, key, body, n);
    return signature != NULL && same_text(arena_printf(c->a, SIGNED "%s", hex_text(c->a, sum, sizeof sum)), signature);
}

enum err whatsapp_heard(struct ctx *c, const char *body, size_t n, const char *signature)
{
    const char *key = setting_secret(c, S_WHATSAPP_APP);
    struct hearing x = { .c = c };
    const struct text *why;
    struct json_object *o;

    if (is_blank(key))
        return ctx_fail(c, E_NOT_FOUND, NULL, T_NOT_FOUND, NULL);
    if (!is_signed(c, key, body, n, signature))
        return ctx_fail(c, E_FORBIDDEN, NULL, T_WHATSAPP_UNSIGNED, NULL);
    o = json_parse(body, n, &why);
    if (o == NULL)
        log_warn("whatsapp.unreadable", NULL);
    else
        hear_body(&x, o);
    json_object_put(o);
    return x.n == 0 && x.stops_n == 0 ? OK : domain_write(c, hearing_tx, &x);
}
