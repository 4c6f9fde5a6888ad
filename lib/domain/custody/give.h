/* Give: a package that was thought to be one person's is another's from now on. */
#ifndef DOMAIN_GIVE_H
#define DOMAIN_GIVE_H

#include "domain/parcel/package.h"

/* Inside a db_write: another link and another code for *p, which is ANUNCIADO or RECIBIDO; the former ones open
 * nothing, and no message with them is on its way. */
enum err package_secrets_renew_tx(struct ctx *c, struct package *p) MUST_CHECK;
/* Inside a db_write: sets customer and phone of *p, which is ANUNCIADO or RECIBIDO.  The former customer has neither
 * code nor link any more (link_forsake_tx), nor have the people whom they authorised; no message to them is on its
 * way, and the e-mail of the announcement is forgotten.
 * One that a clerk wrote down of the new customer is asked in its place (customer_email_waiting).  phone may be NULL. */
enum err package_give_tx(struct ctx *c, struct package *p, int64_t customer_id, const char *phone) MUST_CHECK;

#endif
