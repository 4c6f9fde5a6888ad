/* Package find: the omnibox, which finds packages by whatever is known of them. */
#ifndef DOMAIN_PACKAGE_FIND_H
#define DOMAIN_PACKAGE_FIND_H

#include "domain/parcel/package.h"

/* q is a code, a guide or its end, a phone, a position, or words of a name.  The best are first, at
 * most `limit`.  When nothing is found, names that differ by one typo in each word are looked for;
 * out->near is true if any are. */
enum err package_find(struct ctx *c, const char *q, size_t limit, struct packages *out) MUST_CHECK;

#endif
