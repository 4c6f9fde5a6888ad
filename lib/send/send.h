/* Send: how an attempt to reach the outside world ended.  The difference between SENT_NO and SENT_UNKNOWN
 * is the promise that nobody gets an SMS twice (jobs.md §4). */
#ifndef SEND_SEND_H
#define SEND_SEND_H

#include "base/arena.h"
#include "base/conf.h"

enum sent {
    SENT_YES,        /* accepted by the provider */
    SENT_NO,         /* certainly not accepted: try again */
    SENT_NEVER,      /* refused for good */
    SENT_UNKNOWN,    /* perhaps accepted: never repeated automatically */
    SENT_WITHHELD,   /* not sent on purpose: no provider, no budget */
    SENT_LATER,      /* not sent yet on purpose: the budget is spent, the message waits for more */
};

/* Whether the administrators are told of a result's error. */
enum telling {
    TELL_NOBODY,
    TELL_BUDGET,                 /* the budget is spent */
    TELL_MEND,                   /* only they can mend it: a key, a template */
};

struct send_result {
    enum sent sent;
    const char *id;              /* the provider's id of the message, or NULL */
    const char *error;           /* short, without numbers, names or texts */
    bool provider_failed;        /* resolve, connect, TLS, 5xx: for the breaker */
    enum telling tell;
    int64_t again;               /* for SENT_LATER: when to try again */
};

#endif
