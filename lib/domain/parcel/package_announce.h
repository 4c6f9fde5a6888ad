/* Package announce: – → ANUNCIADO, by the public or by staff. */
#ifndef DOMAIN_PACKAGE_ANNOUNCE_H
#define DOMAIN_PACKAGE_ANNOUNCE_H

#include "domain/parcel/package.h"

struct announce_in {
    const char *name, *phone, *email, *building, *tower, *apartment, *carrier;
    const char *guides;          /* one a line, 1 to 20 */
    int64_t declared_value;
    bool consent;
    bool walk_in;                /* by staff: consent is the notice in the first message */
    bool counted;                /* by the public: so many an hour of its network */
};
/* Announce one or several guides of one person, all or none. */
enum err package_announce(struct ctx *c, const struct announce_in *in, struct packages *out) MUST_CHECK;

/* A new row and its event ANUNCIO; codes and id of *p are filled in.  E_CONFLICT when another
 * active package has that guide. */
enum err package_insert_tx(struct ctx *c, struct package *p) MUST_CHECK;

#endif
