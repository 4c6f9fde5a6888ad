/* Packages as answers of the API: {"items": […], "near": …, "next": …}; {"items": […], "near": …}. */
#ifndef CGI_PACKAGES_JSON_H
#define CGI_PACKAGES_JSON_H

#include "app/route.h"
#include "domain/parcel/package.h"
#include "domain/parcel/person_find.h"

struct package_item { const struct package *package; const int64_t *due; };
FIELD_TABLE(struct package_item, package_item_fields)
struct package_items { struct package_item *v; size_t n; };

struct packages_answer { struct package_items items; bool near; int64_t next; };
FIELD_TABLE(struct packages_answer, packages_answer_fields)

struct found_answer { struct package_items items; bool near; struct people people; };
FIELD_TABLE(struct found_answer, found_answer_fields)

/* Answers with a page of package_list, each package with what is due today, on a route that gives
 * packages_answer_fields. */
enum err packages_give(struct req *r, const struct packages *all, int64_t next) MUST_CHECK;
/* Answers with what package_find and person_find found, which is never many, on a route that gives
 * found_answer_fields. */
enum err found_give(struct req *r, const struct packages *found, const struct people *people) MUST_CHECK;

#endif
