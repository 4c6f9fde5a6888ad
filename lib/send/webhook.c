#include "send/webhook.h"

#include <sodium.h>

#include "base/util.h"
#include "crypto/crypto.h"
#include "send/exchange.h"
#include "send/libcurl.h"

#define SECRET_PREFIX "whsec_"
#define KEY_MAX 64               /* bytes of a secret, as Standard Webhooks has it */
#define GONE 410

/* "v1," and what one secret signs; NULL if it is not one. */
static const char *signature_of(struct arena *a, const char *secret, const char *text)
{
    unsigned char key[KEY_MAX], sum[HASH_BYTES];
    char base64[64];
    size_t n;

    if (!has_prefix(secret, SECRET_PREFIX)
        || sodium_base642bin(key, sizeof key, secret + strlen(SECRET_PREFIX), strlen(secret) - strlen(SECRET_PREFIX), NULL, &n,
                             NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
        return NULL;
    hmac256_bytes(sum, key, n, text, strlen(text));
    sodium_bin2base64(base64, sizeof base64, sum, sizeof sum, sodium_base64_VARIANT_ORIGINAL);
    sodium_memzero(key, sizeof key);
    return arena_printf(a, "v1,%s", base64);
}

const char *webhook_signature(struct arena *a, const struct webhook_call *call)
{
    const char *text = arena_printf(a, "%s.%lld.%s", call->id, (long long)call->at, call->body), *all = "";

    for (size_t i = 0; i < COUNT(call->secrets); i++) {
        const char *one = call->secrets[i] != NULL ? signature_of(a, call->secrets[i], text) : NULL;

        if (one != NULL)
            all = arena_printf(a, "%s%s%s", all, *all != '\0' ? " " : "", one);
    }
    return all;
}

/* Why nothing, or nothing whole, was answered. */
static const char *curl_words(int curl)
{
    static const struct { int curl; const char *words; } rows[] = {
        { CURLE_COULDNT_RESOLVE_HOST, "ese nombre no existe, o no se pudo consultar" },
        { CURLE_COULDNT_CONNECT, "no aceptó la conexión" },
        { CURLE_SSL_CONNECT_ERROR, "no se entendió al cifrar la conexión" },
        { CURLE_PEER_FAILED_VERIFICATION, "su certificado no es válido para esa dirección" },
        { CURLE_OPERATION_TIMEDOUT, "no respondió en diez segundos" },
        { CURLE_GOT_NOTHING, "cerró la conexión sin responder" },
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].curl == curl)
            return rows[i].words;
    return "la conexión se cortó, o lo que respondió no es HTTP";
}

static const char *call_error(struct arena *a, const struct webhook_call *call, const struct exchange *x)
{
    if (call->delivered)
        return NULL;
    if (x->refused)
        return "la dirección lleva a este servidor o a una red interna: no se le envía nada";
    if (call->status >= 300 && call->status < 400)
        return arena_printf(a, "respondió %ld, que lo busquen en otra dirección: no se sigue", call->status);
    return call->status != 0 ? arena_printf(a, "respondió %ld", call->status) : curl_words(x->curl);
}

void webhook_send(struct arena *a, const struct conf *c, struct webhook_call *call)
{
    struct exchange x = { .url = call->url, .body = call->body, .answer_max = WEBHOOK_ANSWER_MAX, .answer_cut = true,
        .peer = c->webhook_loopback ? PEER_PUBLIC_OR_LOOPBACK : PEER_PUBLIC, .headers = {
            arena_printf(a, "webhook-id: %s", call->id), arena_printf(a, "webhook-timestamp: %lld", (long long)call->at),
            arena_printf(a, "webhook-signature: %s", webhook_signature(a, call)), "User-Agent: Paqueteria-Webhooks" } };

    exchange_run(c, &x);
    /* The status stands before the body: whoever never ends a body has answered, unless it was no whole answer at all. */
    call->status = x.refused ? 0 : x.status;
    call->delivered = call->status >= 200 && call->status < 300;
    call->unwanted = call->status == GONE;
    call->answer = x.answer.len > 0 ? arena_strndup(a, x.answer.data, x.answer.len) : NULL;
    call->error = call_error(a, call, &x);
    buf_free(&x.answer);
}
