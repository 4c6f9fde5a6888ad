/* Own guide: the number that the point gives to a box without a readable guide, in the place of one: SG, at least
 * six digits, and two that check the others.  No carrier's guides have that form, and a mistyped one is none. */
#ifndef DOMAIN_OWN_GUIDE_H
#define DOMAIN_OWN_GUIDE_H

#include "base/ctx.h"

#define OWN_GUIDE_TOLD "su paquete"      /* the words by which a message calls it, where another one has its guide */

/* Inside a db_write: *number is one that no box has had. */
enum err own_guide_new_tx(struct ctx *c, const char **number) MUST_CHECK;
/* Whether a guide_key has the form of an own number, right or mistyped; NULL has not. */
bool own_guide_formed(const char *guide_key);
/* Whether it is one by its check digits, too. */
bool own_guide_is(const char *guide_key);
/* Adds the fault of an own number that no box has to c->fault, and returns E_INVALID: it is mistyped, or was never
 * given. */
enum err own_guide_refuse(struct ctx *c, const char *number, const char *field);

#endif
