/* Pickup: the code of six digits against which a package is handed over.  It is derived from the
 * package's id and version with the secret pickup_key, and stored nowhere but as a hash. */
#ifndef DOMAIN_PICKUP_H
#define DOMAIN_PICKUP_H

#include "domain/parcel/package.h"

/* The code of a package on the shelf; NULL, with the fault E_INTERNAL, when the secret pickup_key cannot be read. */
char *package_pickup_code(struct ctx *c, const struct package *p);
/* True when the code is an older one of that package, which a message once said; the last ten versions
 * are compared. */
bool package_code_was(struct ctx *c, const struct package *p, const char *code);
/* Gives the package a new code, which no other parcel on the shelf has; raises p->pickup_version. */
enum err pickup_renew_tx(struct ctx *c, struct package *p) MUST_CHECK;

/* What is ready for a customer (0: nobody) and the package of that id, in walking order, at most `limit`. */
enum err packages_ready(struct ctx *c, int64_t customer_id, int64_t package_id, int64_t limit, struct packages *out) MUST_CHECK;
/* What the code of *p hands over now: *p, and what else is ready for the same person in the same name, is not
 * disputed and has no open incident.  None while *p is not on the shelf, or is disputed. */
#define PICKUP_OPENS_MAX 200
enum err pickup_opens(struct ctx *c, const struct package *p, struct packages *out) MUST_CHECK;

/* Six digits of a keyed hash of any text; NULL as above. */
char *pickup_code_of(struct ctx *c, const char *text);
/* The hash by which a code is found; E_INTERNAL when the secret pickup_key cannot be read. */
enum err pickup_code_hash(struct ctx *c, const char *code, unsigned char out[32]) MUST_CHECK;

#endif
