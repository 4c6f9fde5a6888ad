/* Claim end: a package that is disputed is cancelled, so that nobody compares any more whose it is. */
#ifndef DOMAIN_CLAIM_END_H
#define DOMAIN_CLAIM_END_H

#include "domain/parcel/claim.h"

/* Inside a db_write, after *p has become CANCELADO: no claim on it stays open.  passes: only its announcement ended,
 * and the box may still come; then the guide is from now on announced by who claimed it first, among those who did in
 * the last 30 days, and the other claims are on that announcement, as is one of who made the announcement that ended:
 * nobody has compared whose the box is.  Who neither announces nor claims it any more is told what became of
 * the package.  `delay` is in seconds. */
enum err claims_end_tx(struct ctx *c, const struct package *p, bool passes, int delay) MUST_CHECK;
/* Inside a db_write, when the cancellation is undone: the claims that it ended are open again. */
enum err claims_reopen_tx(struct ctx *c, int64_t package_id) MUST_CHECK;

#endif
