/* Customer change: a clerk writes a person down, or changes what is written of them, and what follows for their
 * parcels. */
#ifndef DOMAIN_CUSTOMER_CHANGE_H
#define DOMAIN_CUSTOMER_CHANGE_H

#include "domain/people/customer_edit.h"

/* Writes a new person.  E_CONFLICT at "another" while somebody who is like them is there already (customer_twin.h),
 * unless in->another. */
enum err customer_add(struct ctx *c, const struct customer_edit *in, struct customer *out) MUST_CHECK;
/* customer_edit_tx.  With another phone, the codes and links of the person's parcels that were sent to the former one
 * serve no longer, and are sent to the new one: the former may be a stranger's by now. */
enum err customer_change_tx(struct ctx *c, const struct customer_edit *in, struct customer *out) MUST_CHECK;
enum err customer_change(struct ctx *c, const struct customer_edit *in, struct customer *out) MUST_CHECK;

#endif
