/* Anonymising: five years after a parcel left, nothing says any longer whose it was.  States, instants, amounts and
 * the chain of custody stay, and the chain still fits. */
#ifndef DOMAIN_ANONYMISE_H
#define DOMAIN_ANONYMISE_H

#include "base/ctx.h"

#define ANONYMISE_YEARS 5

/* Names, phones, documents, addresses and free texts of packages that left so long ago, of their messages, claims,
 * authorisations and consents, are gone; at most `limit` packages, *done counts. */
enum err anonymise_packages(struct ctx *c, int limit, int *done) MUST_CHECK;
/* The same of people who have no package left, and of the audit log's free texts. */
enum err anonymise_customers(struct ctx *c, int limit, int *done) MUST_CHECK;
enum err anonymise_audit(struct ctx *c, int limit, int *done) MUST_CHECK;

#endif
