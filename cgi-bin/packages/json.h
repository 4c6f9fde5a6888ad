/* Packages as an answer of the API: {"items": […], "near": …, "next": …}. */
#ifndef CGI_PACKAGES_JSON_H
#define CGI_PACKAGES_JSON_H

#include "app/route.h"
#include "domain/parcel/package.h"

struct package_item { const struct package *package; const int64_t *due; };
FIELD_TABLE(struct package_item, package_item_fields)
struct package_items { struct package_item *v; size_t n; };

struct packages_answer { struct package_items items; bool near; int64_t next; };
FIELD_TABLE(struct packages_answer, packages_answer_fields)

/* Answers with a page of package_list, or with what package_find found (next: 0), on a route that gives
 * packages_answer_fields.  Each item says what is due today. */
enum err packages_give(struct req *r, const struct packages *all, int64_t next) MUST_CHECK;

#endif
