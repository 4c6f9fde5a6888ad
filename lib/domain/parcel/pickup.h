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

/* Six digits of a keyed hash of any text; NULL as above. */
char *pickup_code_of(struct ctx *c, const char *text);
/* The hash by which a code is found; E_INTERNAL when the secret pickup_key cannot be read. */
enum err pickup_code_hash(struct ctx *c, const char *code, unsigned char out[32]) MUST_CHECK;

#endif
