#include <curl/curl.h>

#include "base/json.h"
#include "base/normal.h"
#include "send/liwa.h"
#include "send/post.h"

#define TOKEN_GOOD_S (23 * 3600)     /* theirs lasts 24 h */

static struct send_result result(enum sent sent, const char *error, bool provider_failed)
{
    return (struct send_result){ .sent = sent, .error = error, .provider_failed = provider_failed };
}

/* Their authentication faults come as 500 with a text about the key or the JWT. */
static bool about_token(const char *body, size_t n)
{
    static const char *const words[] = { "jwt", "JWT", "token", "Token", "API-KEY", "api-key", "apikey" };

    for (size_t i = 0; i < COUNT(words); i++)
        if (memmem(body, n, words[i], strlen(words[i])) != NULL)
            return true;
    return false;
}

static bool before_request(int curl, long long sent)
{
    return curl == CURLE_COULDNT_RESOLVE_HOST || curl == CURLE_COULDNT_CONNECT
        || curl == CURLE_SSL_CONNECT_ERROR || curl == CURLE_PEER_FAILED_VERIFICATION
        || curl == CURLE_SSL_CACERT_BADFILE || curl == CURLE_FAILED_INIT
        || curl == CURLE_URL_MALFORMAT || curl == CURLE_UNSUPPORTED_PROTOCOL
        || (curl == CURLE_OPERATION_TIMEDOUT && sent == 0);
}

static struct send_result accepted(struct arena *a, const char *body, size_t n)
{
    enum text why;
    struct json_object *o = json_parse(body, n, &why), *v;
    struct send_result r = result(SENT_UNKNOWN, "respuesta ilegible del proveedor", false);

    if (o != NULL && json_object_object_get_ex(o, "menssageId", &v)
        && json_object_get_string_len(v) > 0 && json_object_get_string_len(v) < 100) {
        r.sent = SENT_YES;
        r.id = arena_strdup(a, json_object_get_string(v));
        r.error = NULL;
    } else if (o != NULL && json_object_object_get_ex(o, "success", &v)
               && json_object_is_type(v, json_type_boolean) && !json_object_get_boolean(v)) {
        r = result(SENT_NEVER, "el proveedor no aceptó el mensaje", false);
    }
    json_object_put(o);
    return r;
}

struct send_result liwa_classify(struct arena *a, int curl, long long sent, long status,
                                 const char *body, size_t n, bool *bad_token)
{
    *bad_token = false;
    if (curl != CURLE_OK)
        return before_request(curl, sent)
            ? result(SENT_NO, "no hay conexión con el proveedor", true)
            : result(SENT_UNKNOWN, "la conexión se cortó después de enviar", true);
    if (status >= 200 && status < 300)
        return accepted(a, body, n);
    if (status == 401 || status == 403 || (status == 500 && about_token(body, n))) {
        *bad_token = true;
        return result(SENT_NO, "el proveedor no aceptó la clave", false);
    }
    if (status == 429)
        return result(SENT_NO, "el proveedor pide ir más despacio", false);
    if (status >= 300 && status < 500)
        return result(SENT_NEVER, "el proveedor rechazó la solicitud", false);
    return result(SENT_UNKNOWN, "el proveedor falló sin decir si aceptó", true);
}

struct send_result liwa_login(struct arena *a, const struct conf *c, const char **token,
                              int64_t *good_for_s, int64_t *credit)
{
    const char *password = secret_read(a, c, "liwa_password"), *got;
    struct json_object *o = json_object_new_object();
    struct post p = { .url = c->liwa_auth_url };
    struct send_result r = result(SENT_NO, "el proveedor no dio acceso", true);
    enum text why;

    *credit = -1;
    json_add_text(o, "account", c->liwa_account);
    json_add_text(o, "password", password ? password : "");
    p.body = json_text(a, o);
    json_object_put(o);
    post_run(c, &p);
    o = p.curl == CURLE_OK && p.status == 200 ? json_parse(p.answer.data, p.answer.len, &why) : NULL;
    if (o != NULL && json_get_text(o, "token", &got) && strlen(got) < 4096
        && strpbrk(got, "\r\n") == NULL) {
        *token = arena_strdup(a, got);
        *good_for_s = TOKEN_GOOD_S;
        r = result(SENT_YES, NULL, false);
    } else if (p.curl == CURLE_OK && p.status < 500 && p.status != 429) {
        r = result(SENT_NEVER, "el proveedor no aceptó la cuenta", false);
    }
    json_object_put(o);
    buf_free(&p.answer);
    return r;
}

struct send_result liwa_send(struct arena *a, const struct conf *c, const char *token,
                             const char *e164, const char *text, bool *bad_token)
{
    const char *key = secret_read(a, c, "liwa_api_key");
    struct json_object *o = json_object_new_object();
    struct post p = { .url = c->liwa_url, .headers = {
        arena_printf(a, "Authorization: Bearer %s", token), arena_printf(a, "API-KEY: %s", key ? key : "") } };
    struct send_result r;

    json_add_text(o, "number", e164 + 1);        /* 57 and ten digits */
    json_add_text(o, "message", text);
    json_add_int(o, "type", 1);
    p.body = json_text(a, o);
    json_object_put(o);
    post_run(c, &p);
    r = liwa_classify(a, p.curl, p.sent, p.status, p.answer.data ? p.answer.data : "", p.answer.len,
                      bad_token);
    buf_free(&p.answer);
    return r;
}
