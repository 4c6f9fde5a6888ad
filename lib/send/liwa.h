/* Liwa.co: the SMS provider (jobs.md §4). */
#ifndef SEND_LIWA_H
#define SEND_LIWA_H

#include "base/account.h"
#include "send/send.h"

/* The functions of struct sms_driver (send/sms.h).  The account is the caller's. */
struct send_result liwa_login(struct arena *a, const struct conf *c, const struct sms_account *k, const char **token,
                              int64_t *good_for_s, int64_t *credit);
struct send_result liwa_send(struct arena *a, const struct conf *c, const struct sms_account *k, const char *token,
                             const char *e164, const char *text, bool *bad_token);

/* The meaning of an answer; public for tests and the fuzzer.  curl: CURLcode; sent: bytes of the request
 * that left. */
struct send_result liwa_classify(struct arena *a, int curl, long long sent, long status,
                                 const char *body, size_t n, bool *bad_token);
/* Pesos of credit that the token's claim `saldo` says; -1 if it says none.  Public for tests and the fuzzer. */
int64_t liwa_credit(const char *token);

#endif
