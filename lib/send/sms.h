/* SMS: drivers, each a struct of functions.  A driver holds no state: the caller keeps the provider's
 * token (in a database row) and hands it in. */
#ifndef SEND_SMS_H
#define SEND_SMS_H

#include "base/account.h"
#include "send/send.h"

struct sms_driver {
    const char *name;
    bool needs_token;
    /* Gets a new token, the seconds it is good for, and the credit left in pesos (-1: unknown). */
    struct send_result (*login)(struct arena *a, const struct conf *c, const struct sms_account *k, const char **token,
                                int64_t *good_for_s, int64_t *credit);
    /* Sends in one request.  If *bad_token is true, the provider did not take the token: the caller may
     * get another and send once more. */
    struct send_result (*send)(struct arena *a, const struct conf *c, const struct sms_account *k,
                               const char *token, const char *e164, const char *text, bool *bad_token);
};

/* The driver of that name: none, file or liwa.  Never NULL. */
const struct sms_driver *sms_driver_of(const char *name);

#endif
