/* Privacy link: the address of a request about somebody's own data (law/privacy_request.h), with a secret by which they
 * prove that they read the phone or the e-mail that they wrote.  The secret is stored nowhere: it is a keyed hash of
 * the request's number and salt, and is derived whenever a letter writes it. */
#ifndef DOMAIN_PRIVACY_LINK_H
#define DOMAIN_PRIVACY_LINK_H

#include "base/ctx.h"
#include "crypto/crypto.h"

/* The hash of the secret, as the request's row keeps it; E_INTERNAL when the key cannot be read. */
enum err privacy_link_hash(struct ctx *c, int64_t id, int64_t salt, unsigned char hash[HASH_BYTES]) MUST_CHECK;
/* The number of the request whose link has that secret and is good; E_NOT_FOUND for any other. */
enum err privacy_link_find(struct ctx *c, const char *secret, int64_t *id) MUST_CHECK;
/* The whole address of a request's link that is good; E_NOT_FOUND for any other, which is no fault. */
enum err privacy_link_address(struct ctx *c, int64_t id, const char **address) MUST_CHECK;

#endif
