#include <ctype.h>

#include <curl/curl.h>
#include <sodium.h>

#include "json/json.h"
#include "local/normal.h"
#include "send/liwa.h"
#include "send/exchange.h"
#include "crypto/crypto.h"

#define TOKEN_GOOD_S (23 * 3600)     /* seconds; the provider's tokens last 24 h */
#define CREDIT_MAX 1e12              /* pesos; a larger number is no amount, and would not fit an integer */

static struct send_result liwa_result(enum sent sent, const char *error, bool provider_failed)
{
    return (struct send_result){ .sent = sent, .error = error, .provider_failed = provider_failed };
}

/* True for an answer about the key or the JWT: the provider sends authentication faults with status 500. */
static bool about_token(const char *body, size_t n)
{
    static const char *const words[] = { "jwt", "token", "api-key", "api key", "apikey" };
    char text[512];
    bool found = false;

    n = n < sizeof text ? n : sizeof text;
    for (size_t i = 0; i < n; i++)
        text[i] = (char)tolower((unsigned char)body[i]);
    for (size_t i = 0; i < COUNT(words); i++)
        found = found || memmem(text, n, words[i], strlen(words[i])) != NULL;
    return found;
}

static struct send_result liwa_accepted(struct arena *a, const char *body, size_t n)
{
    const struct text *why;
    struct json_object *o = json_parse(body, n, &why), *v;
    struct send_result r = liwa_result(SENT_UNKNOWN, "respuesta ilegible del proveedor", false);

    const char *id = NULL;

    if (o != NULL && json_object_object_get_ex(o, "menssageId", &v)
        && (json_object_is_type(v, json_type_string) || json_object_is_type(v, json_type_int)))
        id = json_object_get_string(v);
    if (!is_blank(id) && strlen(id) < 100)
        r = (struct send_result){ .sent = SENT_YES, .id = arena_strdup(a, id) };
    else if (o != NULL && json_object_object_get_ex(o, "success", &v)
             && json_object_is_type(v, json_type_boolean) && !json_object_get_boolean(v))
        r = liwa_result(SENT_NEVER, "el proveedor no aceptó el mensaje", false);
    json_object_put(o);
    return r;
}

struct send_result liwa_classify(struct arena *a, int curl, long long sent, long status,
                                 const char *body, size_t n, bool *bad_token)
{
    *bad_token = false;
    if (curl != CURLE_OK)
        return exchange_unsent(curl, sent)
            ? liwa_result(SENT_NO, "no hay conexión con el proveedor", true)
            : liwa_result(SENT_UNKNOWN, "la conexión se cortó después de enviar", true);
    if (status >= 200 && status < 300)
        return liwa_accepted(a, body, n);
    if (status == 401 || status == 403 || (status == 500 && about_token(body, n))) {
        *bad_token = true;
        return liwa_result(SENT_NO, "el proveedor no aceptó la clave", false);
    }
    if (status == 408 || status == 425 || status == 429)
        return liwa_result(SENT_NO, "el proveedor pide intentar después", false);
    if (status >= 400 && status < 500)
        return liwa_result(SENT_NEVER, "el proveedor rechazó la solicitud", false);
    return liwa_result(SENT_UNKNOWN, "el proveedor no dijo si aceptó", status >= 500);
}

int64_t liwa_credit(const char *token)
{
    const char *from = strchr(token, '.'), *end = from ? strchr(from + 1, '.') : NULL;
    char claims[2048];
    size_t n;
    const struct text *why;
    struct json_object *o, *v;
    double pesos = -1;

    if (end == NULL || sodium_base642bin((unsigned char *)claims, sizeof claims, from + 1,
                                         (size_t)(end - from - 1), NULL, &n, NULL,
                                         sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return -1;
    o = json_parse(claims, n, &why);
    if (o != NULL && json_object_object_get_ex(o, "saldo", &v))
        pesos = json_object_is_type(v, json_type_int) || json_object_is_type(v, json_type_double)
            ? json_object_get_double(v) : -1;
    json_object_put(o);
    return pesos >= 0 && pesos <= CREDIT_MAX ? (int64_t)pesos : -1;
}

struct send_result liwa_login(struct arena *a, const struct conf *c, const struct sms_account *k, const char **token,
                              int64_t *good_for_s, int64_t *credit)
{
    const char *got;
    struct json_object *o = json_object_new_object();
    struct exchange x = { .url = c->liwa_auth_url };
    struct send_result r = liwa_result(SENT_NO, "el proveedor no dio acceso", true);
    const struct text *why;

    *credit = -1;
    json_add_text(o, "account", k->account);
    json_add_text(o, "password", k->password);
    x.body = json_text(a, o);
    json_object_put(o);
    exchange_run(c, &x);
    o = x.curl == CURLE_OK && x.status == 200 ? json_parse(x.answer.data, x.answer.len, &why) : NULL;
    if (o != NULL && json_get_text(o, "token", &got) && strlen(got) < 4096
        && strpbrk(got, "\r\n") == NULL) {
        *token = arena_strdup(a, got);
        *good_for_s = TOKEN_GOOD_S;
        *credit = liwa_credit(*token);
        r = liwa_result(SENT_YES, NULL, false);
    } else if (x.curl == CURLE_OK && x.status < 500 && x.status != 429) {
        r = liwa_result(SENT_NEVER, "el proveedor no aceptó la cuenta", false);
    }
    json_object_put(o);
    buf_free(&x.answer);
    return r;
}

struct send_result liwa_send(struct arena *a, const struct conf *c, const struct sms_account *k, const char *token,
                             const char *e164, const char *text, bool *bad_token)
{
    struct json_object *o = json_object_new_object();
    struct exchange x = { .url = c->liwa_url, .headers = {
        arena_printf(a, "Authorization: Bearer %s", token), arena_printf(a, "API-KEY: %s", k->api_key) } };
    struct send_result r;

    json_add_text(o, "number", e164 + 1);        /* 57 and ten digits */
    json_add_text(o, "message", text);
    json_add_int(o, "type", 1);
    x.body = json_text(a, o);
    json_object_put(o);
    exchange_run(c, &x);
    r = liwa_classify(a, x.curl, x.sent, x.status, x.answer.data ? x.answer.data : "", x.answer.len,
                      bad_token);
    buf_free(&x.answer);
    return r;
}
