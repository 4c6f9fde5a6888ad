/* Anonymising: five years after a parcel left, nothing says any longer whose it was.  States, instants, amounts and
 * the chain of custody stay, and the chain still fits. */
#ifndef DOMAIN_ANONYMISE_H
#define DOMAIN_ANONYMISE_H

#include "base/ctx.h"

/* How long is the setting retention.years.  *before: what is from before that instant is over `at` then; 0 when the setting is 0,
 * and nothing is forgotten. */
enum err anonymise_before(struct ctx *c, int64_t at, int64_t *before) MUST_CHECK;

/* Erases names, phones, documents, addresses and free texts of packages that left so long ago, and of their
 * messages, claims, authorisations and consents; at most `limit` packages, *done counts. */
enum err anonymise_packages(struct ctx *c, int limit, int *done) MUST_CHECK;
/* Erases recipient and text of messages that are so old and linked to no package; at most
 * `limit`, *done counts. */
enum err anonymise_letters(struct ctx *c, int limit, int *done) MUST_CHECK;
/* Inside a db_write: one package, which has left. */
enum err anonymise_package_tx(struct ctx *c, int64_t id) MUST_CHECK;
/* Anonymises people who have no package left; at most `limit` of them, *done counts. */
enum err anonymise_customers(struct ctx *c, int limit, int *done) MUST_CHECK;
/* Erases the audit log's free texts that are so old; at most `limit` rows, *done counts. */
enum err anonymise_audit(struct ctx *c, int limit, int *done) MUST_CHECK;
/* Deletes questions about boxes that were never found (public/missing.h) and asked for so long ago; at most
 * `limit`, *done counts. */
enum err anonymise_missing(struct ctx *c, int limit, int *done) MUST_CHECK;
/* Forgets addresses that wanted no messages so long ago (people/opt_out.h), and about which nothing else is known any
 * more; at most `limit`, *done counts. */
enum err anonymise_opt_outs(struct ctx *c, int limit, int *done) MUST_CHECK;

#endif
