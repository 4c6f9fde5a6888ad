/* Correction: what an administrator puts right of a package when undo is over, with before
 * and after kept in its chain (domain.md §4). */
#ifndef DOMAIN_CORRECTION_H
#define DOMAIN_CORRECTION_H

#include "domain/custody/correction_part.h"

/* Another type takes the rate that was in force at the announcement.  Another customer gets
 * the messages; code, link and authorisations of the former die.  E_INVALID when nothing
 * differs, E_PRECONDITION when the package has changed since that version, E_CONFLICT for
 * a guide that another active package has, and for a part that its state does not let. */
enum err package_correct(struct ctx *c, const struct correct_in *in, struct package *out) MUST_CHECK;

#endif
