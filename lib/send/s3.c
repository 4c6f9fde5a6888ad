#include <curl/curl.h>

#include "send/exchange.h"
#include "send/s3.h"

#define OBJECT_MAX (32 << 20)

struct send_result s3_classify(const char *method, int curl, long status)
{
    struct send_result r = { .sent = SENT_NO, .provider_failed = true };

    if (curl == CURLE_READ_ERROR) {
        r.error = "la foto no está en el disco";
        r.provider_failed = false;
    } else if (curl != CURLE_OK) {
        r.error = "no hay conexión con el almacén";
    } else if ((status >= 200 && status < 300) || (status == 404 && streq(method, "DELETE"))) {
        r = (struct send_result){ .sent = SENT_YES };    /* an object that was gone counts as deleted */
    } else if (status == 401 || status == 403) {
        r.error = "el almacén no aceptó la clave";
    } else if (status == 404) {
        r.error = "el almacén no conoce el depósito o el objeto";
    } else {
        r.error = "el almacén no pudo";
    }
    return r;
}

struct send_result s3_run(const struct conf *c, struct s3_call *call)
{
    struct exchange x = { .url = call->url, .file = call->file,
                          .method = call->file == NULL ? call->method : NULL, .answer_max = OBJECT_MAX };

    for (size_t i = 0; i < COUNT(call->headers); i++)
        x.headers[i] = call->headers[i];
    exchange_run(c, &x);
    call->answer = x.answer;
    return s3_classify(call->method, x.curl, x.status);
}
