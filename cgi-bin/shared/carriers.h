/* Carriers: the choice of a carrier on the counter's pages (templates/shared/carrier.cst). */
#ifndef CGI_SHARED_CARRIERS_H
#define CGI_SHARED_CARRIERS_H

#include "app/route.h"

/* Puts all names on the page as options of "carriers"; chosen: the one that is ticked, NULL for none.  A name that is not
 * among them is shown as another one. */
enum err carriers_show(struct req *r, const char *chosen) MUST_CHECK;

#endif
