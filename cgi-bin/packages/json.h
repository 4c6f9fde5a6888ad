/* Packages as an API list: {"items": […], "next": id or null} and a Link header. */
#ifndef CGI_PACKAGES_JSON_H
#define CGI_PACKAGES_JSON_H

#include "app/route.h"
#include "domain/parcel/package.h"

/* A page of package_list.  link: the address of the list with its filters and limit, to
 * which `before` is added.  Each item says what is due today. */
enum err packages_json(struct req *r, const struct packages *all, int64_t next,
                       const char *link) MUST_CHECK;

#endif
