/* Scan: acts at the shelf with a scanner in the hand. */
#ifndef DOMAIN_SCAN_H
#define DOMAIN_SCAN_H

#include "domain/parcel/package.h"

/* The package of the scanned box, which must be on the shelf by the books; else E_NOT_FOUND or
 * E_CONFLICT at the field "box", and out is the package as it is, if there is one. */
enum err scan_box(struct ctx *c, const char *box, struct package *out) MUST_CHECK;

/* Moves a box to a position, each as its label says. */
struct scan_move_in { const char *box, *position; };
enum err scan_move(struct ctx *c, const struct scan_move_in *in, struct package *out) MUST_CHECK;

#endif
