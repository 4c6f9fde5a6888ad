/* Package announce: – → ANUNCIADO, by the public or by staff. */
#ifndef DOMAIN_PACKAGE_ANNOUNCE_H
#define DOMAIN_PACKAGE_ANNOUNCE_H

#include "domain/parcel/claim.h"

struct announce_in {
    const char *name, *phone, *email, *building, *tower, *apartment, *carrier;
    const char *guides;          /* guide numbers, one a line, 1 to 20 */
    bool no_phone;               /* staff only: the person has none, and phone is empty */
    int64_t declared_value;
    bool consent;
    bool walk_in;                /* a clerk writes it: the notice in the first message stands for consent */
    bool counted;                /* anybody may write it: the parcels of an hour are limited, of one network and of all */
};
struct guide_list { const char **v; size_t n; };         /* guides as typed */
/* The outcome of an announcement: for each guide its package, made now or announced by the same person before (who
 * may write another e-mail, email_later_tx), or what comes of announcing another person's package (claim.h). */
struct announcement {
    struct packages packages;    /* theirs, in the order of the guides; the first `fresh` of them were made now */
    size_t fresh;
    struct guide_list others[CLAIM_ANSWERS];     /* guides that another person announced, by what comes of it */
};
/* Announces one or several guides of one person; E_INVALID names the field, and then none is. */
enum err announcement_make(struct ctx *c, const struct announce_in *in, struct announcement *out) MUST_CHECK;
/* The same for whoever asks only for the packages: there may be none. */
enum err package_announce(struct ctx *c, const struct announce_in *in, struct packages *out) MUST_CHECK;

/* Inserts an announced package and its event ANUNCIO; fills in the codes and the id of *p.  E_CONFLICT
 * when another active package has that guide. */
enum err package_insert_tx(struct ctx *c, struct package *p) MUST_CHECK;

#endif
