/* Give: a package that was thought to be one person's is another's from now on. */
#ifndef DOMAIN_GIVE_H
#define DOMAIN_GIVE_H

#include "domain/parcel/package.h"

/* Inside a db_write: sets customer and phone of *p, which is ANUNCIADO or RECIBIDO.  The former customer has neither
 * code nor link any more (link_forsake_tx), nor have the people whom they authorised; no message to them is on its
 * way, and the e-mail of the announcement is forgotten.  phone may be NULL. */
enum err package_give_tx(struct ctx *c, struct package *p, int64_t customer_id, const char *phone) MUST_CHECK;

#endif
