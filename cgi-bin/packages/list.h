/* The page of a list of packages, for /packages and for what /find found. */
#ifndef CGI_PACKAGES_LIST_H
#define CGI_PACKAGES_LIST_H

#include "app/route.h"
#include "domain/parcel/package_list.h"

/* f: the filter that gave the rows. */
enum err packages_page(struct req *r, const struct package_filter *f,
                       const struct package_rows *rows) MUST_CHECK;
/* Shows a few results of q below the omnibox. */
enum err packages_hits(struct req *r, const char *q, const struct packages *all) MUST_CHECK;

/* The address of a list with its filters, without before and limit. */
const char *packages_link(struct arena *a, const char *path, const struct package_filter *f);

#endif
