/* Link: the secret address at which a parcel's owner sees it, /t/<token>.  The token is derived from the tracking
 * code and a version with the secret pickup_key; only its hash is stored, so that a copy of the database opens
 * no page. */
#ifndef DOMAIN_LINK_H
#define DOMAIN_LINK_H

#include "domain/parcel/package.h"

/* The token of a package's link, from the context's arena; NULL, with the fault E_INTERNAL, when the secret
 * pickup_key cannot be read. */
const char *link_token(struct ctx *c, const struct package *p);
/* The whole address; NULL as above. */
const char *link_address(struct ctx *c, const struct package *p);
/* The hash of a token, as hex: all that the database holds of it. */
char *link_hash(struct arena *a, const char *token);
/* The package that a link opens; E_NOT_FOUND when there is none, with the sentence T_LINK_FORMER (parcel/texts.h)
 * when it opened one that turned out to be another person's. */
enum err package_by_token(struct ctx *c, const char *token, struct package *out) MUST_CHECK;
/* The same with the members of package_seen_fields; the others may be 0 or NULL. */
enum err package_seen_by_token(struct ctx *c, const char *token, struct package *out) MUST_CHECK;
/* Gives a new package its first link, or one in the database its next: sets link_version and public_token. */
enum err link_next(struct ctx *c, struct package *p) MUST_CHECK;

/* Inside a db_write: the links of *p, as it stands in the database, are former ones from now on. */
enum err link_forsake_tx(struct ctx *c, const struct package *p) MUST_CHECK;

/* Seals packages of before migration link_sealed, at most `limit`, *sealed of them: keeps only the hash of the
 * token that was sent.  Nothing in the first minutes after the migration, while programs of before may run. */
enum err link_seal_old(struct ctx *c, int limit, int *sealed) MUST_CHECK;

#endif
