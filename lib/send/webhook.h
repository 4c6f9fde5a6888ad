/* Webhook: one signed request to a program of somebody else, as Standard Webhooks has it: the headers webhook-id,
 * webhook-timestamp and webhook-signature, HMAC-SHA-256 over "id.timestamp.body". */
#ifndef SEND_WEBHOOK_H
#define SEND_WEBHOOK_H

#include <stdint.h>

#include "base/arena.h"
#include "base/conf.h"

#define WEBHOOK_ANSWER_MAX 2048  /* bytes of an answer that are read */

struct webhook_call {
    const char *url, *id, *body;
    int64_t at;                  /* Unix seconds: when it is signed */
    const char *secrets[2];      /* whsec_…; each that is not NULL signs */
    /* results: */
    bool delivered;              /* it answered with a status 200 … 299 */
    bool unwanted;               /* it answered 410: it wants to be told no more */
    long status;                 /* 0: there was no answer */
    const char *answer;          /* the beginning of the body, any bytes up to the first NUL */
    const char *error;           /* Spanish; NULL if delivered */
};
/* Sends it once, to an address of the internet only (exchange.h); takes 10 s at most.  Results lie in the arena. */
void webhook_send(struct arena *a, const struct conf *c, struct webhook_call *call);

/* The value of the header webhook-signature, "v1,… v1,…"; a secret that is not one of ours signs nothing.  Public for
 * tests. */
const char *webhook_signature(struct arena *a, const struct webhook_call *call);

#endif
