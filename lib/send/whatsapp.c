#include "send/whatsapp.h"

#include <curl/curl.h>

#include "base/whatsapp_fault.h"
#include "json/json.h"
#include "send/exchange.h"

#define SPACES_MAX 4             /* in a row, in a value: Meta refuses more, a line break and a tab */
#define TOKEN_REFUSED 190        /* codes of whatsapp_fault.def for what only a status says */
#define LIMITED 4
#define IN_DOUBT 1

/* A 200 says that Meta took the message if it gives its id. */
static struct send_result whatsapp_accepted(struct arena *a, struct json_object *o)
{
    struct send_result r = { .sent = SENT_UNKNOWN, .error = "respuesta ilegible de WhatsApp" };
    struct json_object *list;
    const char *id;

    if (json_object_object_get_ex(o, "messages", &list) && json_object_is_type(list, json_type_array)
        && json_get_text(json_object_array_get_idx(list, 0), "id", &id) && !is_blank(id) && strlen(id) < 200)
        r = (struct send_result){ .sent = SENT_YES, .id = arena_strdup(a, id) };
    return r;
}

/* The code of {"error": {"code": …}}; -1 without. */
static int64_t whatsapp_code(struct json_object *o)
{
    struct json_object *error;
    int64_t code;

    return o != NULL && json_object_object_get_ex(o, "error", &error) && json_get_int(error, "code", &code) ? code : -1;
}

/* The meaning of a status when no code tells. */
static struct whatsapp_fault fault_of_status(long status)
{
    if (status == 401 || status == 403)
        return whatsapp_fault(TOKEN_REFUSED);
    if (status == 408 || status == 425 || status == 429)
        return whatsapp_fault(LIMITED);
    return whatsapp_fault(status >= 400 && status < 500 ? -1 : IN_DOUBT);
}

static struct send_result whatsapp_refused(struct json_object *o, long status)
{
    static const enum sent by_meaning[] = {
        [WHATSAPP_FINAL] = SENT_NEVER, [WHATSAPP_LATER] = SENT_NO, [WHATSAPP_ACCOUNT] = SENT_NO, [WHATSAPP_DOUBT] = SENT_UNKNOWN,
    };
    const int64_t code = whatsapp_code(o);
    struct whatsapp_fault f = code < 0 ? fault_of_status(status) : whatsapp_fault(code);
    struct send_result r;

    /* A message may, with a 5xx, have been taken in spite of an error that says nothing of the account. */
    if (status >= 500 && f.means == WHATSAPP_FINAL && !f.to_mend)
        f = fault_of_status(status);
    r = (struct send_result){ .sent = by_meaning[f.means], .error = f.words,
        .provider_failed = f.means == WHATSAPP_ACCOUNT || f.means == WHATSAPP_DOUBT,
        .tell = f.to_mend ? TELL_MEND : TELL_NOBODY };
    if (status < 500 && r.sent == SENT_UNKNOWN && status >= 400)  /* with a 4xx no message was taken */
        r.sent = SENT_NO;
    return r;
}

struct send_result whatsapp_classify(struct arena *a, int curl, long long sent, long status, const char *body, size_t n)
{
    const struct text *why;
    struct send_result r;
    struct json_object *o;

    if (curl != CURLE_OK)
        return (struct send_result){ .sent = exchange_unsent(curl, sent) ? SENT_NO : SENT_UNKNOWN, .provider_failed = true,
            .error = exchange_unsent(curl, sent) ? "no hay conexión con WhatsApp" : "la conexión se cortó después de enviar" };
    o = json_parse(body, n, &why);
    r = status >= 200 && status < 300 ? whatsapp_accepted(a, o) : whatsapp_refused(o, status);
    json_object_put(o);
    return r;
}

/* A value without what Meta refuses in one; "-" for a blank one, which it refuses too. */
static const char *whatsapp_value(struct arena *a, const char *s)
{
    char *out = arena_alloc(a, strlen(s) + 1), *to = out;
    int spaces = 0;

    for (; *s != '\0'; s++) {
        const char c = *s == '\n' || *s == '\r' || *s == '\t' ? ' ' : *s;

        spaces = c == ' ' ? spaces + 1 : 0;
        if (spaces <= SPACES_MAX && (c != ' ' || to > out))
            *to++ = c;
    }
    *to = '\0';
    return is_blank(out) ? "-" : out;
}

static struct json_object *whatsapp_template(struct arena *a, const struct whatsapp_message *m)
{
    struct json_object *o = json_object_new_object(), *language = json_object_new_object(), *components, *body, *list;

    json_add_text(language, "code", m->language);
    json_add_text(o, "name", m->template);
    json_add(o, "language", language);
    if (m->n == 0)
        return o;
    list = json_object_new_array();
    for (size_t i = 0; i < m->n; i++) {
        struct json_object *value = json_object_new_object();

        json_add_text(value, "type", "text");
        json_add_text(value, "text", whatsapp_value(a, m->values[i]));
        json_object_array_add(list, value);
    }
    body = json_object_new_object();
    json_add_text(body, "type", "body");
    json_add(body, "parameters", list);
    components = json_object_new_array();
    json_object_array_add(components, body);
    json_add(o, "components", components);
    return o;
}

static const char *whatsapp_body(struct arena *a, const struct whatsapp_message *m)
{
    struct json_object *o = json_object_new_object();
    const char *out;

    json_add_text(o, "messaging_product", "whatsapp");
    json_add_text(o, "recipient_type", "individual");
    json_add_text(o, "to", m->e164 + 1);         /* without the plus */
    json_add_text(o, "type", "template");
    json_add(o, "template", whatsapp_template(a, m));
    json_add_text(o, "biz_opaque_callback_data", m->reference);
    out = json_text(a, o);
    json_object_put(o);
    return out;
}

struct send_result whatsapp_send(struct arena *a, const struct conf *c, const struct whatsapp_account *k,
                                 const struct whatsapp_message *m)
{
    struct exchange x = { .url = arena_printf(a, "%s/%s/messages", c->whatsapp_url, k->number_id),
        .headers = { arena_printf(a, "Authorization: Bearer %s", k->token) }, .body = whatsapp_body(a, m) };
    struct send_result r;

    exchange_run(c, &x);
    r = whatsapp_classify(a, x.curl, x.sent, x.status, x.answer.data ? x.answer.data : "", x.answer.len);
    buf_free(&x.answer);
    return r;
}
