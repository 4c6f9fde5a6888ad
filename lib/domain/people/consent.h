/* Consent: which version of which text a person accepted, when, by which channel and from where (Ley
 * 1581/2012).  The text is in consent.c, as pages show it. */
#ifndef DOMAIN_CONSENT_H
#define DOMAIN_CONSENT_H

#include "base/ctx.h"
#include "store/db.h"

extern const char consent_version[], consent_text[];

enum err consent_add_tx(struct ctx *c, int64_t package_id, int64_t customer_id) MUST_CHECK;

#endif
