#include "base/clock.h"
#include "metric/metric.h"
#include "jobs/archive.h"
#include "send/s3.h"
#include "storage/s3.h"

static struct send_result transfer_run(struct ctx *c, const char *key, const unsigned char sum[HASH_BYTES],
                                       struct s3_call *call)
{
    struct s3_request r;
    struct send_result sent = { .sent = SENT_NO, .error = "falta la clave del almacén", .provider_failed = true };

    if (s3_sign(c->a, c->conf, call->method, key, sum, clock_now(), &r)) {
        call->url = r.url;
        for (size_t i = 0; i < COUNT(r.headers); i++)
            call->headers[i] = r.headers[i];
        sent = s3_run(c->conf, call);
    }
    if (sent.sent != SENT_YES)
        metric_inc(M_STORAGE_ERRORS, call->method, NULL);
    return sent;
}

struct send_result archive_put(struct ctx *c, const char *key, const char *path)
{
    struct s3_call call = { .method = "PUT", .file = path, .headers = { [3] = "Content-Type: image/webp" } };
    unsigned char sum[HASH_BYTES];
    struct send_result sent;

    if (!sha256_file(path, sum))
        return (struct send_result){ .sent = SENT_NO, .error = "la foto no está en el disco" };
    sent = transfer_run(c, key, sum, &call);
    buf_free(&call.answer);
    return sent;
}

struct send_result archive_get(struct ctx *c, const char *key, struct buf *out)
{
    struct s3_call call = { .method = "GET" };
    unsigned char sum[HASH_BYTES];
    struct send_result sent;

    sha256(sum, "", 0);
    sent = transfer_run(c, key, sum, &call);
    *out = call.answer;
    return sent;
}

struct send_result archive_drop(struct ctx *c, const char *key)
{
    struct s3_call call = { .method = "DELETE" };
    unsigned char sum[HASH_BYTES];
    struct send_result sent;

    sha256(sum, "", 0);
    sent = transfer_run(c, key, sum, &call);
    buf_free(&call.answer);
    return sent;
}

struct job_outcome archive_later(struct send_result r)
{
    return (struct job_outcome){ .result = JOB_RETRY, .error = r.error, .provider_failed = r.provider_failed };
}
