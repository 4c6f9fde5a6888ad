/* Package receive: → RECIBIDO, and whose a parcel is that nobody announced. */
#ifndef DOMAIN_PACKAGE_RECEIVE_H
#define DOMAIN_PACKAGE_RECEIVE_H

#include "domain/parcel/package.h"

struct photo_in;                 /* photo.h */

struct receive_in {
    int64_t id;                  /* an announced package, or 0 */
    const char *guide;           /* with id 0: matched, or a parcel nobody announced */
    const char *name, *phone;    /* of an unannounced one; both empty: por identificar */
    const char *carrier;         /* empty: as announced, else what the guide suggests (courier.h) */
    const char *type, *condition, *observations;
    const char *position;        /* code; empty: the first free of its size by walk order */
    const char *late_reason;     /* needed for CANCELADO by anuncio_expirado */
    bool in_batch;               /* of the user's courier's drop, opened if need be (batch.h) */
    bool in_series;              /* scan after scan: carrier and type stay for its next one, and
                                  * what looks like a pickup code is one: E_INVALID */
    const struct photo_in *photos;   /* checked files of spool_dir, taken over */
    size_t photo_count;
};
enum err package_receive(struct ctx *c, const struct receive_in *in, struct package *out) MUST_CHECK;

/* True when a guide has no carrier's form, but the form of a pickup code. */
bool guide_like_code(struct arena *a, const char *guide);

/* The customer of a package "por identificar". */
struct identify_in { int64_t id; const char *name, *phone; };
enum err package_identify(struct ctx *c, const struct identify_in *in, struct package *out) MUST_CHECK;

#endif
