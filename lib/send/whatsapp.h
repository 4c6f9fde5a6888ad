/* WhatsApp: messages by Meta's Cloud API (docs/operating.md).  Who is written to first gets only a template that Meta has
 * approved, with values in its places. */
#ifndef SEND_WHATSAPP_H
#define SEND_WHATSAPP_H

#include "base/account.h"
#include "send/send.h"

struct whatsapp_message {
    const char *e164;            /* to whom */
    const char *template, *language;     /* as Meta knows them */
    const char *const *values;   /* n texts, for {{1}}, {{2}} …; see whatsapp_value */
    size_t n;
    const char *reference;       /* ours: Meta repeats it with each status of the message */
};

/* Sends in one request.  A result SENT_YES says that Meta took the message, not that it arrived: that comes by the
 * webhook, with the result's id. */
struct send_result whatsapp_send(struct arena *a, const struct conf *c, const struct whatsapp_account *k,
                                 const struct whatsapp_message *m);

/* The meaning of an answer; public for tests and the fuzzer.  curl: CURLcode; sent: bytes of the request that left. */
struct send_result whatsapp_classify(struct arena *a, int curl, long long sent, long status, const char *body, size_t n);

#endif
