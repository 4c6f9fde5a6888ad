/* Receipt: each hand-over has one, for all its packages, numbered without gaps.  A secret address, /r/<number>-<token>,
 * shows it and nothing else: it may be sent by whatever way the customer likes, and opens neither the page of a parcel nor
 * its pickup code. */
#ifndef DOMAIN_RECEIPT_H
#define DOMAIN_RECEIPT_H

#include "domain/handover/delivery.h"

/* The whole secret address; NULL without a receipt, and, with the fault E_INTERNAL, when its secret cannot be read. */
const char *receipt_address(struct ctx *c, const struct delivery *d);
/* Finds a package of the receipt of such an address; key: the text that follows /r/.  E_NOT_FOUND when there is no such
 * address, and with a sentence of its own when its hand-over was undone. */
enum err receipt_by_key(struct ctx *c, const char *key, int64_t *package_id) MUST_CHECK;

#endif
