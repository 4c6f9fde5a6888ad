/* Consent: which version of which text a person accepted, when, by which channel and from where (Ley
 * 1581/2012).  The text is in consent.c, as pages show it. */
#ifndef DOMAIN_CONSENT_H
#define DOMAIN_CONSENT_H

#include "base/ctx.h"
#include "store/db.h"

extern const char consent_version[], consent_text[];

/* A person who consented when they announced a package: its customer, or a claimant (parcel/claim.h), whose
 * customer_id is 0 until the package is known to be theirs. */
struct consent_of { int64_t package_id, customer_id, claim_id; };    /* claim_id 0: no claim */
enum err consent_add_tx(struct ctx *c, struct consent_of who) MUST_CHECK;
/* The consent of who asks about a box that nobody at the point knows: it is of no package and of no customer, but of the
 * question, and stands in the audit log as well.  When the question goes, so does the address. */
enum err consent_inquiry_tx(struct ctx *c, int64_t inquiry_id) MUST_CHECK;
/* The consent that was given with a claim is that customer's. */
enum err consent_claim_tx(struct ctx *c, int64_t claim_id, int64_t customer_id) MUST_CHECK;
/* Copies the consent that a customer gave when they announced the package `from` to their claim on another package. */
enum err consent_pass_tx(struct ctx *c, int64_t from, struct consent_of to) MUST_CHECK;

#endif
