/* Retention: data that may be kept only for some time (domain.md §10). */
#ifndef DOMAIN_RETENTION_H
#define DOMAIN_RETENTION_H

#include "base/ctx.h"

/* How long photos and signatures are kept after the parcel left is the setting retention.photo_days.  *before: those of
 * before that instant are over `at` then; 0 when the setting is 0, and nothing is deleted. */
enum err retention_before(struct ctx *c, int64_t at, int64_t *before) MUST_CHECK;

/* Photos whose time is over are gone for everybody, and their objects queued to be
 * removed; at most `limit`, *expired counts. */
enum err retention_photos(struct ctx *c, int limit, int *expired) MUST_CHECK;
/* Signatures of hand-overs whose time is over are deleted; they are nowhere else. */
enum err retention_signatures(struct ctx *c, int limit, int *expired) MUST_CHECK;
enum err retention_due(struct ctx *c, int64_t *out) MUST_CHECK;     /* the number of both that are due */

#endif
