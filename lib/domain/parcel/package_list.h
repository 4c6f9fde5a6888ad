/* Package list: pages of packages, narrowed by filters of which all must hold. */
#ifndef DOMAIN_PACKAGE_LIST_H
#define DOMAIN_PACKAGE_LIST_H

#include "base/words.h"
#include "domain/parcel/package.h"

/* Ages on the shelf in days, as lists and the dashboard divide them. */
struct age_band { const char *name; int64_t from, to; };      /* whole days, both inclusive */
extern const struct age_band age_bands[];
extern const struct word age_band_names[];
const struct age_band *age_band_named(const char *name);      /* NULL: no such band */
const struct age_band *age_band_of(const struct package *p, int64_t now);  /* NULL: not on the shelf */

/* Packages, the newest first; *next is the `before` of the next page, 0 after the last.  With q the
 * answer is what package_find finds, on one page. */
struct package_filter {
    const char *state, *type, *q;    /* NULL or "": any; q: typed into the omnibox */
    int64_t customer_id, before, limit;  /* before: id of the last one seen, 0 at first */
    const char *band;                /* name of one of age_bands, or NULL */
    bool unidentified;               /* on the shelf without a customer */
    bool disputed;                   /* claimed by somebody else, and nobody has compared (claim.h) */
};
enum err package_list(struct ctx *c, const struct package_filter *f, struct packages *out,
                      int64_t *next) MUST_CHECK;

/* Lists packages for a page of HTML: reads the columns that a row of the page shows and no more, and
 * computes what each package owes (fees[i] is of all.v[i]). */
struct fee;
struct package_rows { struct packages all; struct fee *fees; int64_t next; };
enum err package_rows(struct ctx *c, const struct package_filter *f, struct package_rows *out) MUST_CHECK;

#endif
