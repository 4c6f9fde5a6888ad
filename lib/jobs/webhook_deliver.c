/* Tells a program of somebody else what happened.  It may be told twice, if a worker dies before it has written that it
 * was: the program knows it by its webhook-id. */
#include "base/clock.h"
#include "base/utf8.h"
#include "domain/outbox/webhook_delivery.h"
#include "jobs/jobs.h"
#include "metric/metric.h"
#include "queue/doubt.h"
#include "send/webhook.h"

/* An answer as a text that a page can show: each byte that is no UTF-8, and each control character, is a "?". */
static const char *answer_readable(struct arena *a, const char *answer)
{
    char *text = arena_strdup(a, answer);
    uint32_t cp;

    for (size_t i = 0, n = text != NULL ? strlen(text) : 0, step; i < n; i += step) {
        step = utf8_decode(text + i, n - i, &cp);
        if (step == 0 || (cp < ' ' && cp != '\n' && cp != '\t') || cp == 127) {
            text[i] = text[i] == '\r' ? ' ' : '?';
            step = 1;
        }
    }
    return text;
}

struct job_outcome webhook_deliver_job(struct ctx *c, const struct job *j)
{
    struct webhook_going going;
    struct webhook_gone *gone = arena_alloc(c->a, sizeof *gone);
    struct webhook_call call;
    enum err e = webhook_going(c, job_arg(j->args, "delivery_id"), &going);

    if (e == E_NOT_FOUND)
        return job_done();
    if (e != OK)
        return job_again("la base de datos no respondió, o el secreto no se pudo descifrar: lo dice el registro");
    if (going.given_up != NULL)
        return (struct job_outcome){ .result = JOB_DONE, .effect = webhook_given_up_tx, .arg = arena_memdup(c->a, &going, sizeof going) };
    if (going.not_before != 0)
        return (struct job_outcome){ .result = JOB_SNOOZE, .run_at = going.not_before,
                                     .error = "ese programa está fallando: se espera un momento" };
    call = (struct webhook_call){ .url = going.url, .id = going.message_id, .body = going.body, .at = clock_now(),
                                  .secrets = { going.secrets[0], going.secrets[1] } };
    webhook_send(c->a, c->conf, &call);
    *gone = (struct webhook_gone){ .id = going.id, .endpoint_id = going.endpoint_id, .trial = going.trial,
        .delivered = call.delivered, .unwanted = call.unwanted, .clock_doubted = !call.delivered && doubt_look(c),
        .status = call.status, .answer = answer_readable(c->a, call.answer), .error = call.error };
    metric_inc(M_WEBHOOKS, call.delivered ? "delivered" : "failed", NULL);
    return (struct job_outcome){ .effect = webhook_gone_tx, .arg = gone, .error = call.error,
        .result = call.delivered || going.trial || call.unwanted ? JOB_DONE : JOB_RETRY };
}
