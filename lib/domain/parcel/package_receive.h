/* Package receive: → RECIBIDO; and the customer of a parcel that nobody announced. */
#ifndef DOMAIN_PACKAGE_RECEIVE_H
#define DOMAIN_PACKAGE_RECEIVE_H

#include "domain/parcel/package.h"
#include "domain/people/approval.h"

struct photo_in;                 /* photo.h */

struct receive_in {
    int64_t id;                  /* an announced package's, or 0 */
    const char *guide;           /* with id 0: of an announcement, or of a parcel that nobody announced */
    bool no_guide;               /* the box has none that can be read, as a guide that says so: it gets an own number (own_guide.h) */
    /* The owner of a parcel nobody announced: a person whom a clerk knows (person_find.h), or name and phone of another;
     * all empty: por identificar.  who: the words by which the person was looked for; when nobody was chosen, they are a
     * fault. */
    int64_t customer_id;
    const char *who, *name, *phone;
    bool no_phone;               /* the owner has no phone; phone is empty */
    /* empty: that of the drop, else as announced, else what the guide suggests (courier.h); carrier_other: which, when it
     * is CARRIER_OTHER (carrier.h) */
    const char *carrier, *carrier_other;
    const char *type, *condition, *observations;
    const char *position;        /* its code; empty: the first free one for the type, in walking order */
    const char *late_reason;     /* needed when the announcement had expired (anuncio_expirado) */
    bool in_batch;               /* into the user's open batch, or a new one of that carrier (batch.h) */
    /* the reception is one scan of a series: its type is preset for the next scan, and a new guide that looks like a
     * pickup code is E_INVALID */
    bool in_series;
    const struct photo_in *photos;   /* checked files in spool_dir, which are taken over */
    size_t photo_count;
    struct approval *approval;   /* by an ADMIN, of what an OPERADOR may not do alone; NULL: none can be given */
};
/* Where giving a parcel to another person needs an approval (handover.override_approval), so does receiving or
 * identifying for a new person what was thought to be another's before (guide_owner.h), or has no guide, of which nobody can tell. */
enum err package_receive(struct ctx *c, const struct receive_in *in, struct package *out) MUST_CHECK;

/* True when a guide has the form of a pickup code: six digits and nothing else. */
bool guide_like_code(struct arena *a, const char *guide);

/* Sets the customer of a package "por identificar". */
struct identify_in { int64_t id, customer_id; const char *who, *name, *phone; bool no_phone; struct approval *approval; };
enum err package_identify(struct ctx *c, const struct identify_in *in, struct package *out) MUST_CHECK;

#endif
