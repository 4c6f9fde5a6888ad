/* Erase: somebody asks that their data be erased (Ley 1581/2012).  Name, phones, e-mail, document, home, notes and
 * the texts of messages go; amounts, instants, states and the chain of custody stay, since the point answers for
 * them, and say no longer whose they were.  An address that wanted no messages is still written to no more
 * (people/opt_out.h). */
#ifndef DOMAIN_ERASE_H
#define DOMAIN_ERASE_H

#include "base/ctx.h"
#include "base/field.h"

/* Erases a person, for an ADMIN: E_NOT_FOUND for nobody, E_CONFLICT while a parcel of theirs is announced or on the
 * shelf, or while a claim of theirs on another's is open.  What names no customer (claims, questions about a box
 * that never came, messages to who wrote these) is theirs by phone or e-mail, unless another person of that phone
 * has the name that stands there. */
enum err customer_erase(struct ctx *c, int64_t id) MUST_CHECK;

/* The list of erasures has a row for each card that was merged into an erased person, too, for copies of before the
 * merge. */
struct erasure { int64_t customer_id, customer_since, at; };
FIELD_TABLE(struct erasure, erasure_fields)
struct erasures { struct erasure *v; size_t n; };
enum err erasure_list(struct ctx *c, struct erasures *out) MUST_CHECK;
/* Erases a person of that list once more, in a restored database.  *done is false when they are not there, or the
 * row of that number began at another instant and is another person's. */
enum err erasure_replay(struct ctx *c, const struct erasure *in, bool *done) MUST_CHECK;

#endif
