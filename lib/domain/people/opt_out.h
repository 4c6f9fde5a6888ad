/* Opt-out: a link by which a person stops the messages of one channel, or wants them again.  Messages
 * about their own parcels still go by the other channel. */
#ifndef DOMAIN_OPT_OUT_H
#define DOMAIN_OPT_OUT_H

#include "base/ctx.h"

struct opt_out {
    int64_t customer_id;
    const char *channel;         /* "sms" or "email" */
    const char *recipient;       /* masked, for the page */
    bool is_out;
};

/* What the address of the page ends with, and the whole address; NULL when the secret token_key cannot be read. */
const char *opt_out_token(struct ctx *c, int64_t customer_id, const char *channel);
const char *opt_out_link(struct ctx *c, int64_t customer_id, const char *channel);
/* E_NOT_FOUND unless the token is from a link of ours. */
enum err opt_out_open(struct ctx *c, const char *token, struct opt_out *out) MUST_CHECK;
/* The customer tells staff that they want no messages by that channel (is_out), or want them again. */
enum err opt_out_by_staff(struct ctx *c, int64_t customer_id, const char *channel, bool is_out) MUST_CHECK;
enum err opt_out_set(struct ctx *c, const char *token, bool is_out) MUST_CHECK;

#endif
