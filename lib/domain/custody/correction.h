/* Correction: an administrator puts a package right when undo is over; its chain of custody keeps each
 * value before and after (domain.md §4). */
#ifndef DOMAIN_CORRECTION_H
#define DOMAIN_CORRECTION_H

#include "domain/custody/correction_part.h"

/* Corrects a package.  A new type takes the rate that was in force at the announcement.  A new
 * customer gets the messages; code, link and authorisations of the former one end.  E_INVALID when
 * nothing differs, E_PRECONDITION when the package has changed since `version`, E_CONFLICT for a guide
 * that another active package has, and for a part that cannot be corrected in the package's state. */
enum err package_correct(struct ctx *c, const struct correct_in *in, struct package *out) MUST_CHECK;

#endif
