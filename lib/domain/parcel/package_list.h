/* Package list: pages of packages, by filters that add up. */
#ifndef DOMAIN_PACKAGE_LIST_H
#define DOMAIN_PACKAGE_LIST_H

#include "domain/parcel/package.h"

/* Days on the shelf, as lists and the dashboard cut them. */
struct age_band { const char *name; int64_t from, to; };      /* days, inclusive */
extern const struct age_band age_bands[];
extern const char *const age_band_names[];
const struct age_band *age_band_named(const char *name);      /* NULL: none */
const struct age_band *age_band_of(const struct package *p, int64_t now);  /* NULL: not on the shelf */

/* Keyset by id, newest first; *next is the `before` of the next page, 0 after the last.  With q
 * the answer is what package_find finds, on one page. */
struct package_filter {
    const char *state, *type, *q;    /* NULL or "": any; q as the omnibox */
    int64_t customer_id, before, limit;  /* before: id of the last row seen, 0 at first */
    const char *band;                /* name of one of age_bands, or NULL */
    bool unidentified;
};
enum err package_list(struct ctx *c, const struct package_filter *f, struct packages *out,
                      int64_t *next) MUST_CHECK;

/* The same list for a page: with what each package owes, and of each package only what a row of
 * a list shows. */
struct fee;
struct package_rows { struct packages all; struct fee *fees; int64_t next; };
enum err package_rows(struct ctx *c, const struct package_filter *f, struct package_rows *out) MUST_CHECK;

#endif
