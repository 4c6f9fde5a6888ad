/* Opt-out: a link by which the reader of a message stops the messages of its channel to the address where it came, or
 * wants them again.  Anybody may write an address beside somebody's phone: only where it is the customer's own do all
 * messages of that channel to the customer stop.  Messages about their own parcels still go by the other channel. */
#ifndef DOMAIN_OPT_OUT_H
#define DOMAIN_OPT_OUT_H

#include "domain/people/customer.h"

struct opt_out {
    int64_t customer_id;         /* the customer whom the message was about; 0: none */
    const char *channel;         /* "sms", "email" or "whatsapp" */
    const char *address_hash;    /* the hash of the address where the message came: all that the link knows of it */
    bool own;                    /* it is the customer's own address now */
    const char *recipient;       /* the customer's own address, masked, for the page; NULL: it is another's */
    bool is_out;
};

/* The token at the end of the page's address, and the whole address, for a message to `address` (E.164, or an e-mail);
 * customer_id 0: the message is about nobody's parcel.  NULL with a fault when a secret cannot be read. */
const char *opt_out_token(struct ctx *c, int64_t customer_id, const char *channel, const char *address);
const char *opt_out_link(struct ctx *c, int64_t customer_id, const char *channel, const char *address);
/* E_NOT_FOUND unless the token is from a link of ours. */
enum err opt_out_open(struct ctx *c, const char *token, struct opt_out *out) MUST_CHECK;
enum err opt_out_set(struct ctx *c, const char *token, bool is_out) MUST_CHECK;

/* Whether no message of that channel may go to an address, by the link of one that came there. */
enum err opt_out_of_address(struct ctx *c, const char *channel, const char *address, bool *is_out) MUST_CHECK;
/* Inside a db_write: no message of that channel goes to the address any more, or they may again. */
enum err opt_out_address_tx(struct ctx *c, const char *channel, const char *address, bool is_out) MUST_CHECK;
/* Whether the customer wants no messages by that channel: as they told staff, or by a link that came to their own
 * address. */
enum err opt_out_of_customer(struct ctx *c, const struct customer *who, const char *channel, bool *is_out) MUST_CHECK;
/* The customer tells staff that they want no messages by that channel (is_out), or want them again.  E_INVALID at "channel"
 * for WhatsApp again, which needs how they agreed (channel.h). */
enum err opt_out_by_staff(struct ctx *c, int64_t customer_id, const char *channel, bool is_out) MUST_CHECK;

#endif
