/* Claims: the people who announced one guide, as the counter sees them. */
#ifndef CGI_SHARED_CLAIMS_H
#define CGI_SHARED_CLAIMS_H

#include "app/route.h"
#include "domain/parcel/package.h"

/* Puts the claims of a package on the page (templates/shared/claims.cst): who announced it first, and who has an
 * open claim. */
enum err claims_show(struct req *r, const struct package *p);

#endif
