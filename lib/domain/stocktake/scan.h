/* Shelf: what is done at it with a scanner in the hand. */
#ifndef DOMAIN_SCAN_H
#define DOMAIN_SCAN_H

#include "domain/parcel/package.h"

/* The box that was scanned, on the shelf by the books.  E_NOT_FOUND or E_CONFLICT at the
 * field "box" otherwise; out is then what it is, when there is a package at all. */
enum err scan_box(struct ctx *c, const char *box, struct package *out) MUST_CHECK;

/* A box to a position, each as its label says. */
struct scan_move_in { const char *box, *position; };
enum err scan_move(struct ctx *c, const struct scan_move_in *in, struct package *out) MUST_CHECK;

#endif
