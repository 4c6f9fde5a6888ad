/* Pages of the shelf: the map, and what lies on a position. */
#ifndef CGI_SHELF_PAGE_H
#define CGI_SHELF_PAGE_H

#include "app/route.h"
#include "domain/shelf/position.h"

struct shelf_in { const char *zone, *view; };
enum err shelf_map(struct req *r, const struct shelf_in *in) MUST_CHECK;
/* Shows what lies on a position, from the package after this id on (0: from the first). */
enum err shelf_position(struct req *r, const struct position *p, int64_t after) MUST_CHECK;
void shelf_fill_position(struct req *r, struct view_node *n, const struct position *p);
void shelf_fill_zones(struct req *r, const struct zones *all);
void shelf_fill_sizes(struct req *r);
/* Adds "chips": one for all zones, then one for each, as addresses with ?zone=. */
void shelf_zone_chips(struct req *r, const struct zones *all, const char *path, const char *zone,
                      const char *view);

#endif
