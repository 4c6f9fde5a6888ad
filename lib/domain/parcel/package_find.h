/* Package find: the omnibox, a package by whatever is known of it. */
#ifndef DOMAIN_PACKAGE_FIND_H
#define DOMAIN_PACKAGE_FIND_H

#include "domain/parcel/package.h"

/* Code, guide or its end, phone, position, any words of the name: best first, at most `limit`.
 * When nothing is found, names with one typo in each word: then out->near is set. */
enum err package_find(struct ctx *c, const char *q, size_t limit, struct packages *out) MUST_CHECK;

#endif
