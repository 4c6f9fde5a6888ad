/* SMS: drivers, each a struct of functions.  The provider's token is kept by the
 * caller (a database row) and handed in; a driver holds no state. */
#ifndef SEND_SMS_H
#define SEND_SMS_H

#include "send/send.h"

struct sms_driver {
    const char *name;
    bool needs_token;
    /* A new token: *token, seconds it is good for, credit left (-1 unknown). */
    struct send_result (*login)(struct arena *a, const struct conf *c, const char **token,
                                int64_t *good_for_s, int64_t *credit);
    /* Sends in one request. *bad_token: the token was not taken; get another, once. */
    struct send_result (*send)(struct arena *a, const struct conf *c, const char *token,
                               const char *e164, const char *text, bool *bad_token);
};

/* The driver that conf->sms_driver names: none, file or liwa. Never NULL. */
const struct sms_driver *sms_driver_of(const struct conf *c);

#endif
